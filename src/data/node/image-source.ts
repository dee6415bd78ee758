import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import type { ImageShape } from '../augment.ts'
import { quoted } from '../assemble.ts'
import type { DataSource, DecodeResult, RecordSink } from '../decoded.ts'
import { commonSize, type ImageListing, imageEnding, type ListedImage, listByFolder, partOf } from '../image-list.ts'
import { givenPart } from '../split.ts'
import { isMissing, type RawTable, textOf } from '../table/cell.ts'
import { learnTarget } from '../table/target.ts'
import { parseCsvText } from './csv.ts'
import { type FileSet, listedFiles } from './files.ts'
import { decodeImage, inspectImage } from './image.ts'

export interface ImageOptions {
  readonly target?: string
  /** Longest side in pixels. */
  readonly size?: number
}

/** Pictures read and decoded together. */
const group = 64

/** A folder or zip of pictures as a data set: by class folders, or listed in a CSV file beside them. */
export function imageSource(files: FileSet, options: ImageOptions): DataSource {
  return {
    name: files.name,
    fingerprint: files.fingerprint,
    key: { images: resolve(files.path), target: options.target, size: options.size },
    slow: true,
    decode: async (sink) => decodeListing(files, await listImages(files, options.target), options, sink),
  }
}

/** A CSV file that names pictures, relative to its own folder. */
export function imageTableSource(path: string, table: RawTable, options: ImageOptions): DataSource {
  const listing = listFromTable(table, undefined, '', options.target)
  const files = listedFiles(
    path,
    dirname(path),
    listing.images.map((image) => image.path),
  )
  return {
    name: files.name,
    fingerprint: files.fingerprint,
    key: { list: resolve(path), target: options.target, size: options.size },
    slow: true,
    decode: (sink) => decodeListing(files, listing, options, sink),
  }
}

async function listImages(files: FileSet, target: string | undefined): Promise<ImageListing> {
  const pictures = files.paths.filter((path) => imageEnding.test(path))
  if (files.paths.length === 0)
    throw new UserError(`${files.path} is empty: put the pictures of each class into a folder of its own in it.`)
  if (pictures.length === 0)
    throw new UserError(
      `${files.path} has no pictures (PNG, JPEG, WebP) and no table: put the pictures of each class into a folder of its own in it.`,
    )
  const tables = files.paths.filter((path) => /\.(csv|tsv)$/i.test(path))
  const byFolder = listByFolder(files.paths)
  const labels = new Set(byFolder.images.map(({ label }) => label))
  if (tables.length === 1 && labels.size < 2) {
    const [path] = tables as [string]
    const [content] = await files.read([path])
    if (content instanceof Uint8Array) {
      const { table } = await parseCsvText(new TextDecoder().decode(content), path, target)
      return listFromTable(table, new Set(pictures), dirname(path) === '.' ? '' : dirname(path), target)
    }
  }
  if (byFolder.images.length === 0) {
    throw new UserError(
      `${files.path} has ${pictures.length} pictures but no class folders: put the pictures of each class into a folder of its own, or list them in one CSV file with the columns file,label.`,
    )
  }
  const empty = files.emptyFolders ?? []
  if (empty.length === 0) return byFolder
  return {
    ...byFolder,
    notes: [...byFolder.notes, `${quoted(empty)} ${empty.length === 1 ? 'is an empty folder' : 'are empty folders'} and no class.`],
  }
}

/** Whether a table is a list of pictures: one column whose cells end like picture files. */
export function pictureColumn(table: RawTable): string | undefined {
  return table.columns.find(({ cells }) => {
    const some = cells.slice(0, 200).filter((cell) => !isMissing(cell))
    return some.length > 0 && some.every((cell) => typeof cell === 'string' && imageEnding.test(cell))
  })?.name
}

