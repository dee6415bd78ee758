import type { CommandSpec } from '../command.ts'
import { printJson, printTable } from '../terminal.ts'

export const datasets: CommandSpec = {
  name: 'datasets',
  summary: 'list the data sets known by name, and whether they are here already',
  arguments: [],
  options: [],
  examples: ['nascent datasets', 'nascent datasets --json'],
  async run(_, options, terminal) {
    const { describeDatasets } = await import('../../data/index.ts')
    const rows = describeDatasets()
    if (options.json) printJson(terminal, rows)
    else
      printTable(
        terminal,
        ['data set', 'here', 'what it is'],
        rows.map((row) => [row.name, row.available ? 'yes' : 'downloaded when used', row.summary]),
      )
    return 0
  },
}
