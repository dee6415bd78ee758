import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSpace } from '../../src/hub/index.ts'
import {
  choice,
  conv,
  dense,
  encoder,
  encodings,
  float,
  globalPool,
  identity,
  int,
  randomFor,
  repeat,
  sequence,
  space,
} from '../../src/space/index.ts'
import { smallSpaces } from './trees.ts'

const cells = findSpace('nas-bench-201')
const ones = (vector: Float64Array): readonly number[] => [...vector.keys()].filter((at) => vector[at] === 1)

describe('the decision encoding', () => {
  const block = choice('op', { conv: conv(choice('width', [8, 16, 64]), int('kernel', 1, 5, { step: 2 })), skip: identity() })
  const made = space('made', sequence(repeat('depth', [1, 2], block), globalPool(), dense('classes')), {
    hyperparameters: { learningRate: float('learningRate', 0.01, 1, { log: true }) },
  })

  it('has a place for every possible decision, zero where it is not active', () => {
    const { encode, length } = encoder(made, 'decision')
    // depth; op, active and width, active and kernel, twice; learningRate.
    expect(length).toBe(1 + 2 * (2 + 2 + 2) + 1)
    expect([...encode(made.parse('depth=1[op=conv(width=16 kernel=5)] learningRate=0.1'))]).toEqual([
      0, 1, 0, 1, 0.5, 1, 1, 0, 0, 0, 0, 0, 0, 0.5,
    ])
    expect([...encode(made.parse('depth=2[op=skip | op=conv(width=64 kernel=1)] learningRate=1'))]).toEqual([
      1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1,
    ])
  })

  it('tells all architectures of any space apart', () => {
    fc.assert(
      fc.property(smallSpaces(300n), (small) => {
        const { encode, length } = encoder(small, 'decision')
        const vectors = Array.from(small.enumerate(), (architecture) => encode(architecture))
        expect(new Set(vectors.map((vector) => vector.join())).size).toBe(vectors.length)
        for (const vector of vectors) {
          expect(vector).toHaveLength(length)
          expect(vector.every((entry) => entry >= 0 && entry <= 1)).toBe(true)
        }
      }),
      { numRuns: 100, seed: 5 },
    )
  })
})

describe('the encodings of a cell', () => {
  const cell = cells.parse('|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|nor_conv_1x1~1|avg_pool_3x3~2|')

  it('are there for cells of plain operations only', () => {
    expect(encodings(cells)).toEqual(['decision', 'adjacency', 'path'])
    expect(encodings(findSpace('chain'))).toEqual(['decision'])
    expect(() => encoder(findSpace('chain'), 'path')).toThrow(/"chain" has no path encoding.*'decision'/)
  })

  it('adjacency: 28 pairs of 8 vertices, then the operation of 6 of them', () => {
    const { encode, length } = encoder(cells, 'adjacency')
    expect(length).toBe(28 + 6 * 5)
    const vector = encode(cell)
    // input reads nothing and is read by three; each node's operations are read by those after it.
    expect([...vector.subarray(0, 28)].reduce((sum, entry) => sum + entry, 0)).toBe(3 + 2 + 2 + 3)
    expect(ones(vector.subarray(28))).toEqual([3, 5, 11, 15, 22, 29])
  })

  it('path: the sequences of operations from input to output, those through none left out', () => {
    const { encode, length } = encoder(cells, 'path')
    expect(length).toBe(1 + 4 + 16 + 64)
    // Two ways: 3×3, 1×1; and 3×3, skip, pool.
    const two = ones(encode(cell))
    expect(two).toHaveLength(2)
    expect(two[0]).toBeGreaterThanOrEqual(5)
    expect(two[0]).toBeLessThan(21)
    expect(two[1]).toBeGreaterThanOrEqual(21)
    expect(ones(encoder(cells, 'path', { truncate: 21 }).encode(cell))).toEqual([two[0]])
    // The same paths by other places.
    const other = cells.parse('|nor_conv_3x3~0|+|nor_conv_3x3~0|skip_connect~1|+|none~0|nor_conv_1x1~1|none~2|')
    expect(ones(encode(other))).toEqual([two[0]])
  })

  it('are the same for one architecture, and few for all: paths do not tell all cells apart', () => {
    const { encode } = encoder(cells, 'adjacency')
    const seen = new Set(Array.from({ length: 300 }, (_, i) => cells.print(cells.sample(randomFor(i)))))
    expect(new Set([...seen].map((text) => encode(cells.parse(text)).join())).size).toBe(seen.size)
  })
})
