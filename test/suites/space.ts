import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialWeights, nodeShapes, parameterSpecs } from '../../src/network/index.ts'
import {
  type Architecture,
  encoder,
  encodings,
  type NetworkContext,
  randomFor,
  sameValue,
  type SearchSpace,
  valueCount,
} from '../../src/space/index.ts'

/** What a space can do beyond the contract, and what is tried with it. */
export interface SpaceCapabilities {
  /** Inputs that a child must fit. */
  readonly contexts: readonly NetworkContext[]
  /** The exact number of architectures, worked out independently of the space's own count. */
  readonly size?: bigint
  readonly runs?: number
  /** Whether not all that can be decided is an architecture: then there may be fewer neighbours. */
  readonly limited?: boolean
}

/** Paths that both have with different values. */
export function changed(a: Architecture, b: Architecture): readonly string[] {
  return Object.keys(a).filter((path) => path in b && !sameValue(a[path], b[path]))
}

/** The contract of a space as tests; users can run it on their own space. */
export function spaceSuite(made: SearchSpace, { contexts, size, runs = 60, limited = false }: SpaceCapabilities): void {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
  const sampled = (seed: number): Architecture => made.sample(randomFor(seed))
  const always = (property: (a: Architecture, b: Architecture, seed: number) => void, count = runs): void =>
    fc.assert(
      fc.property(seeds, seeds, (first, second) => property(sampled(first), sampled(second), first)),
      { numRuns: count, seed: 42 },
    )

  describe(`space ${made.name}`, () => {
    it.runIf(size !== undefined)('has the size that a count by hand gives', () => expect(made.size).toBe(size))

    it.runIf(made.size !== undefined && made.size <= 20_000n)('enumerates as many different architectures as it counts', () => {
      const texts = new Set<string>()
      for (const architecture of made.enumerate()) texts.add(made.print(architecture))
      expect(BigInt(texts.size)).toBe(made.size)
    })

    it('samples valid architectures, the same for the same stream', () => {
      always((architecture, _, seed) => {
        expect(made.check(architecture)).toEqual([])
        expect(sampled(seed)).toEqual(architecture)
        expect(made.decisions(architecture).map(({ path }) => path)).toEqual(Object.keys(architecture))
      })
    })

    it('samples valid architectures when all are to be equally likely, too', () => {
      always((_, __, seed) => {
        const architecture = made.sampleUniform(randomFor(seed))
        expect(made.check(architecture)).toEqual([])
        expect(made.sampleUniform(randomFor(seed))).toEqual(architecture)
      })
    })

    it('draws architectures as graphs that lead from input to output, with one canonical form for whatever is written alike', () => {
      always((architecture) => {
        const { nodes, edges } = made.graph(architecture)
        expect([nodes[0].role, nodes.at(-1)?.role]).toEqual(['input', 'output'])
        expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length)
        for (const [from, to] of edges) expect(from).toBeLessThan(to)
        const canonical = made.canonical(architecture)
        expect(canonical).toMatch(/^[0-9a-f]{32}$/)
        const reversed = Object.fromEntries(Object.entries(architecture).toReversed())
        expect(made.canonical(reversed)).toBe(canonical)
        expect(made.canonical(made.parse(made.print(architecture)))).toBe(canonical)
      })
    })

    it.each(encodings(made))('encodes architectures as vectors of one length: %s', (kind) => {
      const { encode, length } = encoder(made, kind)
      always(
        (architecture, other) => {
          const vector = encode(architecture)
          expect(vector).toHaveLength(length)
          expect(vector.every((entry) => entry >= 0 && entry <= 1)).toBe(true)
          expect(encode(architecture)).toEqual(vector)
          if (kind !== 'path' && made.print(other) !== made.print(architecture)) expect(encode(other)).not.toEqual(vector)
        },
        Math.ceil(runs / 2),
      )
    })

    it('reads back what it prints', () => {
      always((architecture) => {
        const text = made.print(architecture)
        expect(made.parse(text)).toEqual(architecture)
        expect(made.print(made.parse(text))).toBe(text)
        expect(Object.keys(made.parse(text))).toEqual(Object.keys(architecture))
      })
    })

    it('mutates exactly one decision and stays valid', () => {
      always((architecture, _, seed) => {
        const mutant = made.mutate(architecture, randomFor(seed, 'mutate'))
        expect(made.check(mutant)).toEqual([])
        expect(changed(architecture, mutant)).toHaveLength(1)
        expect(made.mutate(architecture, randomFor(seed, 'mutate'))).toEqual(mutant)
      })
    })

    it('crosses parents into a valid child whose genes are theirs', () => {
      always((a, b, seed) => {
        const child = made.crossover(a, b, randomFor(seed, 'crossover'))
        expect(made.check(child)).toEqual([])
        for (const [path, value] of Object.entries(child)) expect([a[path], b[path]]).toContainEqual(value)
        expect(made.crossover(a, a, randomFor(seed))).toEqual(a)
      })
    })

    it('has as neighbours all that differ in one decision', () => {
      always(
        (architecture) => {
          const neighbours = made.neighbours(architecture)
          for (const neighbour of neighbours) {
            expect(made.check(neighbour)).toEqual([])
            expect(changed(architecture, neighbour)).toHaveLength(1)
          }
          expect(new Set(neighbours.map((neighbour) => made.print(neighbour))).size).toBe(neighbours.length)
          const counts = made.decisions(architecture).map(valueCount)
          if (!limited && counts.every((count) => count !== undefined && count <= 64n))
            expect(neighbours.length).toBe(counts.reduce((sum, count) => sum + Number(count) - 1, 0))
        },
        Math.ceil(runs / 6),
      )
    })

    it('finds what is wrong with an architecture', () => {
      always((architecture) => {
        const [first] = Object.keys(architecture)
        const { [first]: _, ...rest } = architecture
        expect(made.check(rest).map(({ path }) => path)).toContain(first)
        expect(made.check({ ...architecture, [first]: 'nonsense' }).map(({ path }) => path)).toContain(first)
        expect(made.check({ ...architecture, nonsense: 1 })).toEqual([{ path: 'nonsense', message: expect.stringContaining('nonsense') }])
      }, 5)
    })

    it.each(contexts)('gives networks that fit together for input $input.shape', (context) => {
      always(
        (architecture) => {
          const network = made.child(architecture, context)
          const shapes = nodeShapes(network)
          for (const [path, shape] of shapes)
            expect([path, Math.min(...shape)]).toEqual([path, expect.toSatisfy((least: number) => least >= 1)])
          const names = parameterSpecs(network).map(({ name }) => name)
          expect(new Set(names).size).toBe(names.length)
          expect(made.child(architecture, context)).toEqual(network)
          const cost = made.cost(architecture, context)
          expect(cost.parameters).toBeGreaterThan(0)
          expect(cost.flops).toBeGreaterThan(0)
        },
        Math.ceil(runs / 2),
      )
    })

    it('names the weights that two architectures have in common alike', () => {
      always((architecture, _, seed) => {
        const [a, b] = [architecture, made.mutate(architecture, randomFor(seed))].map((one) =>
          initialWeights(made.child(one, contexts[0]), 1),
        )
        const common = [...a.keys()].filter((name) => b.has(name))
        expect(common.length).toBeGreaterThan(0)
      }, 5)
    })
  })
}
