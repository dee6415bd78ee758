import type { CommandSpec } from '../command.ts'
import { percent, printJson, printTable } from '../terminal.ts'

export const ls: CommandSpec = {
  name: 'ls',
  summary: 'list the runs',
  arguments: [],
  options: [],
  examples: ['nascent ls', 'nascent ls --json'],
  async run(_, options, terminal) {
    const { listRuns } = await import('../../search/node/runs.ts')
    const runs = listRuns()
    if (options.json) printJson(terminal, runs)
    else if (runs.length === 0) terminal.error('No runs yet. Begin one: nascent fit digits --budget 60s\n')
    else {
      const rows = runs.map((run) => [
        run.run,
        run.status,
        run.data,
        run.space,
        run.strategy,
        String(run.trials.finished),
        run.test?.accuracy === undefined ? '' : percent(run.test.accuracy),
        run.startedAt,
      ])
      printTable(terminal, ['run', 'status', 'data', 'space', 'strategy', 'trials', 'test accuracy', 'started'], rows)
    }
    return 0
  },
}
