// Which cells of NAS-Bench-201 differentiable methods end with that are trained here at reduced size, judged by the published table (CIFAR-10, 200 epochs).
//   node benchmarks/run.mjs collapse [--epochs 20] [--seeds 1] [--size 16] [--examples 10000] [--channels 8] [--batch 64] [--quick] [--set alphaRate=0.01] [names…]
// NASCENT_DATA (default ../shared/data) has the table and the pictures; --data names other pictures.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nasBench201Table } from '../src/benchmark/known/nas-bench-201.ts'
import { findTable } from '../src/benchmark/node/find-table.ts'
import { readTable } from '../src/benchmark/node/read-table.ts'
import { settings } from '../src/cli/options.ts'
import type * as Data from '../src/data/index.ts'
import { nasBench201Space } from '../src/hub/nas-bench-201.ts'
import type * as OneShot from '../src/oneshot/index.ts'
import type { Settings } from '../src/oneshot/one-shot.ts'
import { parseObjectives } from '../src/search/objectives.ts'
import type { SearchSpace } from '../src/space/index.ts'
import type * as TensorNode from '../src/tensor/node/index.ts'
import { machine } from './command.ts'
import { smallCifar10 } from './cifar10.ts'

const usual = ['darts', 'darts2', 'fair-darts', 'pc-darts', 'gdas', 'snas', 'drnas']

/** Test accuracy in percent of every cell, by the cell as the space prints it. */
async function publishedAccuracies(space: SearchSpace): Promise<Map<string, number>> {
  const { columns } = await readTable(findTable('nas-bench-201'))
  const cells = (name: string): readonly unknown[] => columns.find((column) => column.name === name)?.cells ?? []
  const accuracies = cells('c10_test_e200')
  return new Map(cells('arch').map((arch, i) => [space.print(space.parse(nasBench201Table.notation(String(arch)))), Number(accuracies[i])]))
}

export async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      data: { type: 'string' },
      epochs: { type: 'string' },
      seeds: { type: 'string', default: '1' },
      size: { type: 'string', default: '16' },
      examples: { type: 'string' },
      channels: { type: 'string', default: '8' },
      set: { type: 'string', multiple: true },
    },
  })
  const epochs = Number(values.epochs ?? (values.quick ? 2 : 20))
  const examples = Number(values.examples ?? (values.quick ? 2000 : 10_000))
  const options = (values.set ?? []).reduce<Settings>((all, text) => settings('--set')(text, all), {})
  const [data, oneshot, tensor] = (await Promise.all(
    ['data', 'oneshot', 'tensor/node'].map((room) => import(`../dist/${room}/index.js`)),
  )) as [typeof Data, typeof OneShot, typeof TensorNode]
  const space = nasBench201Space({ channels: Number(values.channels) })
  const accuracies = await publishedAccuracies(space)
  const ranked = [...accuracies.values()].toSorted((a, b) => b - a)
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  try {
    if (values.data === undefined) await smallCifar10(Number(values.size), { train: examples, test: 100 }, folder)
    const dataset = await data.openDataset(values.data ?? folder)
    const objectives = parseObjectives(undefined, dataset.task)
    const runtime = await tensor.createNodeRuntime()
    console.log(
      `${machine()}; ${dataset.train.count} pictures ${dataset.input.shape.join('×')}, ${values.channels} channels, one cell a stage, ${epochs} epochs`,
    )
    console.log(
      '| method | seed | cell found (edges 1←0, 2←0, 2←1, 3←0, 3←1, 3←2) | skip connections | published accuracy | rank of 15,625 | warned in | minutes |\n| --- | --- | --- | --- | --- | --- | --- | --- |',
    )
    for (const name of positionals.length > 0 ? positionals : usual)
      for (let seed = 1; seed <= Number(values.seeds); seed++) {
        const entry = oneshot.findOneShot(name)
        if (entry === undefined) throw new Error(`There is no method ${name}.`)
        const began = performance.now()
        const warned: number[] = []
        const { state } = await oneshot.trainSupernet(
          entry,
          {
            runtime,
            dataset,
            space,
            openBatches: data.openBatches,
            seed,
            objectives,
            threads: availableParallelism(),
          },
          { epochs },
          options,
          {
            onEpoch({ epoch, warning, trainLoss, metrics }) {
              if (warning !== undefined) warned.push(epoch)
              if (process.stderr.isTTY) console.error(name, epoch, trainLoss.toFixed(3), metrics)
            },
          },
        )
        const proposer = entry.proposer({ space, seed, objectives }, oneshot.learnedOf(state))
        const proposal = proposer.ask(0)
        const text = proposal === 'exhausted' ? '' : space.print(proposal.architecture)
        const accuracy = accuracies.get(text) ?? Number.NaN
        const rank = ranked.filter((other) => other > accuracy).length + 1
        const operations = [...text.matchAll(/=([a-z0-9_]+)/g)].map((match) => match[1])
        console.log(
          `| ${[
            name,
            seed,
            operations.join(', '),
            operations.filter((operation) => operation === 'skip_connect').length,
            `${accuracy.toFixed(2)} %`,
            `${rank} (${((100 * rank) / ranked.length).toFixed(1)} %)`,
            warned.length === 0 ? 'never' : `epoch ${warned[0]}`,
            ((performance.now() - began) / 60_000).toFixed(1),
          ].join(' | ')} |`,
        )
      }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return 0
}