function listFromTable(table: RawTable, known: ReadonlySet<string> | undefined, folder: string, target: string | undefined): ImageListing {
  const file = pictureColumn(table)
  if (file === undefined)
    throw new UserError(
      `${table.name} does not list pictures: it needs a column with their file names and one with their labels (file,label).`,
    )
  const others = table.columns.filter(({ name }) => name !== file)
  const split = others.find(({ cells }) => cells.every((cell) => typeof cell === 'string' && partOf(cell) !== undefined))
  const candidates = others.filter((column) => column !== split)
  const label =
    target === undefined
      ? (candidates.find(({ name }) => /^(label|class|target|category|y)$/i.test(name)) ??
        (candidates.length === 1 ? candidates[0] : undefined))
      : candidates.find(({ name }) => name === target)
  if (label === undefined) {
    const columns = table.columns.map(({ name }) => name).join(', ')
    throw new UserError(
      target === undefined
        ? `${table.name}: say with --target which column is the label; its columns are ${columns}.`
        : `${table.name} has no column "${target}": its columns are ${columns}.`,
    )
  }
  const names = table.columns.find(({ name }) => name === file)?.cells ?? []
  const images: ListedImage[] = []
  const absent: string[] = []
  for (const [row, cell] of names.entries()) {
    const labelled = label.cells[row] ?? null
    if (typeof cell !== 'string' || isMissing(labelled)) continue
    const path = findPicture(cell.replaceAll('\\', '/').replace(/^\.\//, ''), known, folder)
    if (path === undefined) absent.push(cell)
    else
      images.push({
        path,
        label: textOf(labelled),
        part: split ? (partOf(split.cells[row] as string) as number) : givenPart.none,
      })
  }
  if (images.length === 0)
    throw new UserError(
      `None of the pictures that ${table.name} lists is there (the first is "${absent[0] ?? ''}"): write their names relative to its folder.`,
    )
  const notes =
    absent.length > 0
      ? [`${absent.length} of the pictures listed in ${table.name} are not there (${quoted(absent)}) and were left out.`]
      : []
  return { images, byFolder: false, notes }
}

/** Beside the list, or anywhere below it when the name is found once. */
function findPicture(name: string, known: ReadonlySet<string> | undefined, folder: string): string | undefined {
  if (known === undefined) return name
  const beside = folder === '' ? name : `${folder}/${name}`
  if (known.has(beside)) return beside
  if (known.has(name)) return name
  const ends = [...known].filter((path) => path.endsWith(`/${name}`))
  return ends.length === 1 ? ends[0] : undefined
}

async function decodeListing(files: FileSet, listing: ImageListing, options: ImageOptions, sink: RecordSink): Promise<DecodeResult> {
  const bad = new Map<string, string>()
  const { sizes, grey, good } = await inspectAll(files, listing.images, bad)
  if (good.length === 0) throw allDamaged(files, listing.images.length, bad)
  const [height, width] = commonSize(sizes, options.size)
  const shape: ImageShape = [grey ? 1 : 3, height, width]
  const decoded: ListedImage[] = []
  const twins = new Twins()
  for (let start = 0; start < good.length; start += group) {
    const some = good.slice(start, start + group)
    const contents = await files.read(some.map(({ path }) => path))
    const images = await Promise.all(contents.map((content) => attempt(content, (bytes) => decodeImage(bytes, shape))))
    for (const [i, image] of images.entries()) {
      const listed = some[i]
      if (image instanceof Error) {
        bad.set(listed.path, image.message)
        continue
      }
      sink.append(image)
      twins.add(image, listed.label)
      decoded.push(listed)
    }
  }
  if (decoded.length === 0) throw allDamaged(files, listing.images.length, bad)
  const labels = decoded.map(({ label }) => label)
  const { task, classes, targets } = listing.byFolder ? folderTargets(labels) : learnTarget(labels, `column of ${files.path}`)
  const lost = [...new Set(listing.images.map(({ label }) => label))].filter((label) => listing.byFolder && !classes.includes(label))
  const notes = [
    ...listing.notes,
    ...(lost.length > 0 ? [`No picture of ${quoted(lost)} can be read, so ${lost.length === 1 ? 'it is' : 'they are'} no class.`] : []),
    ...skippedNotes(bad, listing.images.length),
    ...twins.notes(),
    ...sizeNotes(sizes, shape),
  ]
  return {
    targets,
    given: Uint8Array.from(decoded, ({ part }) => part),
    info: {
      kind: 'image',
      task,
      input: { shape },
      dtype: 'uint8',
      classes,
      notes,
      ...(options.target !== undefined && !listing.byFolder && { target: options.target }),
    },
  }
}

/** Every folder name is a class; in the order of their names, numbers by value. */
function folderTargets(labels: readonly string[]): { task: 'classification'; classes: string[]; targets: Int32Array } {
  const names = [...new Set(labels)]
  const numeric = names.every((name) => /^\d+$/.test(name))
  const classes = names.sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1))
  const codes = new Map(classes.map((name, i) => [name, i]))
  return { task: 'classification', classes, targets: Int32Array.from(labels, (label) => codes.get(label) as number) }
}

