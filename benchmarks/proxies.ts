// Evolution with and without each proxy, by the built command, at equal time on the wall: how many architectures were tried, and how good the network is.
//   node benchmarks/run.mjs proxies [--seeds 5] [--data fashion-mnist] [--budget 5m] [--space chain] [--strategy evolution] [--quick] [names…]
// 5 minutes a proxy and seed. `--quick` takes 30 seconds of digits each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mean, standardDeviation } from 'simple-statistics'
import { proxies } from '../src/proxy/registry.ts'
import { machine, runCommand } from './command.ts'

const percent = (value: number, digits = 2): string => `${(100 * value).toFixed(digits)} %`

export function main(argv: string[]): number {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      seeds: { type: 'string', default: '1' },
      data: { type: 'string' },
      budget: { type: 'string' },
      space: { type: 'string', default: 'chain' },
      strategy: { type: 'string', default: 'evolution' },
    },
  })
  const { data = values.quick ? 'digits' : 'fashion-mnist', budget = values.quick ? '30s' : '5m', space, strategy } = values
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)
  const names = positionals.length > 0 ? positionals : proxies.map(({ name }) => name)
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  try {
    console.log(`${machine()}; ${data}, ${space}, ${strategy}, ${budget} each, seeds ${seeds.join(', ')}`)
    console.log(
      '| proxy | architectures tried | trained whole | training saved | good ones lost (estimate) | test accuracy | mean ± standard deviation |\n| --- | --- | --- | --- | --- | --- | --- |',
    )
    for (const proxy of [undefined, ...names]) {
      const args = ['search', data, '--space', space, '--strategy', strategy, ...(proxy === undefined ? [] : ['--proxy', proxy])]
      const outcomes = seeds.map((seed) => runCommand(args, budget, seed, folder))
      const accuracies = outcomes.map(({ accuracy }) => accuracy)
      const row = [
        proxy ?? 'none',
        mean(outcomes.map(({ finished, stopped, failed }) => finished + stopped + failed)).toFixed(1),
        mean(outcomes.map(({ finished }) => finished)).toFixed(1),
        percent(mean(outcomes.map(({ savings }) => savings?.share ?? 0)), 0),
        mean(outcomes.map(({ savings }) => savings?.lost ?? 0)).toFixed(1),
        accuracies.map((value) => percent(value)).join(', '),
        `${percent(mean(accuracies))} ± ${percent(standardDeviation(accuracies))}`,
      ]
      console.log(`| ${row.join(' | ')} |`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return 0
}
