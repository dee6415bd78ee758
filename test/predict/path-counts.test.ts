import { describe, expect, it } from 'vitest'
import { pathCounts } from '../../src/predict/index.ts'

const total = (vector: Float64Array): number => vector.reduce((sum, value) => sum + value, 0)

describe('path counts', () => {
  it('counts every way from the first vertex to the last', () => {
    // in → a → c → out, in → b → c → out, in → c → out, in → out: four sequences.
    const edges = [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [0, 3],
      [3, 4],
      [0, 4],
    ] as const
    const vector = pathCounts({ labels: ['', 'a', 'b', 'c', ''], edges }, 1024)
    expect([...vector].filter((value) => value > 0)).toEqual([1, 1, 1, 1])
    // With the same operation on two of them, two ways are one sequence.
    const alike = pathCounts({ labels: ['', 'a', 'a', 'c', ''], edges }, 1024)
    expect([...alike].filter((value) => value > 0).sort((a, b) => a - b)).toEqual([1, 1, 2])
  })

  it('does not depend on names and order of vertices, but on the order of operations', () => {
    const chain = (...labels: string[]): Float64Array =>
      pathCounts({ labels: ['', ...labels, ''], edges: [...labels, ''].map((_, i) => [i, i + 1] as const) }, 256)
    expect(chain('a', '', 'b')).toEqual(chain('a', 'b'))
    expect(chain('a', 'b')).not.toEqual(chain('b', 'a'))
    expect(chain('ab')).not.toEqual(chain('a', 'b'))
  })

  it('keeps within bounds where ways multiply', () => {
    const labels = Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? '' : `op${i % 5}`))
    const edges = labels.flatMap((_, to) => Array.from({ length: to }, (_, from) => [from, to] as const))
    const vector = pathCounts({ labels, edges }, 128)
    expect(Math.max(...vector)).toBeLessThanOrEqual(4)
    expect(total(vector)).toBeGreaterThan(0)
  })

  it('is zero when nothing leads through', () => {
    expect(total(pathCounts({ labels: ['', 'a', ''], edges: [[0, 1]] }, 64))).toBe(0)
  })
})
