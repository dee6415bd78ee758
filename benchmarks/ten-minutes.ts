// What a budget of minutes finds from nothing, by the built command: search and final training together, random search beside the methods with shared weights.
//   node benchmarks/run.mjs ten-minutes [--seeds 3] [--budget 10m] [--data fashion-mnist] [--quick] [names…]
// 50 minutes a seed. `--quick` takes 30 seconds of digits each, one seed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mean, standardDeviation } from 'simple-statistics'
import { machine, runCommand } from './command.ts'

/** Each method in the space it takes when none is named, random search in both of them. */
const contestants: readonly { readonly strategy: string; readonly space: string }[] = [
  { strategy: 'enas', space: 'units' },
  { strategy: 'spos', space: 'units' },
  { strategy: 'random', space: 'units' },
  { strategy: 'darts', space: 'nas-bench-201' },
  { strategy: 'random', space: 'nas-bench-201' },
]

const percent = (value: number): string => (100 * value).toFixed(2)

export function main(argv: string[]): number {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      data: { type: 'string' },
      budget: { type: 'string' },
      seeds: { type: 'string', default: '1' },
    },
  })
  const { data = values.quick ? 'digits' : 'fashion-mnist', budget = values.quick ? '30s' : '10m' } = values
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  try {
    console.log(`${machine()}; ${data}, ${budget} each, seeds ${seeds.join(', ')}`)
    console.log(
      '| strategy | space | test accuracy | mean ± standard deviation | trials | seconds |\n| --- | --- | --- | --- | --- | --- |',
    )
    for (const { strategy, space } of contestants.filter((one) => positionals.length === 0 || positionals.includes(one.strategy))) {
      const outcomes = seeds.map((seed) => runCommand(['search', data, '--strategy', strategy, '--space', space], budget, seed, folder))
      const accuracies = outcomes.map(({ accuracy }) => accuracy)
      const row = [
        strategy,
        space,
        accuracies.map(percent).join(', '),
        `${percent(mean(accuracies))} ± ${percent(standardDeviation(accuracies))} %`,
        outcomes.map(({ finished }) => finished).join(', '),
        outcomes.map(({ seconds }) => seconds.toFixed(0)).join(', '),
      ]
      console.log(`| ${row.join(' | ')} |`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return 0
}
