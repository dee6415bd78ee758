// The main jobs as a user runs them, by the built command: test accuracy and time on the wall. `--quick` takes the first job only; `--seeds 3` repeats each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machine, runCommand } from './command.ts'

interface Job {
  readonly args: readonly string[]
  readonly budget: string
}

const jobs: readonly Job[] = [
  { args: ['fit', 'digits'], budget: '60s' },
  { args: ['fit', 'fashion-mnist'], budget: '2m' },
  { args: ['search', 'fashion-mnist', '--space', 'chain', '--strategy', 'evolution'], budget: '5m' },
  { args: ['search', 'fashion-mnist', '--space', 'chain', '--strategy', 'random'], budget: '5m' },
  { args: ['search', 'fashion-mnist', '--space', 'resnet', '--strategy', 'evolution'], budget: '5m' },
]

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

export function main(argv: string[]): number {
  const { values } = parseArgs({ args: argv, options: { quick: { type: 'boolean' }, seeds: { type: 'string', default: '1' } } })
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  try {
    console.log(`${machine()}, seeds ${seeds.join(', ')}`)
    console.log('| command | budget | test accuracy | trials | seconds |\n| --- | --- | --- | --- | --- |')
    for (const job of values.quick ? jobs.slice(0, 1) : jobs) {
      const outcomes = seeds.map((seed) => runCommand(job.args, job.budget, seed, folder))
      const accuracies = outcomes.map(({ accuracy }) => (100 * accuracy).toFixed(2))
      const trials = mean(outcomes.map(({ finished }) => finished)).toFixed(0)
      console.log(
        `| \`nascent ${job.args.join(' ')}\` | ${job.budget} | ${accuracies.join(', ')} % | ${trials} | ${mean(outcomes.map(({ seconds }) => seconds)).toFixed(0)} |`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return 0
}
