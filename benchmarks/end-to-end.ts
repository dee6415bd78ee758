// The main jobs as a user runs them, by the built command: test accuracy and time on the wall. `--quick` takes the first job only; `--seeds 3` repeats each.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

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

interface Outcome {
  readonly accuracy: number
  readonly seconds: number
  readonly trials: number
}

const bin = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

function run({ args, budget }: Job, seed: number, folder: string): Outcome {
  const began = performance.now()
  const out = join(folder, `${args.join('-')}-${seed}`)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [bin, ...args, '--budget', budget, '--seed', String(seed), '--out', out, '--json'],
    {
      encoding: 'utf8',
      env: { ...process.env, NASCENT_HOME: folder },
    },
  )
  const seconds = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`nascent ${args.join(' ')} ended with ${status}: ${stderr.trim().split('\n').at(-1)}`)
  const { test, trials } = JSON.parse(stdout) as {
    readonly test: { readonly accuracy: number }
    readonly trials: { readonly finished: number }
  }
  return { accuracy: test.accuracy, seconds, trials: trials.finished }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

export function main(argv: string[]): number {
  const { values } = parseArgs({ args: argv, options: { quick: { type: 'boolean' }, seeds: { type: 'string', default: '1' } } })
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  try {
    console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}, seeds ${seeds.join(', ')}`)
    console.log('| command | budget | test accuracy | trials | seconds |\n| --- | --- | --- | --- | --- |')
    for (const job of values.quick ? jobs.slice(0, 1) : jobs) {
      const outcomes = seeds.map((seed) => run(job, seed, folder))
      const accuracies = outcomes.map(({ accuracy }) => (100 * accuracy).toFixed(2))
      const trials = mean(outcomes.map((outcome) => outcome.trials)).toFixed(0)
      console.log(
        `| \`nascent ${job.args.join(' ')}\` | ${job.budget} | ${accuracies.join(', ')} % | ${trials} | ${mean(outcomes.map(({ seconds }) => seconds)).toFixed(0)} |`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return 0
}
