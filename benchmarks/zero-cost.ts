// Zero-cost scores on NAS-Bench-201: how they agree with published test accuracies, beside published scores of the same cells, and what they cost.
// node benchmarks/run.mjs zero-cost [--quick] [--cells 5] [--channels 16] [--batch 32] [--count 491] [--seed 0] [--scores naswot,synflow]
//   Wants the tables and CIFAR-10 in the folder of NASCENT_DATA (default ../shared/data). --quick: one cell a stage, images of 16 pixels, 60 cells.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { kendall, spearman } from '../src/benchmark/index.ts'
import { nasBench201Table } from '../src/benchmark/known/nas-bench-201.ts'
import { findTable } from '../src/benchmark/node/find-table.ts'
import { batchMaker, openDataset } from '../src/data/index.ts'
import { findSpace } from '../src/hub/index.ts'
import { differentNetworks, findScore, Scorer, type Scores, type ZeroCostScore, zeroCostScores } from '../src/proxy/zero-cost/index.ts'
import type { Architecture, SearchSpace } from '../src/space/index.ts'
import { createNodeRuntime } from '../src/tensor/node/index.ts'
import { smallCifar10 } from './cifar10.ts'

/** A cell of the table whose scores were published. */
interface Cell {
  readonly architecture: string
  /** Test accuracy after 200 epochs on CIFAR-10. */
  readonly accuracy: number
  /** Published scores by our names. */
  readonly published: Readonly<Record<string, number>>
}

/** Names of scores in the published file, by ours. */
const publishedNames: Readonly<Record<string, string>> = {
  synflow: 'synflow',
  'jacob-cov': 'jacov',
  'grad-norm': 'grad_norm',
  snip: 'snip',
  grasp: 'grasp',
  fisher: 'fisher',
  flops: 'flops',
  params: 'params',
}

/** Numbers of operations in the published file and in the table: identity, zero, 3×3, 1×1, pooling against none, skip, 1×1, 3×3, pooling. */
const digitOf: readonly string[] = ['1', '0', '3', '2', '4']

/** `(4, 3, 3, 3, 2, 3)`, edges by their source, becomes the table's digits, edges by their target. */
function digits(key: string): string {
  const edges = key.match(/\d/g) ?? []
  return [0, 1, 3, 2, 4, 5].map((edge) => digitOf[Number(edges[edge])]).join('')
}

function readCells(): readonly Cell[] {
  const file = join(process.env.NASCENT_DATA || '../shared/data', 'zero-cost', 'zc_nasbench201_491.json.gz')
  if (!existsSync(file)) throw new Error(`There is no ${file}: set NASCENT_DATA to the folder that has it.`)
  const [head, ...lines] = gunzipSync(readFileSync(findTable('nas-bench-201')))
    .toString()
    .trim()
    .split('\n')
  const names = head.split(',')
  const rows = new Map(lines.map((line) => line.split(',')).map((row) => [row[names.indexOf('arch')], row]))
  const all = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
    readonly nasbench201: { readonly cifar10: Readonly<Record<string, Readonly<Record<string, number>>>> }
  }
  return Object.entries(all.nasbench201.cifar10).map(([key, values]): Cell => {
    const row = rows.get(digits(key)) as readonly string[]
    if (Math.abs(Number(row[names.indexOf('c10_val_e200_naslib')]) - values.val_accuracy) > 0.02)
      throw new Error(`${key} has another accuracy in the table`)
    const published = Object.fromEntries(Object.entries(publishedNames).map(([ours, theirs]) => [ours, values[theirs]]))
    // Missing where the determinant is 0.
    const naswot = Number(row[names.indexOf('nwot_score')] || -Infinity)
    const zen = Number(row[names.indexOf('c10_zen')])
    const architecture = nasBench201Table.notation?.(digits(key)) ?? digits(key)
    return { architecture, accuracy: Number(row[names.indexOf('c10_test_e200')]), published: { ...published, naswot, zen } }
  })
}

interface Measured {
  readonly scores: readonly Scores[]
  readonly prepareSeconds: number
  /** Of the processor for each network. */
  readonly milliseconds: number
}

const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

interface Job {
  readonly data: string
  readonly space: SearchSpace
  readonly architectures: readonly Architecture[]
  readonly scores: readonly ZeroCostScore[]
  readonly batchSize: number
  readonly seed: number
}

