import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { score } from '../../src/cli/commands/score.ts'
import { findSpace } from '../../src/hub/index.ts'
import { differentNetworks, findScore, rankScores, zeroCostScores } from '../../src/proxy/zero-cost/index.ts'
import { correlations, eigenvalues, logDeterminant } from '../../src/proxy/zero-cost/matrices.ts'
import { formulaValues } from '../suites/golden.ts'
import { plain } from '../oneshot/fixtures.ts'

describe('ranking by zero-cost scores', () => {
  it('gives the first place to the largest score, and equal scores the mean of their places', () => {
    const ranked = rankScores([
      { a: 1, b: -Infinity },
      { a: 3, b: 7 },
      { a: 3, b: -Infinity },
    ])
    expect(ranked.map(({ ranks }) => ranks)).toEqual([
      { a: 3, b: 2.5 },
      { a: 1.5, b: 1 },
      { a: 1.5, b: 2.5 },
    ])
    expect(ranked.map(({ meanRank }) => meanRank)).toEqual([2.75, 1.25, 2])
  })

  it('takes all networks of a small space, equal ones once', () => {
    const all = differentNetworks(plain, 100, 0)
    expect(all).toHaveLength(new Set([...plain.enumerate()].map((one) => plain.canonical(one))).size)
  })

  it('draws the same different networks of a large space for a seed', () => {
    const space = findSpace('nas-bench-201')
    const [one, same, other] = [1, 1, 2].map((seed) => differentNetworks(space, 30, seed).map((drawn) => space.canonical(drawn)))
    expect(new Set(one).size).toBe(30)
    expect(same).toEqual(one)
    expect(other).not.toEqual(one)
  })

  it('knows scores by name', () => {
    expect(findScore('zen').paper).toContain('2102.01063')
    expect(() => findScore('naswott')).toThrow(/Did you mean "naswot"\?/)
    expect(() => findScore('naswott')).toThrow(UserError)
  })
})

describe('the help of nascent score', () => {
  it('names every score', () => {
    const option = score.options.find(({ flags }) => flags.startsWith('--scores'))
    for (const { name } of zeroCostScores) expect(option?.summary).toContain(name)
  })
})

describe('matrices of scores', () => {
  /** A random matrix times its transpose. */
  const n = 7
  const rows = formulaValues(n * 20, 1)
  const gram = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n]
    return Array.from({ length: 20 }, (__, k) => rows[20 * i + k] * rows[20 * j + k]).reduce((sum, value) => sum + value, 0)
  })

  it('eigenvalues have the sums of the matrix and its square, and the product of its determinant', () => {
    const values = eigenvalues(gram, n)
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0)
    expect(sum(values)).toBeCloseTo(sum(Array.from({ length: n }, (_, i) => gram[i * n + i])), 9)
    expect(sum(values.map((value) => value ** 2))).toBeCloseTo(sum([...gram].map((value) => value ** 2)), 8)
    expect(sum(values.map(Math.log))).toBeCloseTo(logDeterminant(gram, n), 9)
  })

  it('a singular matrix has the logarithm −Infinity', () => {
    expect(logDeterminant(Float64Array.from([2, 2, 2, 2]), 2)).toBe(-Infinity)
    expect(logDeterminant(new Float64Array(4), 2)).toBe(-Infinity)
    expect(logDeterminant(Float64Array.from([2, 1, 1, 2]), 2)).toBeCloseTo(Math.log(3), 12)
  })

  it('correlations are those of rows, and undefined where one does not vary', () => {
    expect(correlations(Float32Array.from([1, 2, 3, 3, 2, 1]), 2)?.map((value) => Math.round(1e6 * value) / 1e6)).toEqual(
      Float64Array.from([1, -1, -1, 1]),
    )
    expect(correlations(Float32Array.from([1, 1, 1, 3, 2, 1]), 2)).toBeUndefined()
  })
})
