import type { CommandSpec } from '../command.ts'
import { budgetOption, deviceOption, limitOption, outOption, seedOption, targetOption, workersOption } from '../options.ts'
import { runAndShow } from '../run.ts'

export const fit: CommandSpec = {
  name: 'fit',
  summary: 'no questions asked: find a good network for the data, train it, test it, export it',
  arguments: [{ name: '<data>', summary: 'a folder of images by class, a table, a zip, or a known name (nascent datasets)' }],
  options: [targetOption, budgetOption, limitOption, workersOption, seedOption, deviceOption, outOption],
  examples: ['nascent fit digits --budget 60s', 'nascent fit customers.csv --target churned --budget 10m', 'nascent fit photos/'],
  run: ([data], options, terminal) => runAndShow('fit', data as string, options, terminal),
}