async function measure({ data, space, architectures, scores, batchSize, seed }: Job): Promise<Measured> {
  const dataset = await openDataset(data, { seed: 0, onNote() {} })
  const batch = batchMaker(dataset, { batchSize, seed }).make(0, 0)
  const runtime = await createNodeRuntime()
  const scorer = new Scorer({ runtime, data: dataset, batch, scores, seed, space, expected: architectures.length, threads: 1 })
  try {
    const began = processorMs()
    await scorer.prepare()
    const prepared = processorMs()
    const found: Scores[] = []
    for (const architecture of architectures) found.push(await scorer.score(architecture))
    return { scores: found, prepareSeconds: (prepared - began) / 1000, milliseconds: (processorMs() - prepared) / scorer.distinct }
  } finally {
    await scorer.release()
  }
}

/** −Infinity has a rank like any other. */
const ranked = (values: readonly number[]): readonly number[] => values.map((value) => (Number.isFinite(value) ? value : -Number.MAX_VALUE))
const shown = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '' : value.toFixed(3))

async function agreement(cells: readonly Cell[], job: Omit<Job, 'architectures'>): Promise<void> {
  const { scores, prepareSeconds, milliseconds } = await measure({
    ...job,
    architectures: cells.map((cell) => job.space.parse(cell.architecture)),
  })
  const truth = cells.map(({ accuracy }) => accuracy)
  console.log(`all together: ${prepareSeconds.toFixed(1)} s to compile, ${milliseconds.toFixed(0)} ms a cell, of the processor\n`)
  console.log('| score | Spearman | Kendall | published: Spearman | Kendall |\n| --- | --- | --- | --- | --- |')
  for (const { name } of job.scores) {
    const own = ranked(scores.map((one) => one[name]))
    const theirs = name in cells[0].published ? ranked(cells.map(({ published }) => published[name])) : undefined
    const columns = [spearman(own, truth), kendall(own, truth), theirs && spearman(theirs, truth), theirs && kendall(theirs, truth)]
    console.log(`| \`${name}\` | ${columns.map(shown).join(' | ')} |`)
  }
}

async function speed(data: string, sets: readonly (readonly ZeroCostScore[])[], count: number, batchSize: number): Promise<void> {
  const space = findSpace('nas-bench-201')
  const architectures = differentNetworks(space, count, 0)
  for (const scores of sets) {
    const { prepareSeconds, milliseconds } = await measure({ data, space, architectures, scores, batchSize, seed: 0 })
    const names = scores.map(({ name }) => `\`${name}\``).join(', ')
    console.log(`| ${data} | ${names} | ${prepareSeconds.toFixed(1)} | ${milliseconds.toFixed(1)} | ${Math.round(60_000 / milliseconds)} |`)
  }
}

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: 'boolean' },
      cells: { type: 'string', default: '5' },
      channels: { type: 'string', default: '16' },
      batch: { type: 'string', default: '32' },
      count: { type: 'string' },
      seed: { type: 'string', default: '0' },
      scores: { type: 'string' },
    },
  })
  const scores = values.scores?.split(',').map(findScore) ?? zeroCostScores
  const count = Number(values.count ?? (values.quick ? 60 : 491))
  const batchSize = Number(values.batch)
  const size = values.quick ? 16 : 32
  const space = findSpace(`nas-bench-201:cells=${values.quick ? 1 : values.cells},channels=${values.channels}`)
  console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}; one thread, batch ${batchSize}`)
  const folder = mkdtempSync(join(tmpdir(), 'nascent-zero-cost-'))
  try {
    await smallCifar10(size, { train: 1000, test: 200 }, folder)
    const cells = readCells().slice(0, count)
    console.log(
      `\n${space.name}, ${cells.length} cells, CIFAR-10 at ${size}×${size}, seed ${values.seed}; truth: test accuracy after 200 epochs`,
    )
    await agreement(cells, { data: folder, space, scores, batchSize, seed: Number(values.seed) })
    if (values.scores !== undefined) return 0
    console.log('\nnas-bench-201 with one cell a stage, all networks as one graph')
    console.log('| data | scores | s to compile | ms a network | networks a minute |\n| --- | --- | --- | --- | --- |')
    const sets = [
      ...zeroCostScores.filter(({ outputs }) => outputs !== undefined).map((score) => [score]),
      ['naswot', 'synflow'].map(findScore),
    ]
    for (const data of values.quick ? ['digits'] : ['digits', 'fashion-mnist']) await speed(data, sets, values.quick ? 30 : 200, batchSize)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return 0
}
