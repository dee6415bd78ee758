import { describe, expect, it } from 'vitest'
import { conditionOf, eitherOf, excludes, holds, implies, type Selection, within } from '../../src/tensor/conditions.ts'
import {
  add,
  addGated,
  always,
  compile,
  constant,
  convolution,
  createUpdateProgram,
  gatedConcat,
  gatedSum,
  gradients,
  input,
  log,
  mul,
  type Program,
  reduceSum,
  relu,
  reshape,
  scalar,
  sgd,
  type Tensor,
  tanh,
} from '../../src/tensor/index.ts'
import { blockedLayout } from '../../src/tensor/layout/blocked.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'

const runtime = await createNodeRuntime()

const one = (group: string, of: number, ...members: number[]): string => within(always, { group, members, of })

describe('conditions', () => {
  const [a, b, c] = [one('g', 3, 0), one('g', 3, 1), one('g', 3, 2)]
  const inside = within(a, { group: 'h', members: [1], of: 2 })
  it('hold together as a tree says', () => {
    expect(eitherOf(a, b)).toBe(one('g', 3, 0, 1))
    expect(eitherOf(eitherOf(a, b), c)).toBe(always)
    expect(eitherOf(inside, b)).toBe(one('g', 3, 0, 1))
    expect(eitherOf(inside, one('k', 2, 0))).toBe(always)
    expect([implies(inside, a), implies(a, inside), implies(a, one('g', 3, 0, 2)), implies(b, a)]).toEqual([true, false, true, false])
    expect([excludes(inside, b), excludes(inside, a), excludes(inside, one('k', 2, 0))]).toEqual([true, false, false])
    expect(conditionOf([])).toBe(always)
  })
  it('hold by what is on', () => {
    const on: Selection = new Map([
      ['g', 0],
      ['h', 1],
    ])
    expect([always, a, b, inside, one('g', 3, 1, 2)].map((condition) => holds(condition, on))).toEqual([true, true, false, true, false])
  })
})

/** Each selection as a 0-or-1 number for each condition: the same sum written with masks, whose branches are all computed. */
type Build = (sum: (values: readonly Tensor[], conditions: readonly string[]) => Tensor) => {
  readonly results: Readonly<Record<string, Tensor>>
  readonly wrt: readonly Tensor[]
}

async function results(program: Program, feeds: Record<string, Float32Array>, selection: Selection): Promise<Record<string, number[]>> {
  const values = await program.run(feeds, selection)
  return Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, Array.from(data as Float32Array)]))
}

const wave = (count: number, speed: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i * speed + 1))

/** Two choices in a row, the second one's first alternative with a choice inside, and images whose channels lie in blocks. */
const images: Build = (sum) => {
  const [n, c, side] = [2, 16, 5]
  const x = input('x', [n, c, side, side])
  const [w1, w2, w3, w4] = ['w1', 'w2', 'w3', 'w4'].map((name) => input(name, [c, c, 3, 3]))
  const conv = (value: Tensor, w: Tensor): Tensor => convolution(relu(value), w, { pads: [1, 1, 1, 1] })
  const trunk = conv(x, w1)
  const first = sum([conv(trunk, w2), trunk], [one('a', 3, 0), one('a', 3, 1)])
  const nested = within(one('b', 2, 0), { group: 'c', members: [0], of: 2 })
  const skipped = within(one('b', 2, 0), { group: 'c', members: [1], of: 2 })
  const inner = sum([conv(first, w3), tanh(first)], [nested, skipped])
  const second = sum([inner, conv(trunk, w4)], [one('b', 2, 0), one('b', 2, 1)])
  const loss = reduceSum(mul(add(second, first), add(second, trunk)))
  return { results: { loss }, wrt: [w1, w2, w3, w4, x] }
}

const feedsOfImages = (): Record<string, Float32Array> => ({
  x: wave(800, 0.7),
  ...Object.fromEntries(['w1', 'w2', 'w3', 'w4'].map((name, i) => [name, wave(2304, 0.3 + i / 10).map((value) => value / 8)])),
})

const selections: readonly Selection[] = [
  { a: 0, b: 0, c: 0 },
  { a: 1, b: 0, c: 1 },
  { a: 2, b: 1 },
  { a: 2, b: 0, c: 0 },
  { a: 0, b: 1 },
].map((on) => new Map(Object.entries(on)))

/** The sum with each value times 1 or 0. */
const masked =
  (selection: Selection) =>
  (values: readonly Tensor[], conditions: readonly string[]): Tensor =>
    values.map((value, i) => mul(value, scalar(holds(conditions[i], selection) ? 1 : 0))).reduce((left, right) => add(left, right))

