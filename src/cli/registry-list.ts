import type { StrategyEntry } from '../strategy/strategy.ts'
import { printJson, printTable, type Terminal } from './terminal.ts'

type Entry = Pick<StrategyEntry, 'name' | 'summary' | 'paper' | 'options'>

/** Lists a registry whose entries have options: as JSON, or as a table. @param noun an entry's @param flag that sets its options */
export function listRegistry(entries: readonly Entry[], noun: string, flag: string, json: boolean, terminal: Terminal): number {
  const rows = entries.map(({ name, summary, paper, options }) => ({ name, summary, paper, options }))
  if (json) printJson(terminal, rows)
  else {
    const shown = rows.map((row) => [
      row.name,
      row.summary,
      Object.entries(row.options)
        .map(([key, { default: value }]) => `${key}=${value}`)
        .join(' '),
      row.paper ?? '',
    ])
    printTable(terminal, [noun, 'what it does', `options (${flag})`, 'paper'], shown)
  }
  return 0
}
