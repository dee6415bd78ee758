import type { CommandSpec } from '../command.ts'
import { printJson, printTable } from '../terminal.ts'

export const proxies: CommandSpec = {
  name: 'proxies',
  summary: 'list the proxies, which keep a search from training each network whole, with their options and defaults',
  arguments: [],
  options: [],
  examples: ['nascent proxies', 'nascent proxies --json'],
  async run(_, options, terminal) {
    const { proxies: entries } = await import('../../proxy/registry.ts')
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
      printTable(terminal, ['proxy', 'what it does', 'options (--proxy-set)', 'paper'], shown)
    }
    return 0
  },
}
