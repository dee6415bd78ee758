import { describe, expect, it } from 'vitest'
import {
  choice,
  conv,
  dense,
  globalPool,
  graph,
  identity,
  inputs,
  maxPool,
  type SearchSpace,
  sequence,
  share,
  space,
  stack,
  takeChannels,
  type Tree,
} from '../../src/space/index.ts'

const context = { input: { shape: [1, 8, 8] }, outputs: 3 }
const whole = (...trees: readonly Tree[]): SearchSpace => space('made', sequence(conv(16, 3), ...trees, globalPool(), dense('classes')))
const each = choice('op', { conv: conv('same', 3), skip: identity() })

describe('a stack', () => {
  const reading = graph({ n: inputs({ from: ['before', 'input'], each: conv('same', 1, { bias: false }) }) })

  it('gives each cell the outputs of the last two', () => {
    const network = whole(stack('cells', reading, reading, reading)).child({}, context)
    const reads = new Map(network.nodes.map(({ path, inputs: sources }) => [path, sources]))
    expect(reads.get('cells/0/n/before/conv')).toEqual(['conv'])
    expect(reads.get('cells/0/n/input/conv')).toEqual(['conv'])
    expect(reads.get('cells/1/n/before/conv')).toEqual(['conv'])
    expect(reads.get('cells/1/n/input/conv')).toEqual(['cells/0/n/add'])
    expect(reads.get('cells/2/n/before/conv')).toEqual(['cells/0/n/add'])
    expect(reads.get('cells/2/n/input/conv')).toEqual(['cells/1/n/add'])
  })

  it('has decisions of each cell, unless they are shared', () => {
    const cell = graph({ n: inputs({ from: ['before', 'input'], count: 1, each }) })
    const apart = whole(stack('cells', cell, cell))
    const text = 'cells[n(inputs=0 before=conv) | n(inputs=1 input=skip)]'
    expect(apart.size).toBe(16n)
    expect(apart.print(apart.parse(text))).toBe(text)
    const alike = whole(stack('cells', share('cell', cell), share('cell', cell)))
    expect(alike.size).toBe(4n)
    expect(alike.print(alike.parse('cell(n(inputs=1 input=skip))'))).toBe('cell(n(inputs=1 input=skip))')
    const labels = alike.graph(alike.parse('cell(n(inputs=0 before=conv))')).nodes.map(({ label }) => label)
    expect(labels).toEqual(['input', 'cell:before', 'cell:input', 'conv', 'cell:output', 'output'])
  })

  it('is the only place where a node can read what came before', () => {
    expect(() => whole(reading)).toThrow(/node "n" of the space "made" reads 'before'.*stack/)
    expect(() => stack('cells')).toThrow(/"cells" has no cell/)
    expect(() => graph({ before: conv(8, 1) })).toThrow(/may not have the name "before"/)
  })
})

describe('sources that are read or not by decisions of their own', () => {
  const made = whole(
    graph({
      a: { inputs: inputs({ from: ['input'], count: 'any' }), body: conv(16, 3) },
      b: inputs({ from: ['input', 'a'], count: 'any' }),
    }),
  )

  it('are named after the source', () => {
    expect(made.size).toBe(8n)
    expect(Object.keys(made.parse('a(input=yes) b(input=no a=yes)'))).toEqual(['a/input', 'b/input', 'b/a'])
    expect(made.neighbours(made.parse('a(input=yes) b(input=no a=yes)'))).toHaveLength(3)
  })

  it('give zeros where none is read', () => {
    const { nodes } = made.child(made.parse('a(input=no) b(input=no a=no)'), context)
    expect(nodes.map(({ layer }) => layer.kind)).toEqual(['convolution', 'zero', 'global-average-pool', 'dense'])
  })
})

describe('a graph that divides its channels', () => {
  const made = whole(
    graph(
      {
        a: { inputs: inputs({ from: ['input'], count: 'any', each: conv('part', 1) }), body: maxPool(3, { stride: 1 }) },
        b: { inputs: inputs({ from: ['a'], count: 'any', each: takeChannels('part') }), body: conv('part', 3) },
        c: { inputs: inputs({ from: ['input', 'b'], count: 'any', each: conv('part', 1) }), body: conv('part', 3) },
        join: inputs({ from: ['a', 'b', 'c'], count: 'any', merge: 'concat' }),
      },
      { divide: 32 },
    ),
  )
  const widths = (text: string): Readonly<Record<string, number>> => {
    const { nodes } = made.child(made.parse(text), context)
    return Object.fromEntries(
      nodes.flatMap(({ path, layer }) => ('channels' in layer ? [[path.replace('graph/', ''), layer.channels]] : [])),
    )
  }

  it('shares them among what is concatenated, and gives others as many as the widest reader', () => {
    expect(widths('a(input=yes) b(a=yes) c(input=no b=yes) join(a=yes b=yes c=yes)')).toEqual({
      conv: 16,
      'a/input/conv': 11,
      'b/conv': 11,
      'c/b/conv': 10,
      'c/conv': 10,
    })
    expect(widths('a(input=yes) b(a=yes) c(input=no b=yes) join(a=no b=no c=yes)')).toEqual({
      conv: 16,
      'a/input/conv': 32,
      'b/conv': 32,
      'c/b/conv': 32,
      'c/conv': 32,
    })
    expect(widths('a(input=yes) b(a=yes) c(input=yes b=no) join(a=no b=yes c=yes)')).toEqual({
      conv: 16,
      'a/input/conv': 16,
      'b/conv': 16,
      'c/input/conv': 16,
      'c/conv': 16,
    })
  })

  it('leaves out what does not lead from input to output', () => {
    // b reads nothing; a is read by b alone.
    expect(widths('a(input=yes) b(a=no) c(input=yes b=yes) join(a=no b=yes c=yes)')).toEqual({ conv: 16, 'c/input/conv': 32, 'c/conv': 32 })
    expect(() => whole(conv('part', 3)).child({}, context)).toThrow(/'part' stands outside/)
  })
})
