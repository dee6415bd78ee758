import type { CommandSpec } from '../command.ts'
import { printJson } from '../terminal.ts'

export const report: CommandSpec = {
  name: 'report',
  summary: "write a run's report again: one self-contained HTML file",
  arguments: [{ name: '<run>', summary: "the run's id or its folder (nascent ls)" }],
  options: [{ flags: '--out <file>', summary: "where to write (default: report.html in the run's folder)" }],
  examples: ['nascent report brave-otter', 'nascent report runs/first --out first.html'],
  async run([run], options, terminal) {
    const { reportRun } = await import('../../search/node/experiment.ts')
    const file = await reportRun(run as string, { out: options.out as string | undefined })
    if (options.json) printJson(terminal, { files: [file] })
    else terminal.out(`${file}\n`)
    return 0
  },
}
