import { givenPart } from './split.ts'

/** A picture of a data set: its path, its label, and the part that it was put in. */
export interface ListedImage {
  readonly path: string
  readonly label: string
  readonly part: number
}

export interface ImageListing {
  readonly images: readonly ListedImage[]
  /** Labels are the names of folders, so they are classes whatever they look like. */
  readonly byFolder: boolean
  readonly notes: readonly string[]
}

export const imageEnding = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i

const partNames: Readonly<Record<string, number>> = {
  train: givenPart.train,
  training: givenPart.train,
  valid: givenPart.valid,
  validation: givenPart.valid,
  val: givenPart.valid,
  dev: givenPart.valid,
  test: givenPart.test,
  testing: givenPart.test,
}

/** The part that a folder or a cell of a "split" column names, if it does. */
export function partOf(name: string): number | undefined {
  const key = name.trim().toLowerCase()
  return Object.hasOwn(partNames, key) ? partNames[key] : undefined
}

/**
 * Labels pictures by the folders that they lie in: the first folder is the class, unless the first folders are all named like parts (train, valid or
 * val, test) and train is among them, then the second is. One folder around everything is passed over. Pictures in no class folder are left out.
 */
export function listByFolder(paths: readonly string[]): ImageListing {
  const parts = withoutCommonRoot(
    paths.filter((path) => imageEnding.test(path)).map((path) => ({ path, folders: path.split('/').slice(0, -1) })),
  )
  const tops = new Set(parts.filter(({ folders }) => folders.length > 0).map(({ folders }) => folders[0]))
  const inParts =
    [...tops].every((name) => partOf(name) !== undefined) &&
    [...tops].some((name) => partOf(name) === givenPart.train) &&
    parts.some(({ folders }) => folders.length > 1)
  const images: ListedImage[] = []
  let loose = 0
  for (const { path, folders } of parts) {
    const label = folders[inParts ? 1 : 0]
    if (label === undefined) loose++
    else images.push({ path, label, part: inParts ? (partOf(folders[0]) as number) : givenPart.none })
  }
  const notes =
    loose > 0 && images.length > 0
      ? [`${loose} ${loose === 1 ? 'picture lies' : 'pictures lie'} in no class folder and ${loose === 1 ? 'was' : 'were'} left out.`]
      : []
  return { images, byFolder: true, notes }
}

function withoutCommonRoot<T extends { readonly folders: string[] }>(files: readonly T[]): readonly T[] {
  let current = files
  while (current.length > 0 && current.every(({ folders }) => folders.length >= 2 && folders[0] === current[0]?.folders[0])) {
    // One class alone, with folders inside it, looks the same; then the inner folders are taken as the classes.
    current = current.map((file) => ({ ...file, folders: file.folders.slice(1) }))
  }
  return current
}

const smallestSide = 8
/** Sides tried from the largest; the pixels of all pictures together stay below `pixelBudget`. */
const sides = [64, 48, 32] as const
const pixelBudget = 20_000_000

/**
 * The common [height, width]: the median of each over the pictures, made smaller in proportion until the longer side is within `limit`. Without a
 * limit: 64 pixels, 48 for more than about 5,000 pictures, 32 for more than about 8,700. Never below 8 pixels a side.
 */
export function commonSize(
  sizes: readonly { readonly width: number; readonly height: number }[],
  limit?: number,
): readonly [number, number] {
  const height = median(sizes.map((size) => size.height))
  const width = median(sizes.map((size) => size.width))
  const side = limit ?? sides.find((candidate) => sizes.length * candidate ** 2 <= pixelBudget) ?? sides[sides.length - 1]
  const scale = Math.min(1, side / Math.max(height, width))
  return [Math.max(smallestSide, Math.round(height * scale)), Math.max(smallestSide, Math.round(width * scale))]
}

function median(values: readonly number[]): number {
  const order = [...values].sort((a, b) => a - b)
  return order[Math.floor(order.length / 2)]
}
