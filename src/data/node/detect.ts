import { readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import type { DataSource } from '../decoded.ts'
import { imageEnding, partOf } from '../image-list.ts'
import { givenPart } from '../split.ts'
import { arrayEnding, arrayFilesSource, arraySiblings, npzSource } from './array-source.ts'
import { csvHead, notReadable, readCsv } from './csv.ts'
import { type FileSet, folderFiles, zipFiles } from './files.ts'
import { type ImageOptions, imageSource, imageTableSource, pictureColumn } from './image-source.ts'
import { shortName, type TableFiles, type TableOptions, tableColumns, tableEnding, tableSource } from './table-source.ts'
import { zippedTableSource } from './zipped-table.ts'

export type SourceOptions = ImageOptions & TableOptions

/** Finds out what lies at an existing path. Throws a UserError when it is nothing that can be learnt from. */
export async function sourceAt(path: string, options: SourceOptions): Promise<DataSource> {
  try {
    return statSync(path).isDirectory() ? folderSource(path, options) : await fileSource(path, options)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code?.startsWith('E') ? notReadable(path, error) : error
  }
}

function folderSource(path: string, options: SourceOptions): DataSource {
  const names = readdirSync(path)
    .filter((name) => !name.startsWith('.'))
    .sort()
  const arrays = names.filter((name) => arrayEnding.test(name))
  if (arrays.length > 0)
    return arrayFilesSource(
      basename(resolve(path)),
      path,
      arrays.map((name) => join(path, name)),
    )
  const files = folderFiles(path)
  if (!files.paths.some((name) => imageEnding.test(name))) {
    const table = tableInFolder(path, names)
    if (table) return tableSource(table, options)
  }
  return imageSource(files, options)
}

/** A folder with one table, or with tables named train, valid and test. */
function tableInFolder(path: string, names: readonly string[]): TableFiles | undefined {
  const tables = names.filter((name) => tableEnding.test(name) && !/^readme/i.test(name))
  const byPart = new Map<number, string>()
  for (const name of tables) {
    const part = partOf(name.replace(tableEnding, ''))
    if (part !== undefined) byPart.set(part, join(path, name))
  }
  const train = byPart.get(givenPart.train)
  const name = basename(resolve(path))
  if (train !== undefined)
    return {
      name,
      train,
      ...(byPart.has(givenPart.valid) && { valid: byPart.get(givenPart.valid) as string }),
      ...(byPart.has(givenPart.test) && { test: byPart.get(givenPart.test) as string }),
    }
  return tables.length === 1 ? { name, train: join(path, tables[0]) } : undefined
}

async function fileSource(path: string, options: SourceOptions): Promise<DataSource> {
  if (statSync(path).size === 0) throw new UserError(`${path} is empty: give a file with data in it.`)
  if (/\.npz$/i.test(path)) return npzSource(shortName(path), path)
  if (/\.zip$/i.test(path)) return zipSource(zipFiles(path), options)
  if (arrayEnding.test(path)) return arrayFilesSource(shortName(path), path, arraySiblings(path, readdirSync(join(path, '..'))))
  if (imageEnding.test(path))
    throw new UserError(`${path} is one picture: to learn from pictures, give a folder that has a folder of pictures for each class.`)
  if (!tableEnding.test(path))
    throw new UserError(
      `${path} is in no format that is read: give a folder or zip of pictures, or a table (.csv, .tsv, .parquet), or arrays (.npz, .npy, IDX).`,
    )
  if (/\.(csv|tsv)$/i.test(path)) {
    const picture = await listsPictures(path)
    if (picture) return imageTableSource(path, (await readCsv(path, options.target)).table, options)
  }
  return tableSource({ name: shortName(path), train: path }, options)
}

/** Whether the first rows of a table name pictures. */
async function listsPictures(path: string): Promise<boolean> {
  return pictureColumn(await csvHead(path)) !== undefined
}

function zipSource(files: FileSet, options: SourceOptions): DataSource {
  const tables = files.paths.filter((name) => /\.(csv|tsv)$/i.test(name))
  if (!files.paths.some((name) => imageEnding.test(name)) && tables.length === 1) return zippedTableSource(files, tables[0], options)
  return imageSource(files, options)
}

/** Columns of a table at a path, to ask for a target; undefined when it is no table, or one that needs no target. */
export async function listColumns(path: string): Promise<string[] | undefined> {
  let file: string | undefined = path
  try {
    if (statSync(path).isDirectory()) {
      const names = readdirSync(path)
      file = names.some((name) => imageEnding.test(name) || statSync(join(path, name)).isDirectory())
        ? undefined
        : tableInFolder(path, names)?.train
    }
  } catch {
    return undefined
  }
  if (file === undefined || !tableEnding.test(file) || arrayEnding.test(file)) return undefined
  if (/\.(csv|tsv)$/i.test(file) && (await listsPictures(file))) return undefined
  return tableColumns(file)
}