async function inspectAll(files: FileSet, images: readonly ListedImage[], bad: Map<string, string>) {
  const sizes: { width: number; height: number }[] = []
  const good: ListedImage[] = []
  let grey = true
  for (let start = 0; start < images.length; start += group) {
    const some = images.slice(start, start + group)
    const contents = await files.read(some.map(({ path }) => path))
    const facts = await Promise.all(contents.map((content) => attempt(content, inspectImage)))
    for (const [i, fact] of facts.entries()) {
      const image = some[i]
      if (fact instanceof Error) {
        bad.set(image.path, fact.message)
        continue
      }
      sizes.push(fact)
      good.push(image)
      grey &&= fact.grey
    }
  }
  return { sizes, grey, good }
}

/** What was made of a file's content, or the Error that came of reading or making it. */
async function attempt<T>(content: Uint8Array | Error, make: (bytes: Uint8Array) => Promise<T>): Promise<T | Error> {
  if (content instanceof Error) return content
  return make(content).catch((error: unknown) => error as Error)
}

function allDamaged(files: FileSet, count: number, bad: ReadonlyMap<string, string>): UserError {
  const [[path, reason]] = [...bad] as [[string, string]]
  return new UserError(
    `None of the ${count} pictures in ${files.path} can be read (${path}: ${reason}): bring pictures that open in a viewer.`,
  )
}

function skippedNotes(bad: ReadonlyMap<string, string>, count: number): string[] {
  if (bad.size === 0) return []
  return [`${bad.size} of ${count} pictures cannot be read and ${bad.size === 1 ? 'was' : 'were'} left out: ${quoted([...bad.keys()])}.`]
}

function sizeNotes(sizes: readonly { width: number; height: number }[], [channels, height, width]: ImageShape): string[] {
  const other = sizes.filter((size) => size.width !== width || size.height !== height).length
  return other === 0
    ? []
    : [
        `${other} of ${sizes.length} pictures have another size and were brought to ${width}×${height} pixels, ${channels === 1 ? 'grey' : 'colour'}.`,
      ]
}

/** Counts pictures that are equal pixel by pixel. */
class Twins {
  readonly #labels = new Map<string, string>()
  #copies = 0
  #contradictions = 0

  add(image: Uint8Array, label: string): void {
    const digest = createHash('sha1').update(image).digest('base64')
    const before = this.#labels.get(digest)
    if (before === undefined) this.#labels.set(digest, label)
    else {
      this.#copies++
      if (before !== label) this.#contradictions++
    }
  }

  notes(): string[] {
    if (this.#copies === 0) return []
    const other = this.#contradictions > 0 ? `, ${this.#contradictions} of them with another label` : ''
    return [
      `${this.#copies} ${this.#copies === 1 ? 'picture is an exact copy of another' : 'pictures are exact copies of others'}${other}; copies on both sides of a split make the test look better than it is.`,
    ]
  }
}
