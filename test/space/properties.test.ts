import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeShapes } from '../../src/network/index.ts'
import { randomFor } from '../../src/space/index.ts'
import { smallSpaces } from './trees.ts'

const context = { input: { shape: [1, 8, 8] }, outputs: 3 }
const options = { numRuns: 150, seed: 7 }
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })

describe('spaces of any form', () => {
  it('count as many architectures as they enumerate, each once', () => {
    fc.assert(
      fc.property(smallSpaces(3000n), (made) => {
        const texts = Array.from(made.enumerate(), (architecture) => made.print(architecture))
        expect(new Set(texts).size).toBe(texts.length)
        expect(BigInt(texts.length)).toBe(made.size)
      }),
      options,
    )
  })

  it('print and parse, sample, vary and build every architecture', () => {
    fc.assert(
      fc.property(smallSpaces(10n ** 12n), seeds, (made, seed) => {
        const [a, b] = [made.sample(randomFor(seed, 'a')), made.sample(randomFor(seed, 'b'))]
        expect(made.parse(made.print(a))).toEqual(a)
        for (const varied of [a, made.mutate(a, randomFor(seed)), made.crossover(a, b, randomFor(seed)), ...made.neighbours(a)]) {
          expect(made.check(varied)).toEqual([])
          nodeShapes(made.child(varied, context))
        }
      }),
      options,
    )
  })

  it('reach every architecture by going from neighbour to neighbour', () => {
    fc.assert(
      fc.property(smallSpaces(150n), (made) => {
        const [start] = made.enumerate()
        const reached = new Set([made.print(start)])
        const queue = [start]
        for (let at = queue.pop(); at; at = queue.pop())
          for (const next of made.neighbours(at)) {
            if (reached.has(made.print(next))) continue
            reached.add(made.print(next))
            queue.push(next)
          }
        // What a branch begins with is taken over or first, so all is reached by changing that in turn.
        expect(BigInt(reached.size)).toBe(made.size)
      }),
      { ...options, numRuns: 60 },
    )
  })

  it('have one canonical form only for networks that cost the same', () => {
    let alike = 0
    fc.assert(
      fc.property(smallSpaces(200n), (made) => {
        const costs = new Map<string, number>()
        for (const architecture of made.enumerate()) {
          // A layer that reads zeros only stays in the network, but not in the canonical form.
          if (made.graph(architecture).nodes.some(({ role }) => role === 'zero')) continue
          const form = made.canonical(architecture)
          const { parameters, flops } = made.cost(architecture, context)
          const known = costs.get(form)
          if (known !== undefined) alike++
          expect(known ?? parameters + flops).toBe(parameters + flops)
          costs.set(form, parameters + flops)
        }
      }),
      { ...options, numRuns: 80 },
    )
    expect(alike).toBeGreaterThan(20)
  })
})
