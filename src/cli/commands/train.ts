import type { CommandSpec } from '../command.ts'
import { budgetOption, deviceOption, numberIn, outOption, seedOption, targetOption, wholeNumber } from '../options.ts'
import { showRun } from '../run.ts'

export const train: CommandSpec = {
  name: 'train',
  summary: 'train one architecture for real: the best of a run, one written out, or a published network; also on other data',
  arguments: [
    { name: '<architecture>', summary: "a run's id or folder, or an architecture string, or a published network (resnet-20)" },
    { name: '<data>', summary: 'what to train on' },
  ],
  options: [
    { flags: '--space <name>', summary: 'the space that an architecture string belongs to' },
    { flags: '--trial <number>', summary: "a run's trial instead of its best", parse: wholeNumber('--trial', 0) },
    {
      flags: '--stack <number>',
      summary: 'spaces with cells: stack so many of them (default: as in the search)',
      parse: wholeNumber('--stack', 1, 10_000),
    },
    {
      flags: '--channels <number>',
      summary: 'spaces with cells: channels of the first cell (default: as in the search)',
      parse: wholeNumber('--channels', 1, 10_000),
    },
    {
      flags: '--drop-path <rate>',
      summary: "spaces with cells: last probability that an edge is dropped (default: the paper's with --stack or --channels, else 0)",
      parse: numberIn('--drop-path', 0, 0.95),
    },
    {
      flags: '--auxiliary <weight>',
      summary: "spaces with cells: weight of an auxiliary head's loss (default: the paper's with --stack or --channels, else 0)",
      parse: numberIn('--auxiliary', 0, 10),
    },
    { flags: '--epochs <number>', summary: 'epochs to train (default: what fits the budget)', parse: wholeNumber('--epochs', 1, 10_000) },
    budgetOption,
    targetOption,
    seedOption,
    deviceOption,
    outOption,
  ],
  examples: [
    'nascent train brave-otter fashion-mnist --budget 10m',
    'nascent train brave-otter cifar10/ --stack 20 --channels 36 --budget 8h',
    'nascent train resnet-20 fashion-mnist --budget 10m',
    'nascent train "depth=2[…]" digits --space chain --epochs 30',
  ],
  async run([architecture, data], options, terminal) {
    const { trainArchitecture } = await import('../../search/node/experiment.ts')
    const request = {
      architecture: architecture as string,
      data: data as string,
      space: options.space as string | undefined,
      trial: options.trial as number | undefined,
      stack: options.stack as number | undefined,
      channels: options.channels as number | undefined,
      dropPath: options.dropPath as number | undefined,
      auxiliary: options.auxiliary as number | undefined,
      epochs: options.epochs as number | undefined,
      budget: options.budget as string | undefined,
      target: options.target as string | undefined,
      seed: options.seed as number,
      device: options.device as 'cpu' | 'webgpu' | 'cuda',
      out: options.out as string | undefined,
    }
    return showRun(terminal, options.json === true, (hooks) => trainArchitecture(request, hooks))
  },
}
