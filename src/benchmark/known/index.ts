import type { KnownTable } from './known-table.ts'
import { nasBench201Table } from './nas-bench-201.ts'
import { nasBenchMacroTable } from './nas-bench-macro.ts'
import { transNasBench101Table } from './trans-nas-bench-101.ts'

export type { KnownTable, Pair } from './known-table.ts'

/** All published tables that are read without further words; adding one is a file and a line here. */
export const knownTables: readonly KnownTable[] = [nasBench201Table, nasBenchMacroTable, transNasBench101Table]
