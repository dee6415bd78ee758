import type { CommandSpec } from '../command.ts'
import {
  budgetOption,
  deterministicOption,
  deviceOption,
  limitOption,
  outOption,
  seedOption,
  settings,
  targetOption,
  wholeNumber,
  workersOption,
} from '../options.ts'
import { runAndShow } from '../run.ts'

export const search: CommandSpec = {
  name: 'search',
  summary: 'search a space with a strategy, train the winner, test it, export it',
  arguments: [{ name: '<data>', summary: 'a folder of images by class, a table, a zip, or a known name (nascent datasets)' }],
  options: [
    {
      flags: '--space <name>',
      summary: 'search space (nascent spaces), or a module with one (./mine.ts#small); default: by the kind of data',
    },
    {
      flags: '--strategy <name>',
      summary: 'search strategy (nascent strategies), or a module with one (./mine.ts#climber)',
      default: 'evolution',
    },
    { flags: '--set <name=value>', summary: "the strategy's options, for example population=20,sample=5", parse: settings('--set') },
    {
      flags: '--proxy <names>',
      summary: 'what keeps the search from training each network whole (nascent proxies): asha, or several with commas',
    },
    { flags: '--proxy-set <name=value>', summary: "the proxy's options; of several, median.grace=2", parse: settings('--proxy-set') },
    budgetOption,
    targetOption,
    { flags: '--objective <metrics>', summary: 'what to make better, the first one first: accuracy,latencyMs,parameters,flops,bytes' },
    { flags: '--reward <module>', summary: "a function of a trial's metrics to make better instead (./mine.ts#worth)" },
    limitOption,
    {
      flags: '--fidelity <amount>',
      summary:
        'how far a trial is trained: 3ep, 20%data, or both: 3ep,20%data; also smaller pictures and networks: 14px, 8channels, 1cell (default: planned from the budget)',
    },
    {
      flags: '--final-epochs <number>',
      summary: 'epochs of the final training (default: what fits the budget)',
      parse: wholeNumber('--final-epochs', 1, 10_000),
    },
    {
      flags: '--inherit',
      summary: "children begin from their parent's trained weights and train briefly (strategies whose networks descend from others)",
      default: false,
    },
    { flags: '--warm-start <run>', summary: 'begin with the trials of an earlier run (its id or folder) that are in the space' },
    workersOption,
    deterministicOption,
    seedOption,
    deviceOption,
    outOption,
  ],
  examples: [
    'nascent search fashion-mnist --space chain --strategy evolution --budget 5m',
    'nascent search fashion-mnist --strategy evolution --inherit --budget 5m',
    'nascent search fashion-mnist --strategy evolution --proxy asha --budget 10m',
    'nascent search photos/ --warm-start brave-otter --budget 10m',
    'nascent search photos/ --strategy random --budget 200trials --workers 2 --seed 7 --out runs/first',
  ],
  run: ([data], options, terminal) => runAndShow('search', data as string, options, terminal),
}
