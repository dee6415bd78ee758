import { describe, expect, it } from 'vitest'
import { choice, conv, dense, globalPool, sequence, space } from '../../src/space/index.ts'
import { findStrategy, type Objective, type Strategy } from '../../src/strategy/index.ts'
import { paretoFront } from '../../src/strategy/pareto.ts'

const values = [0, 1, 2, 3, 4, 5, 6, 7]
/** Two goals at war on the first decision; every other decision but 0 only harms both. */
const conflict = space(
  'conflict',
  sequence(...Array.from({ length: 8 }, (_, i) => conv(choice(`d${i}`, values), 1)), globalPool(), dense('classes')),
)
const objectives: readonly Objective[] = [
  { metric: 'accuracy', direction: 'maximize' },
  { metric: 'latencyMs', direction: 'minimize' },
]

/** How many of the eight points of the true front were found, and how many trials lie on the front in all. */
function found(strategy: Strategy, trials: number): number {
  const seen: number[][] = []
  for (let n = 0; n < trials; n++) {
    const proposal = strategy.ask(n)
    if (proposal === 'exhausted') throw new Error('exhausted')
    const [speed, ...others] = Object.values(proposal.architecture) as number[]
    const waste = others.reduce((sum, value) => sum + value, 0)
    const metrics = { accuracy: 10 - speed - waste, latencyMs: 8 - speed + waste }
    strategy.tell({ number: n, architecture: proposal.architecture, status: 'finished', metrics })
    seen.push([metrics.accuracy, -metrics.latencyMs])
  }
  const truth = values.map((speed) => `${10 - speed},${speed - 8}`)
  const front = new Set(paretoFront(seen).map((i) => seen[i].join()))
  return truth.filter((point) => front.has(point)).length
}

describe('NSGA-II', () => {
  it('finds the front over its whole length, where random search does not', () => {
    const seeds = [0, 1, 2, 3, 4]
    const mean = (name: string): number =>
      seeds.reduce((sum, seed) => sum + found(findStrategy(name).make({ space: conflict, seed, objectives }), 600), 0) / seeds.length
    expect(mean('nsga2')).toBeGreaterThan(5)
    expect(mean('random')).toBeLessThan(1)
  })
})
