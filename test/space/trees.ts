import * as fc from 'fast-check'
import {
  add,
  averagePool,
  choice,
  conv,
  dense,
  equals,
  globalPool,
  graph,
  identity,
  inputs,
  int,
  lessThan,
  looseEnds,
  relu,
  repeat,
  scope,
  type SearchSpace,
  sequence,
  share,
  space,
  stack,
  type Tree,
  when,
  zero,
} from '../../src/space/index.ts'

/** Shared decisions that any part of a generated tree may use. */
const mode = share('mode', choice('mode', ['a', 'b', 'c']))
const depth = share('depth', int('depth', 0, 2))
const width = share('width', choice('width', [16, 32]))
const cell = share('cell', choice('cell', { conv: conv('same', choice('kernel', [1, 3])), skip: identity(), wide: conv(width, 1) }))

/** Two cells that decide alike, each of which reads what came before, and divides its channels. */
const divided = share(
  'divided',
  graph(
    {
      a: { inputs: inputs({ from: ['before', 'input'], count: 'any', each: conv('part', 1) }), body: relu() },
      b: {
        inputs: inputs({ from: ['a', 'input'], count: 'any', each: conv('part', 1) }),
        body: choice('op', { conv: conv('part', 3), skip: identity() }),
      },
      join: inputs({ from: ['a', 'b'], count: 'any', merge: 'concat' }),
    },
    { divide: 15 },
  ),
)
const pair = stack('pair', divided, divided)

type Make = (name: string) => Tree

/** Search spaces of any form, small enough to enumerate: names are made from the place, so that no two decisions have one path. */
const tree: fc.Arbitrary<Make> = fc.letrec<{ tree: Make }>((tie) => {
  const leaf = fc.constantFrom<Make>(
    () => relu(),
    () => conv(16, 3),
    (name) => conv(choice(`${name}w`, [8, 16]), int(`${name}k`, 1, 3, { step: 2 })),
    () => conv(width, 1),
    (name) => conv(when(equals(mode, 'a'), choice(`${name}v`, [8, 16, 24]), 16), 1),
    () => cell,
    (name) =>
      graph(
        {
          [`${name}x`]: inputs({ each: choice('op', { none: zero(), skip: identity(), pool: averagePool(3, { stride: 1 }) }) }),
          [`${name}y`]: inputs({ count: [1, 2] }),
        },
        { output: looseEnds('concat') },
      ),
    (name) =>
      graph({
        [`${name}x`]: inputs({ from: ['input'], count: 'any' }),
        [`${name}y`]: {
          inputs: inputs({ always: ['input'], from: [`${name}x`], count: 'any' }),
          body: choice('op', { conv: conv('same', 1), skip: identity() }),
        },
      }),
    (name) =>
      stack(
        name,
        graph({ [`${name}n`]: inputs({ from: ['before', 'input'], count: 1 }) }),
        graph({ [`${name}m`]: inputs({ from: ['before', 'input'], each: choice('op', { conv: conv(16, 3), skip: identity() }) }) }),
      ),
    () => pair,
  )
  const two = fc.tuple(tie('tree'), tie('tree'))
  return {
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      { arbitrary: leaf, weight: 3 },
      {
        arbitrary: two.map(
          ([a, b]): Make =>
            (name) =>
              sequence(a(`${name}a`), b(`${name}b`)),
        ),
        weight: 2,
      },
      {
        arbitrary: two.map(
          ([a, b]): Make =>
            (name) =>
              choice(name, { a: a('x'), b: b('x'), c: identity() }),
        ),
        weight: 2,
      },
      {
        arbitrary: tie('tree').map(
          (a): Make =>
            (name) =>
              scope(name, a('x')),
        ),
        weight: 1,
      },
      {
        arbitrary: tie('tree').map(
          (a): Make =>
            (name) =>
              repeat(name, [0, 2], a('x')),
        ),
        weight: 1,
      },
      {
        arbitrary: tie('tree').map(
          (a): Make =>
            (name) =>
              repeat(name, depth, a('x')),
        ),
        weight: 1,
      },
      {
        arbitrary: two.map(
          ([a, b]): Make =>
            (name) =>
              add({ [`${name}l`]: a('x'), [`${name}r`]: b('x') }),
        ),
        weight: 1,
      },
      {
        arbitrary: two.map(
          ([a, b]): Make =>
            (name) =>
              when(equals(mode, 'b'), a(`${name}t`), b(`${name}o`)),
        ),
        weight: 1,
      },
      {
        arbitrary: tie('tree').map(
          (a): Make =>
            (name) =>
              when(lessThan(depth, 2), a(`${name}t`)),
        ),
        weight: 1,
      },
    ),
  }
}).tree

/** Any space with at most `most` architectures. */
export const smallSpaces = (most: bigint): fc.Arbitrary<SearchSpace> =>
  tree
    .map((make) => space('generated', sequence(conv(16, 3), make('d'), globalPool(), dense('classes'))))
    .filter((made) => made.size !== undefined && made.size <= most)