function withGradients({ results: given, wrt }: ReturnType<Build>): Record<string, Tensor> {
  const slopes = gradients(given.loss, wrt)
  return { ...given, ...Object.fromEntries(slopes.map((slope, i) => [`slope${i}`, slope])) }
}

describe.each([
  ['plain', undefined],
  ['blocked', blockedLayout(runtime.block)],
] as const)('a graph with conditions, %s', (_, layout) => {
  it('gives what masks give, and its gradients', async () => {
    const program = await compile(runtime, withGradients(images(gatedSum)), { layout })
    for (const selection of selections) {
      const found = await results(program, feedsOfImages(), selection)
      const dense = await compile(runtime, withGradients(images(masked(selection))))
      const wanted = await results(dense, feedsOfImages(), selection)
      for (const [name, values] of Object.entries(wanted)) {
        const scale = Math.max(1, ...values.map(Math.abs))
        const worst = Math.max(...values.map((value, i) => Math.abs(value - found[name][i])))
        expect(worst / scale, `${name} of ${JSON.stringify([...selection])}`).toBeLessThan(1e-4)
      }
      await dense.release()
    }
    await program.release()
  })
})

describe('what is not on', () => {
  const x = input('x', [3])
  const bad = log(mul(x, -1))
  it('is not computed: it may be anything', async () => {
    const program = await compile(runtime, { y: gatedSum([bad, mul(x, 2)], [one('g', 3, 0), one('g', 3, 1)]) })
    const x3 = { x: Float32Array.of(1, 2, 3) }
    expect((await results(program, x3, new Map([['g', 1]]))).y).toEqual([2, 4, 6])
    expect((await results(program, x3, new Map([['g', 2]]))).y).toEqual([0, 0, 0])
    expect((await results(program, x3, new Map([['g', 0]]))).y.every(Number.isNaN)).toBe(true)
    await program.release()
  })

  it('is left out of joined vectors, which come in the order that the program tells', async () => {
    const vectors = [1, 2, 3, 4].map((value) => mul(reshape(x, [3]), value))
    const conditions = [one('g', 2, 1), always, one('g', 2, 0), within(one('g', 2, 1), { group: 'h', members: [0], of: 2 })]
    const program = await compile(runtime, { all: gatedConcat(vectors, conditions) })
    const order = program.orders.all
    expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3])
    for (const on of [{ g: 0 }, { g: 1, h: 0 }, { g: 1, h: 1 }]) {
      const selection: Selection = new Map(Object.entries(on))
      const wanted = order.filter((i) => holds(conditions[i], selection)).flatMap((i) => [i + 1, 2 * (i + 1), 3 * (i + 1)])
      expect((await results(program, { x: Float32Array.of(1, 2, 3) }, selection)).all).toEqual(wanted)
    }
    await program.release()
  })

  it('adds nothing to a sum that is made in the branches', async () => {
    const a = constant([10, 20, 30])
    const sum = addGated(a, gatedSum([bad, x], [one('g', 3, 0), one('g', 3, 1)]), always)
    const program = await compile(runtime, { sum })
    const x3 = { x: Float32Array.of(1, 2, 3) }
    expect((await results(program, x3, new Map([['g', 1]]))).sum).toEqual([11, 22, 33])
    expect((await results(program, x3, new Map([['g', 2]]))).sum).toEqual([10, 20, 30])
    await program.release()
  })
})

describe('an update of any size', () => {
  it('is momentum by hand, with decay where it is asked for, and clipped', async () => {
    const program = await createUpdateProgram(runtime, { optimizer: sgd({ momentum: 0.9, weightDecay: 0.1 }), clipNorm: 1 })
    for (const size of [2, 5]) {
      const vectors = {
        parameters: new Float32Array(size).fill(2),
        gradient: new Float32Array(size).fill(3),
        decayed: Float32Array.from({ length: size }, (_, i) => (i === 0 ? 1 : 0)),
        slots: { momentum: new Float32Array(size).fill(1) },
      }
      const { parameters } = await program.run(vectors, 0.5, 3)
      const clipped = 3 / (3 * Math.sqrt(size) + 1e-6)
      for (const [i, value] of parameters.entries()) expect(value).toBeCloseTo(2 - 0.5 * (0.9 + clipped + (i === 0 ? 0.2 : 0)), 4)
    }
    await program.release()
  })
})
