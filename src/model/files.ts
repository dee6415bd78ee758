import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'

/**
 * Writes a file as a whole or not at all: to a neighbour first, flushed, checked if asked, then renamed. Makes the folder if there is none.
 * @param check looks at the neighbour; when it throws, nothing is left and what was at `path` stays
 * @throws UserError when the disk is full, or may not be written
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  check?: (written: string) => Promise<void>,
): Promise<void> {
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(partial, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await check?.(partial)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {})
    throw explained(error, path, { ...sentences, ENOENT: noPlace })
  }
}

/** A sentence with the mend for what a file system refuses; anything else as it came. */
export function explained(error: unknown, path: string, known: Sentences = sentences): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const sentence = known[code]
  return sentence === undefined ? error : new UserError(sentence(path), { cause: error })
}

const full = (path: string): string =>
  `${path} could not be written because the disk is full: make room, or choose another place with --out.`
const forbidden = (path: string): string =>
  `${path} may not be written or read here (read-only): change its permissions, or choose another place with --out.`
const noFolder = (path: string): string => `${path} cannot be made because a part of its path is a file: choose another place.`

const noPlace = (path: string): string => `${path} cannot be made: files cannot be put into that folder; choose another place.`

type Sentences = Readonly<Record<string, (path: string) => string>>

const sentences: Sentences = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  EROFS: forbidden,
  EACCES: forbidden,
  EPERM: forbidden,
  ENOTDIR: noFolder,
  EEXIST: noFolder,
  EISDIR: (path) => `${path} is a folder, not a file: name a file.`,
  ENOENT: (path) => `There is no file ${path}: look at the path.`,
  ENAMETOOLONG: (path) => `The name ${path} is too long for this disk: choose a shorter one.`,
}
