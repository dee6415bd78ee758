import type { CommandSpec } from '../command.ts'
import { budgetOption, wholeNumber, workersOption } from '../options.ts'
import { showRun } from '../run.ts'

const numbers = (text: string): readonly number[] => text.split(',').map(wholeNumber('--go-on', 0))

export const resume: CommandSpec = {
  name: 'resume',
  summary: 'go on with a run that was interrupted, exactly where it was',
  arguments: [{ name: '<run>', summary: "the run's id or its folder (nascent ls)" }],
  options: [
    { ...budgetOption, summary: 'a new budget in place of the old one, counting what was used already' },
    {
      flags: '--go-on <trials>',
      summary: 'train these trials whole, which a proxy stopped, from where they stand, and nothing else: 7,12',
      parse: numbers,
    },
    workersOption,
  ],
  examples: ['nascent resume brave-otter', 'nascent resume runs/first --budget 300trials', 'nascent resume brave-otter --go-on 7,12'],
  async run([run], options, terminal) {
    const { resumeRun } = await import('../../search/node/experiment.ts')
    const change = {
      budget: options.budget as string | undefined,
      workers: options.workers as number | undefined,
      goOn: options.goOn as number[] | undefined,
    }
    return showRun(terminal, options.json === true, (hooks) => resumeRun(run as string, change, hooks))
  },
}
