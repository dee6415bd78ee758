import { resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import type { DataSource } from '../decoded.ts'
import { parseCsvText } from './csv.ts'
import type { FileSet } from './files.ts'
import { decodeTable, type TableOptions } from './table-source.ts'

/** The one CSV table of a zip archive as a data set. */
export function zippedTableSource(files: FileSet, entry: string, options: TableOptions): DataSource {
  return {
    name: files.name,
    fingerprint: files.fingerprint,
    key: { zipped: resolve(files.path), target: options.target, seed: options.seed, splits: options.splits },
    slow: true,
    async decode(sink) {
      const [content] = await files.read([entry])
      if (!(content instanceof Uint8Array)) throw new UserError(`${files.path}: ${entry} cannot be read.`)
      const read = await parseCsvText(new TextDecoder().decode(content), entry, options.target)
      return decodeTable(read.table, { ...read, skipped: [] }, new Uint8Array(read.table.rows), options, sink)
    },
  }
}
