import { describe, expect, it } from 'vitest'
import { nasBench201Space } from '../../src/hub/nas-bench-201.ts'
import {
  ArchitectureProcess,
  commonLabels,
  type KernelPoint,
  kernelPoint,
  normalScores,
  WeisfeilerLehman,
} from '../../src/predict/index.ts'
import { type Architecture, encoder, integer, randomFor, reduceGraph, shuffle } from '../../src/space/index.ts'

describe("Weisfeiler and Lehman's refinement", () => {
  it('counts labels, then labels with their neighbourhoods', () => {
    const refinement = new WeisfeilerLehman(1)
    const chain = (...labels: string[]): ReturnType<WeisfeilerLehman['count']> =>
      refinement.count({ labels, edges: labels.slice(1).map((_, i) => [i, i + 1]) })
    const [first, second] = [chain('in', 'a', 'b', 'a', 'out'), chain('in', 'a', 'a', 'b', 'out')]
    // in, out and b once, a twice: 1 + 1 + 1 + 4.
    expect(commonLabels(first[0], second[0])).toBe(7)
    expect(commonLabels(first[0], first[0])).toBe(7)
    // Neighbourhoods in>a, in<a>b, a<b>a, b<a>out, a<out against in>a, in<a>a, a<a>b, a<b>out, b<out: only in>a is in both.
    expect(commonLabels(first[1], first[1])).toBe(5)
    expect(commonLabels(first[1], second[1])).toBe(1)
  })

  it('knows the direction of edges', () => {
    const refinement = new WeisfeilerLehman(1)
    const [there, back] = [[0, 1] as const, [1, 0] as const].map((edge) =>
      refinement.count({ labels: ['a', 'a', 'b'], edges: [edge, [1, 2]] }),
    )
    expect(commonLabels(there[1], back[1])).toBeLessThan(commonLabels(there[1], there[1]))
  })

  it('is the same for isomorphic graphs', () => {
    const random = randomFor(1, 'isomorphs')
    for (let trial = 0; trial < 50; trial++) {
      const n = integer(random, 2, 8)
      const labels = Array.from({ length: n }, () => 'abc'[integer(random, 0, 2)])
      const edges = Array.from({ length: n * 2 }, (): [number, number] => [integer(random, 0, n - 1), integer(random, 0, n - 1)])
      const place = shuffle(
        random,
        labels.map((_, i) => i),
      )
      const moved: string[] = []
      for (const [i, label] of labels.entries()) moved[place[i]] = label
      const refinement = new WeisfeilerLehman(3)
      const counts = refinement.count({ labels, edges })
      expect(refinement.count({ labels: moved, edges: edges.map(([a, b]) => [place[a], place[b]] as const) })).toEqual(counts)
    }
  })
})

describe('a Gaussian process over architectures', () => {
  const space = nasBench201Space()
  const decisions = encoder(space, 'decision')
  const refinement = new WeisfeilerLehman(2)
  const point = (architecture: Architecture): KernelPoint => {
    const { nodes, edges } = reduceGraph(space.graph(architecture))
    return kernelPoint(
      decisions.encode(architecture),
      refinement.count({ labels: nodes.map(({ role, signature }) => `${role}:${signature}`), edges }),
    )
  }
  const random = randomFor(4, 'architectures')
  const sample = (count: number): Architecture[] => Array.from({ length: count }, () => space.sample(random))
  /** Correlation of what is predicted with what is, over architectures it has not seen. */
  const correlation = (value: (architecture: Architecture) => number): number => {
    const known = sample(120)
    const model = new ArchitectureProcess(known.map(point), normalScores(known.map(value)))
    const others = sample(80)
    const found = others.map((other) => model.predict(point(other)).mean)
    const expected = others.map(value)
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
    const [a, b] = [mean(found), mean(expected)]
    const sum = (f: (i: number) => number): number => others.reduce((total, _, i) => total + f(i), 0)
    return sum((i) => (found[i] - a) * (expected[i] - b)) / Math.sqrt(sum((i) => (found[i] - a) ** 2) * sum((i) => (expected[i] - b) ** 2))
  }

  it('learns a property of the decisions', () => {
    const weights: Readonly<Record<string, number>> = { none: 0, skip_connect: 2, nor_conv_1x1: 3, nor_conv_3x3: 4, avg_pool_3x3: 1 }
    expect(
      correlation((a) => Object.values(a).reduce<number>((sum, value, i) => sum + (i + 1) * weights[String(value)], 0)),
    ).toBeGreaterThan(0.9)
  })

  it('learns a property of the graph', () => {
    expect(correlation((a) => reduceGraph(space.graph(a)).nodes.filter(({ role }) => role === 'operation').length)).toBeGreaterThan(0.9)
  })

  it('knows isomorphic cells for the same, as far as the graph kernel goes', () => {
    // The operation after a node that reads nothing is dead.
    const text = (dead: string): string => `|none~0|+|nor_conv_3x3~0|${dead}~1|+|skip_connect~0|none~1|nor_conv_1x1~2|`
    const [a, b] = ['nor_conv_3x3', 'avg_pool_3x3'].map((dead) => point(space.parse(text(dead))))
    expect(a.rounds).toEqual(b.rounds)
    expect(a.vector).not.toEqual(b.vector)
  })
})
