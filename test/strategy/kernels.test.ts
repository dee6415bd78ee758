import { describe, expect, it } from 'vitest'
import { choice, conv, dense, float, globalPool, identity, randomFor, relu, sequence, space } from '../../src/space/index.ts'
import { Encoding, ProductKernels } from '../../src/strategy/kernels.ts'

const made = space(
  'made',
  sequence(
    choice('op', { wide: conv(choice('width', [8, 16, 32, 64]), 3), relu: relu(), skip: identity() }),
    globalPool(),
    dense('classes'),
  ),
  { hyperparameters: { learningRate: float('learningRate', 0.01, 1, { log: true }) } },
)
const random = randomFor(1)
const samples = Array.from({ length: 30 }, () => made.sample(random))
const encoding = new Encoding()
for (const architecture of samples) encoding.learn(made, architecture)
const rows = samples.map((architecture) => encoding.encode(made, architecture))

describe('kernels over architectures', () => {
  it('encode what is active, and decode it again', () => {
    expect(encoding.axes.map(({ categories }) => categories)).toEqual(expect.arrayContaining([3, 0, 0]))
    samples.forEach((architecture, i) => {
      const again = made.build((decision) => encoding.decide(decision, ({ column }) => rows[i][column], random))
      expect(made.print(again)).toBe(made.print(architecture))
    })
  })

  it('keep their columns in what was saved', () => {
    const restored = new Encoding(JSON.parse(JSON.stringify(encoding.save())))
    expect(samples.map((architecture) => restored.encode(made, architecture))).toEqual(rows)
  })

  it('are a density: categories sum to one, and it is high near the points', () => {
    const [op] = encoding.axes.filter(({ categories }) => categories === 3)
    const kernels = new ProductKernels(rows, encoding.axes)
    const only = (at: number): Float64Array => {
      const row = new Float64Array(encoding.axes.length).fill(Number.NaN)
      row[op.column] = at
      return row
    }
    const probabilities = [0, 1, 2].map((at) => Math.exp(kernels.logDensity(only(at))))
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    const taken = [0, 1, 2].map((at) => rows.filter((row) => row[op.column] === at).length)
    const order = (values: readonly number[]): number[] => [0, 1, 2].sort((a, b) => values[a] - values[b])
    expect(order(probabilities)).toEqual(order(taken))
    const narrow = new ProductKernels(rows.slice(0, 1), encoding.axes)
    expect(narrow.logDensity(rows[0])).toBeGreaterThan(narrow.logDensity(rows[1]))
  })
})
