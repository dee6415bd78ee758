import type { CommandSpec } from '../command.ts'
import { oneOf, wholeNumber } from '../options.ts'
import { printJson } from '../terminal.ts'

export const exportCommand: CommandSpec = {
  name: 'export',
  summary: "write a run's model again: the final one, or one trial's",
  arguments: [{ name: '<run>', summary: "the run's id or its folder (nascent ls)" }],
  options: [
    { flags: '--format <format>', summary: 'file format', default: 'onnx', parse: oneOf('--format', ['onnx']) },
    {
      flags: '--trial <number>',
      summary: "a trial's network with the weights it had, instead of the final model",
      parse: wholeNumber('--trial', 0),
    },
    { flags: '--out <file>', summary: "where to write (default: model.onnx in the run's folder)" },
  ],
  examples: ['nascent export brave-otter --format onnx', 'nascent export brave-otter --trial 3 --out third.onnx'],
  async run([run], options, terminal) {
    const { exportRun } = await import('../../search/node/experiment.ts')
    const file = await exportRun(run as string, { trial: options.trial as number | undefined, out: options.out as string | undefined })
    if (options.json) printJson(terminal, { files: [file] })
    else terminal.out(`${file}\n`)
    return 0
  },
}
