// What strategies themselves cost: processor time of ask and tell a trial, and memory of a million told trials.
//   node benchmarks/run.mjs strategies [--quick] [names…]
import { runInNewContext } from 'node:vm'
import { setFlagsFromString } from 'node:v8'
import { findSpace } from '../src/hub/index.ts'
import { choice, conv, dense, globalPool, randomFor, type SearchSpace, sequence, space } from '../src/space/index.ts'
import { findStrategy, strategies, type StrategyEntry } from '../src/strategy/index.ts'

/** Trials at which it is measured, and the milliseconds a trial that are allowed there: light strategies go on to the second. */
const stages = [
  { trials: 1000, limit: 200 },
  { trials: 10_000, limit: 2 },
]

/** Strategies whose memory is measured, and trials that they are told. */
const remembering = ['random', 'evolution']
const MILLION = 1_000_000

/** Fifteen decisions of four numbers, 4^15 architectures: the work is the strategy's, not the space's. */
const plain = space(
  'plain',
  sequence(...Array.from({ length: 15 }, (_, i) => conv(choice(`width${i}`, [8, 16, 32, 64]), 3)), globalPool(), dense('classes')),
)

/** A made-up measurement: a part for each decision, and noise. */
function score(made: SearchSpace, architecture: Readonly<Record<string, unknown>>): number {
  const parts = Object.entries(architecture).map(([path, value]) => randomFor(1, path, String(value)).next())
  const mean = parts.reduce((sum, part) => sum + part, 0) / Math.max(1, parts.length)
  return mean + 0.05 * randomFor(2, made.print(architecture as never)).next()
}

const milliseconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

interface Cost {
  readonly trials: number
  /** Mean processor time of ask and tell. */
  readonly mean: number
  /** The same over the last tenth. */
  readonly last: number
}

/** Runs one strategy without the time of the measurement; fewer trials when the space has no more. */
function costOf(entry: StrategyEntry, made: SearchSpace, trials: number): Cost {
  const strategy = entry.make({ space: made, seed: 1, objectives: [{ metric: 'score', direction: 'maximize' }] })
  let spent = 0
  let last = 0
  let n = 0
  for (; n < trials; n++) {
    const before = process.cpuUsage()
    const proposal = strategy.ask(n)
    spent += milliseconds(before)
    if (proposal === 'exhausted') break
    const { architecture } = proposal
    const metrics = { score: score(made, architecture) }
    const told = process.cpuUsage()
    strategy.tell({ number: n, architecture, status: 'finished', metrics })
    spent += milliseconds(told)
    if (n === Math.floor(trials * 0.9)) last = spent
  }
  return { trials: n, mean: spent / Math.max(1, n), last: (spent - last) / Math.max(1, n - Math.floor(trials * 0.9)) }
}

/** Heap after everything that can go is gone, MB. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** Megabytes that a strategy holds after so many told trials, and processor milliseconds a trial. */
function memoryOf(entry: StrategyEntry, trials: number): { readonly megabytes: number; readonly mean: number } {
  const before = heap()
  const strategy = entry.make({ space: plain, seed: 1, objectives: [{ metric: 'score', direction: 'maximize' }] })
  const since = process.cpuUsage()
  for (let n = 0; n < trials; n++) {
    const proposal = strategy.ask(n)
    if (proposal === 'exhausted') break
    const { architecture } = proposal
    strategy.tell({ number: n, architecture, status: 'finished', metrics: { score: (n * 7919) % 1000 } })
  }
  const mean = milliseconds(since) / trials
  const megabytes = heap() - before
  // Held until here, so that it is counted.
  strategy.ask(trials)
  return { megabytes, mean }
}

export async function main(args: readonly string[]): Promise<number> {
  const quick = args.includes('--quick')
  const names = args.filter((arg) => !arg.startsWith('--'))
  const entries = names.length > 0 ? names.map(findStrategy) : strategies
  let slow = 0
  for (const made of [plain, findSpace('chain')]) {
    for (const entry of entries) {
      const why = entry.refuses?.(made)
      if (why !== undefined) {
        console.log(`${made.name}  ${entry.name}: left out, ${why}`)
        continue
      }
      for (const { trials, limit } of stages) {
        const cost = costOf(entry, made, quick ? trials / 10 : trials)
        const light = cost.mean < stages[1].limit
        const over = cost.mean > limit
        console.log(
          `${made.name}  ${entry.name}: ${cost.mean.toFixed(3)} ms a trial over ${cost.trials} trials, ${cost.last.toFixed(3)} at the end${over ? `, more than ${limit}` : ''}`,
        )
        if (over) slow++
        if (!light) break
      }
    }
  }
  for (const name of remembering.filter((candidate) => entries.some((entry) => entry.name === candidate))) {
    const trials = quick ? MILLION / 100 : MILLION
    const { megabytes, mean } = memoryOf(findStrategy(name), trials)
    console.log(`plain  ${name}: ${megabytes.toFixed(0)} MB after ${trials} told trials, ${mean.toFixed(3)} ms a trial`)
  }
  return slow > 0 ? 1 : 0
}
