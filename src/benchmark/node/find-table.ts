import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { didYouMean } from '../../nearest.ts'
import { knownTables } from '../known/index.ts'

/** Where published tables lie when nothing else is said. */
const usualFolder = '../shared/data'

/**
 * The file of a table: an existing path first, then the name of a published table, looked for in the folder that NASCENT_DATA names.
 *
 * @throws UserError that says where to get it, or which names there are
 */
export function findTable(given: string): string {
  if (existsSync(given)) return given
  const known = knownTables.find(({ name }) => name === given)
  if (known === undefined) {
    const names = knownTables.map(({ name }) => name)
    throw new UserError(
      `There is no table "${given}", neither a file nor a name.${didYouMean(given, names)} Names are: ${names.join(', ')}.`,
    )
  }
  const folder = process.env.NASCENT_DATA || usualFolder
  const path = join(folder, known.file)
  if (existsSync(path)) return path
  throw new UserError(
    `The table ${given} is not at ${resolve(path)}. To get it, ${known.source}; then give the file with --table, or set NASCENT_DATA to the folder that holds ${known.file}.`,
  )
}
