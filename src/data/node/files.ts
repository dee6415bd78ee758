import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { unzipSync } from 'fflate'
import { UserError } from '../../errors.ts'

/** Files under one root, from a folder or a zip archive alike. */
export interface FileSet {
  readonly name: string
  /** Where it lies, for sentences. */
  readonly path: string
  readonly fingerprint: string
  /** Paths below the root with `/`, sorted; hidden files left out. */
  readonly paths: readonly string[]
  /** Folders with nothing in them; an archive has none. */
  readonly emptyFolders?: readonly string[]
  /** Contents of several files, in their order; one that cannot be read is an Error. */
  read(paths: readonly string[]): Promise<(Uint8Array | Error)[]>
}

const fileLimit = 5_000_000
const depthLimit = 12

/** The files of a folder and those below it. Links are followed, to a limited depth. */
export function folderFiles(folder: string): FileSet {
  const paths: string[] = []
  const digest = createHash('sha256')
  const emptyFolders: string[] = []
  const walk = (below: string, depth: number): void => {
    const before = paths.length
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isHidden(entry.name)) continue
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      const stats = statOf(join(folder, path))
      if (stats?.isDirectory() && depth < depthLimit) walk(path, depth + 1)
      if (!stats?.isFile()) continue
      paths.push(path)
      digest.update(`${path}\0${stats.size}\0${stats.mtimeMs}\0`)
      if (paths.length > fileLimit)
        throw new UserError(`${folder} has more than ${fileLimit / 1e6} million files: give a folder with the data alone.`)
    }
    if (paths.length === before && below !== '') emptyFolders.push(below)
  }
  walk('', 0)
  return {
    name: basename(folder.replace(/[\\/]+$/, '')) || folder,
    path: folder,
    fingerprint: digest.digest('hex'),
    paths,
    emptyFolders,
    read: (wanted) => Promise.all(wanted.map((path) => readFile(join(folder, path)).catch((error: unknown) => error as Error))),
  }
}

/** Files that a list names, relative to its folder (or by their whole paths). */
export function listedFiles(list: string, folder: string, paths: readonly string[]): FileSet {
  const facts = paths.map((path) => statOf(resolve(folder, path)))
  const digest = createHash('sha256').update(`${list}\0${statSync(list).size}\0${statSync(list).mtimeMs}\0`)
  for (const stats of facts) digest.update(`${stats?.size}\0${stats?.mtimeMs}\0`)
  return {
    name: basename(list),
    path: list,
    fingerprint: digest.digest('hex'),
    paths,
    read: (wanted) => Promise.all(wanted.map((path) => readFile(resolve(folder, path)).catch((error: unknown) => error as Error))),
  }
}

/** Limits of what an archive may unpack to. */
export interface ZipLimits {
  readonly bytes: number
  readonly entryBytes: number
  readonly entries: number
  /** Unpacked bytes for each packed one, for archives of some size. */
  readonly ratio: number
}

export const zipLimits: ZipLimits = { bytes: 16 * 2 ** 30, entryBytes: 2 ** 30, entries: 2_000_000, ratio: 200 }

/**
 * The files of a zip archive. They are unpacked into memory when they are read, a few at a time, never onto the disk; sizes are checked before.
 * Throws a UserError for an archive that is damaged, locked, that would unpack to too much, or whose names lead out of it.
 */
export function zipFiles(path: string, limits: ZipLimits = zipLimits): FileSet {
  const { size, mtimeMs } = statSync(path)
  if (size > 2 ** 31 - 1) throw new UserError(`${path} is larger than 2 GiB: unpack it and give the folder.`)
  const bytes = readFileSync(path)
  const sizes = new Map<string, number>()
  let total = 0
  const list = (): void => {
    unzipSync(bytes, {
      filter({ name, originalSize, compression }) {
        const normal = name.replaceAll('\\', '/')
        if (normal.endsWith('/') || normal.split('/').some(isHidden)) return false
        if (normal.startsWith('/') || /^[a-z]:/i.test(normal) || normal.split('/').includes('..'))
          throw new UserError(`${path} is not safe to unpack: its entry "${name}" leads out of the archive.`)
        if (compression !== 0 && compression !== 8)
          throw new UserError(`${path}: "${name}" is packed in a way that cannot be read: pack it again as an ordinary zip.`)
        total += originalSize
        if (originalSize > limits.entryBytes)
          throw new UserError(
            `${path}: "${name}" would unpack to ${originalSize} bytes, more than is read from an archive: unpack it yourself if you trust it.`,
          )
        if (total > limits.bytes || total > Math.max(2 ** 26, size * limits.ratio))
          throw new UserError(
            `${path} would unpack to more than ${total} bytes from ${size}: unpack it yourself if you trust it, and give the folder.`,
          )
        if (sizes.size >= limits.entries)
          throw new UserError(`${path} has more than ${limits.entries} entries: unpack it and give the folder.`)
        sizes.set(normal, originalSize)
        return false
      },
    })
  }
  readSafely(path, list)
  return {
    name: basename(path).replace(/\.zip$/i, ''),
    path,
    fingerprint: `${path}:${size}:${mtimeMs}`,
    paths: [...sizes.keys()].sort(),
    async read(wanted) {
      const names = new Set(wanted)
      const content = readSafely(path, () => unzipSync(bytes, { filter: ({ name }) => names.has(name.replaceAll('\\', '/')) }))
      const found = new Map(Object.entries(content).map(([name, data]) => [name.replaceAll('\\', '/'), data]))
      return wanted.map((name) => found.get(name) ?? new Error('it is not in the archive'))
    },
  }
}

function readSafely<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${path} is not a whole zip archive (${(error as Error).message}): copy or download it again.`)
  }
}

function isHidden(name: string): boolean {
  return (name.startsWith('.') && name !== '.' && name !== '..') || name === '__MACOSX' || name === 'Thumbs.db' || name === 'desktop.ini'
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
