import { existsSync } from 'node:fs'
import { distance } from 'fastest-levenshtein'
import { UserError } from '../../errors.ts'
import { assemble } from '../assemble.ts'
import type { Dataset } from '../dataset.ts'
import type { DataSource } from '../decoded.ts'
import type { SplitShares } from '../split.ts'
import { cacheFolder, decodeCached } from './cache.ts'
import { notReadable } from './csv.ts'
import { sourceAt } from './detect.ts'
import { isAvailable, knownDatasets, knownSource } from './known.ts'

export interface OpenOptions {
  /** Tables: the column to predict. */
  readonly target?: string
  /** Seed of the split; 0 by default. */
  readonly seed?: number
  /** Folder for decoded and downloaded data; by default NASCENT_CACHE, or the system's place for caches. */
  readonly cache?: string
  /** Shares for validation and test where the data do not say; by default 15 % each, less for large data. */
  readonly splits?: SplitShares
  /** Image folders: the longest side that images are brought to, in pixels; by default chosen from the images and their number. */
  readonly size?: number
  /** Told what happens on the way (a download, a damaged cache). */
  readonly onNote?: (note: string) => void
}

/** A data set that can be opened by name. */
export interface DatasetDescription {
  readonly name: string
  readonly summary: string
  /** Here already; others are downloaded when used. */
  readonly available: boolean
}

/** The data sets known by name. */
export function describeDatasets(cache = cacheFolder()): DatasetDescription[] {
  return knownDatasets.map((known) => ({ name: known.name, summary: known.summary, available: isAvailable(known, cache) }))
}

/**
 * Opens a data set: an existing path first (a folder of images, a table, arrays, a zip), then a known name.
 * Throws a UserError that says what, where and the mend when it cannot.
 */
export async function openDataset(argument: string, options: OpenOptions = {}): Promise<Dataset> {
  const { seed = 0, cache = cacheFolder(), onNote = () => {} } = options
  try {
    const source = await findSource(argument, cache, options, onNote)
    const decoded = await decodeCached(source, cache, onNote)
    const dataset = assemble(source.name, decoded, { seed, ...(options.splits && { splits: options.splits }) })
    if (options.target === undefined || dataset.target !== undefined) return dataset
    return {
      ...dataset,
      notes: [...dataset.notes, `--target is for tables: ${source.name} has labels of its own, so "${options.target}" was not used.`],
    }
  } catch (error) {
    // What the system refuses (a file gone, no permission) is the user's to mend.
    throw isSystemError(error) ? notReadable(argument, error) : error
  }
}

function isSystemError(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return code !== undefined && syscall !== undefined
}

async function findSource(argument: string, cache: string, options: OpenOptions, onNote: (note: string) => void): Promise<DataSource> {
  const match = knownDatasets.find(({ name }) => name === argument)
  if (existsSync(argument)) {
    if (match) onNote(`${argument} is a path here, so it is opened, not the known data set of that name.`)
    const { seed = 0, target, size, splits } = options
    return sourceAt(argument, {
      seed,
      ...(target !== undefined && { target }),
      ...(size !== undefined && { size }),
      ...(splits && { splits }),
    })
  }
  if (match) return knownSource(match, cache, { onNote })
  throw new UserError(unknownSentence(argument))
}

function unknownSentence(argument: string): string {
  const near = knownDatasets
    .map(({ name }) => name)
    .filter((name) => distance(name, argument.toLowerCase()) <= Math.max(2, name.length / 3))
  const names = knownDatasets.map(({ name }) => name).join(', ')
  return `There is no file or folder ${argument}, and no data set of that name${near.length > 0 ? `: did you mean ${near.join(' or ')}?` : `; known names are ${names}.`}`
}
