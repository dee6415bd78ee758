import { describe, expect, it } from 'vitest'
import {
  add,
  batchNorm,
  choice,
  conv,
  dense,
  equals,
  float,
  globalPool,
  graph,
  identity,
  index,
  inputs,
  int,
  looseEnds,
  maxPool,
  relu,
  repeat,
  residual,
  scope,
  separable,
  sequence,
  share,
  space,
  SpaceError,
  times,
  when,
  zero,
} from '../../src/space/index.ts'

const context = { input: { shape: [3, 32, 32] }, outputs: 10 }
const head = [globalPool(), dense('classes')] as const
const paths = (made: ReturnType<typeof space>, text: string): readonly string[] =>
  made.child(made.parse(text), context).nodes.map(({ path }) => path)

describe('the language of spaces', () => {
  it('names decisions by their path, with the branch taken and the round of a repeat', () => {
    const made = space(
      'paths',
      sequence(
        repeat(
          'stage',
          [1, 2],
          choice('op', { conv: conv(choice('width', [16, 32]), int('kernel', 3, 5, { step: 2 })), skip: identity() }),
        ),
        ...head,
      ),
    )
    const architecture = made.parse('stage=2[op=conv(width=32 kernel=5) | op=skip]')
    expect(architecture).toEqual({
      stage: 2,
      'stage/0/op': 'conv',
      'stage/0/op=conv/width': 32,
      'stage/0/op=conv/kernel': 5,
      'stage/1/op': 'skip',
    })
    expect(Object.keys(architecture)).toEqual(['stage', 'stage/0/op', 'stage/0/op=conv/width', 'stage/0/op=conv/kernel', 'stage/1/op'])
    expect(made.print(architecture)).toBe('stage=2[op=conv(width=32 kernel=5) | op=skip]')
    expect(paths(made, 'stage=2[op=conv(width=32 kernel=5) | op=skip]')).toEqual(['stage/0/op=conv/conv', 'globalPool', 'dense'])
    expect(made.size).toBe(5n + 25n)
  })

  it('lets one decision stand at several places only when it is shared', () => {
    const width = choice('width', [16, 32])
    expect(() => space('twice', sequence(conv(width, 3), conv(width, 3), ...head))).toThrow(/share\('width'/)
    const shared = share('width', width)
    const made = space('once', sequence(conv(shared, 3), conv(times(shared, 2), 3), ...head))
    expect(made.size).toBe(2n)
    expect(made.child(made.parse('width=32'), context).nodes.map(({ layer }) => ('channels' in layer ? layer.channels : 0))).toEqual([
      32, 64, 0, 0,
    ])
  })

  it('refuses two different decisions under one shared name', () => {
    expect(() => space('odd', sequence(conv(share('w', int('a', 1, 2)), 3), conv(share('w', int('a', 1, 3)), 3), ...head))).toThrow(
      SpaceError,
    )
  })

  it('shares a whole cell between its places, but not its layers', () => {
    const cell = share('cell', choice('x', { conv: conv('same', 3), skip: identity() }))
    const made = space('cells', sequence(conv(16, 3), repeat('body', 3, cell), ...head))
    expect(made.size).toBe(2n)
    expect(made.print(made.parse('cell=conv'))).toBe('cell=conv')
    expect(paths(made, 'cell=conv')).toEqual([
      'conv',
      'body/0/cell=conv/conv',
      'body/1/cell=conv/conv',
      'body/2/cell=conv/conv',
      'globalPool',
      'dense',
    ])
  })

  it('counts shared repeats that other decisions depend on', () => {
    const depth = share('depth', int('depth', 1, 3))
    const stage = (name: string) => repeat(name, depth, conv(choice('width', [16, 32]), 3))
    const made = space('tied', sequence(stage('a'), stage('b'), ...head))
    expect(made.size).toBe(4n + 16n + 64n)
    expect([...made.enumerate()].length).toBe(84)
  })

  it('takes numbers from conditions and the round of a repeat', () => {
    const made = space(
      'strides',
      sequence(repeat('stage', 2, conv(times(16, when(equals(index(), 0), 1, 2)), 3, { stride: when(equals(index(), 0), 2, 1) })), ...head),
    )
    expect(made.size).toBe(1n)
    const layers = made.child({}, context).nodes.map(({ layer }) => layer)
    expect(layers[0]).toMatchObject({ channels: 16, stride: 2 })
    expect(layers[1]).toMatchObject({ channels: 32, stride: 1 })
  })

  it('has parts that are there on a condition', () => {
    const deep = share('deep', choice('deep', ['yes', 'no']))
    const made = space('parts', sequence(conv(16, 3), when(equals(deep, 'yes'), conv(choice('width', [16, 32]), 3)), ...head))
    expect(made.size).toBe(3n)
    expect([...made.enumerate()].map((architecture) => made.print(architecture))).toEqual([
      'deep=yes width=16',
      'deep=yes width=32',
      'deep=no',
    ])
  })

  it('lets nodes of a graph choose their inputs and what stands on their edges', () => {
    const op = choice('op', { conv: conv('same', 3), skip: identity(), none: zero() })
    const made = space(
      'graph',
      sequence(
        conv(16, 3),
        scope('cell', graph({ a: inputs({ each: op }), b: inputs({ count: [1, 2], each: op }) }, { output: looseEnds('concat') })),
        ...head,
      ),
    )
    expect(made.size).toBe(3n * (3n + 3n + 9n))
    expect(BigInt([...made.enumerate()].length)).toBe(made.size as bigint)
    const text = 'cell(a(input=conv) b(inputs=0 input=skip))'
    expect(made.print(made.parse(text))).toBe(text)
    // Node a is not read by b, so both are loose ends.
    expect(made.child(made.parse(text), context).nodes.find(({ layer }) => layer.kind === 'concat')?.inputs).toEqual([
      'cell/a/input=conv/conv',
      'conv',
    ])
  })

  it('brings shapes together where paths meet', () => {
    const made = space('shapes', sequence(conv(16, 3), residual(conv(32, 3, { stride: 2 }), batchNorm()), ...head))
    const { nodes } = made.child({}, context)
    const projection = nodes.find(({ path }) => path === 'add/project1/conv')
    expect(projection?.layer).toMatchObject({ kind: 'convolution', channels: 32, kernel: 1, stride: 2, bias: false })
    expect(nodes.find(({ path }) => path === 'add')?.inputs).toEqual(['add/0/norm', 'add/project1/norm'])
  })

  it('brings the alternatives of a choice to one width', () => {
    const made = space('widths', sequence(choice('op', { narrow: conv(16, 3), wide: conv(32, 3) }), ...head))
    expect(paths(made, 'op=narrow')).toContain('op=narrow/project/conv')
    expect(paths(made, 'op=wide')).not.toContain('op=wide/project/conv')
  })

  it('leaves a bias out where a batch norm follows, and layers that do nothing', () => {
    const made = space('bias', sequence(conv(16, 3), batchNorm(), relu(), conv(16, 3), identity(), maxPool(32), maxPool(2), ...head))
    const { nodes } = made.child({}, context)
    expect(nodes.map(({ layer }) => layer.kind)).toEqual([
      'convolution',
      'batch-norm',
      'activation',
      'convolution',
      'max-pool',
      'global-average-pool',
      'dense',
    ])
    expect(nodes[0]?.layer).toMatchObject({ bias: false })
    expect(nodes[3]?.layer).toMatchObject({ bias: true })
  })

  it('works on signals and tables with the same builders', () => {
    const signal = space('signal', sequence(conv(16, 3, { stride: 2 }), add(conv('same', 3), maxPool(3, { stride: 1 })), ...head))
    expect(signal.child({}, { input: { shape: [2, 100] }, outputs: 3 }).nodes.at(-1)?.layer).toMatchObject({ kind: 'dense', units: 3 })
    const table = space('table', sequence(dense(32), relu(), residual(dense(int('width', 16, 64, { step: 16 }))), dense('classes')))
    expect(table.child({ width: 64 }, { input: { shape: [7] }, outputs: 1 }).nodes.map(({ path }) => path)).toContain('add/project1/dense')
    expect(() => signal.child({}, { input: { shape: [7] }, outputs: 3 })).toThrow(/needs an image or a signal/)
  })

  it('gives hyper-parameters as searched or as fixed', () => {
    const made = space('training', sequence(conv(16, 3), ...head), {
      hyperparameters: {
        learningRate: float('learningRate', 0.01, 0.1, { log: true }),
        optimizer: choice('optimizer', ['sgd', 'adam']),
        weightDecay: 1e-4,
      },
    })
    expect(made.size).toBeUndefined()
    expect(made.hyperparameters(made.parse('learningRate=0.05 optimizer=adam'))).toEqual({
      learningRate: 0.05,
      optimizer: 'adam',
      weightDecay: 1e-4,
    })
  })

  it('refuses conditions that depend on the data', () => {
    expect(() => space('bad', sequence(when(equals('same', 16), relu()), ...head))).toThrow(/must not depend on the data/)
    expect(() => space('bad', sequence(conv(int('width', 5, 1), 3), ...head))).toThrow(/from ≤ to/)
  })

  it('reads as the design shows it', () => {
    const block = choice('op', {
      conv3: conv('same', 3),
      conv5: conv('same', 5),
      sep3: separable('same', 3),
      pool: maxPool(3, { stride: 1 }),
      skip: identity(),
    })
    const stage = (name: string, width: number) => sequence(conv(width, 3, { stride: 2 }), batchNorm(), relu(), repeat(name, [1, 3], block))
    const small = space(
      'small',
      sequence(conv(32, 3), batchNorm(), relu(), stage('first', 32), stage('second', 64), globalPool(), dense('classes')),
    )
    expect(small.size).toBe((5n + 25n + 125n) ** 2n)
    const text = 'first=1[op=sep3] second=2[op=pool | op=conv5]'
    expect(small.print(small.parse(text))).toBe(text)
    expect(small.child(small.parse(text), context).nodes.map(({ path }) => path)).toEqual([
      'conv',
      'norm',
      'relu',
      'conv2',
      'norm2',
      'relu2',
      'first/0/op=sep3/depthwise',
      'first/0/op=sep3/pointwise',
      'conv3',
      'norm3',
      'relu3',
      'second/0/op=pool/pool',
      'second/1/op=conv5/conv',
      'globalPool',
      'dense',
    ])
  })
})
