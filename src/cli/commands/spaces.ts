import type { CommandSpec } from '../command.ts'
import { printJson, printTable } from '../terminal.ts'

export const spaces: CommandSpec = {
  name: 'spaces',
  summary: 'list the search spaces, with their size and the paper they come from',
  arguments: [],
  options: [],
  examples: ['nascent spaces', 'nascent spaces --json'],
  async run(_, options, terminal) {
    const { spaces: entries } = await import('../../hub/index.ts')
    const rows = entries.map(({ name, summary, paper, kinds, make, frames = {} }) => ({
      name,
      summary,
      paper,
      kinds,
      size: make().size?.toString(),
      frames: Object.keys(frames).map((frame) => `${name}@${frame}`),
    }))
    if (options.json) printJson(terminal, rows)
    else
      printTable(
        terminal,
        ['space', 'for', 'networks', 'what it is'],
        rows.map((row) => [
          row.name,
          row.kinds.join(', '),
          row.size === undefined ? 'uncountable' : roughly(row.size),
          [row.summary, ...row.frames].join('; '),
        ]),
      )
    return 0
  },
}

/** `15625` → `15,625`; long numbers as a power of ten. */
function roughly(size: string): string {
  return size.length <= 9 ? Number(size).toLocaleString('en-US') : `${size[0]}.${size[1]}e${size.length - 1}`
}
