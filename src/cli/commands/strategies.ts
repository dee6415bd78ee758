import type { CommandSpec } from '../command.ts'
import { printJson, printTable } from '../terminal.ts'

export const strategies: CommandSpec = {
  name: 'strategies',
  summary: 'list the search strategies, with their options and defaults',
  arguments: [],
  options: [],
  examples: ['nascent strategies', 'nascent strategies --json'],
  async run(_, options, terminal) {
    const { searchers: entries } = await import('../../search/searchers.ts')
    const rows = entries.map(({ name, summary, paper, options: settings }) => ({ name, summary, paper, options: settings }))
    if (options.json) printJson(terminal, rows)
    else {
      const shown = rows.map((row) => [
        row.name,
        row.summary,
        Object.entries(row.options)
          .map(([key, { default: value }]) => `${key}=${value}`)
          .join(' '),
        row.paper ?? '',
      ])
      printTable(terminal, ['strategy', 'what it does', 'options (--set)', 'paper'], shown)
    }
    return 0
  },
}
