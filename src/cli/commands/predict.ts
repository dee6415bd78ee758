import type { CommandSpec } from '../command.ts'
import { printJson } from '../terminal.ts'

export const predict: CommandSpec = {
  name: 'predict',
  summary: 'predict with an exported model: prints CSV, one row an input',
  arguments: [
    { name: '<model>', summary: 'model.onnx of a run' },
    { name: '<inputs...>', summary: 'image files, folders of images, or CSV files' },
  ],
  options: [],
  examples: ['nascent predict model.onnx picture.png', 'nascent predict nascent-runs/…/model.onnx customers.csv > predictions.csv'],
  async run([model, inputs], options, terminal) {
    const { predict: run, toCsv } = await import('../../model/predict.ts')
    const rows = await run(model as string, inputs as readonly string[], { onNote: (note) => terminal.error(`${note}\n`) })
    if (options.json) printJson(terminal, rows)
    else terminal.out(toCsv(rows))
    return 0
  },
}
