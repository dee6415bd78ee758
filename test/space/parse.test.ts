import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import {
  choice,
  constraint,
  conv,
  dense,
  float,
  globalPool,
  graph,
  identity,
  inputs,
  int,
  not,
  equals,
  and,
  or,
  randomFor,
  repeat,
  scope,
  sequence,
  share,
  space,
} from '../../src/space/index.ts'

const made = space(
  'example',
  sequence(
    repeat('depth', [1, 3], choice('op', { conv: conv(choice('width', [16, 32]), int('kernel', 3, 7, { step: 2 })), skip: identity() })),
    scope('mix', graph({ a: conv('same', 1), b: inputs({ count: [1, 2] }) })),
    globalPool(),
    dense('classes'),
  ),
  { hyperparameters: { learningRate: float('learningRate', 0.001, 1, { log: true }) } },
)
const good = 'depth=2[op=conv(width=16 kernel=5) | op=skip] mix(b(inputs=0,1)) learningRate=0.05'

describe('the string of an architecture', () => {
  it('is read in any order within a place, with any blanks', () => {
    const shuffled = ' learningRate=0.05 mix( b(inputs=0,1) )  depth=2[ op=conv(kernel=5 width=16)|op=skip ] '
    expect(made.parse(shuffled)).toEqual(made.parse(good))
    expect(made.print(made.parse(shuffled))).toBe(good)
  })

  it.each<[string, string, RegExp]>([
    ['an alternative that is none', good.replace('op=skip', 'op=skp'), /Position 41 .*op=skp is none of conv, skip.*Did you mean "skip"/],
    ['a number out of range', good.replace('kernel=5', 'kernel=4'), /Position \d+ .*no whole number from 3 to 7 in steps of 2/],
    ['a number of no list', good.replace('width=16', 'width=17'), /width=17 is none of 16, 32/],
    ['a word for a number', good.replace('0.05', 'fast'), /no number from 0.001 to 1/],
    ['sources that are none', good.replace('0,1', '1,0'), /no list of 1 to 2 ascending numbers from 0 to 1/],
    ['a wrong name', good.replace('kernel', 'kernal'), /"kernal" is no decision here, expected "kernel"/],
    [
      'a decision that is missing',
      good.replace(' learningRate=0.05', ''),
      /Position \d+ .*"learningRate" is missing; it is a number from 0.001 to 1/,
    ],
    ['a decision that is missing inside', good.replace(' kernel=5', ''), /"kernel" is missing in depth\/0\/op=conv/],
    ['a round too many', good.replace('op=skip', 'op=skip | op=skip'), /"depth\/2\/op" is no decision of this architecture/],
    ['a round too few', good.replace(' | op=skip', ''), /"op" is missing in depth\/1/],
    ['a decision twice', good.replace('depth=2', 'learningRate=1 depth=2'), /second time/],
    ['an open bracket', good.replace(']', ''), /"\|" or "\]" was expected, to go on with or close "depth\["/],
    ['a bracket too many', `${good})`, /found "\)" where a name or the end was expected/],
    ['a name without a value', good.replace('depth=2[', 'depth['), /"depth" is missing; it is a whole number from 1 to 3/],
    ['a value without a name', good.replace('learningRate=', ''), /"=", "\(" or "\[" was expected after "0.05"/],
    ['nothing', '', /"depth" is missing/],
  ])('fails on %s with the place and what was expected', (_, text, message) => {
    expect(() => made.parse(text)).toThrow(message)
    expect(() => made.parse(text)).toThrow(UserError)
  })

  it('keeps real numbers to the last digit', () => {
    for (const learningRate of [0.001, 0.1 + 0.2, 1 / 3, 1e-3 * 1.0000000000000002]) {
      const architecture = { ...made.parse(good), learningRate }
      expect(made.parse(made.print(architecture))).toEqual(architecture)
    }
  })
})

describe('constraints', () => {
  const [a, b] = ['a', 'b'].map((name) => share(name, int(name, 1, 4)))
  const constrained = space('constrained', sequence(conv(a, 1), conv(b, 1), globalPool(), dense('classes')), {
    constraints: [constraint(not(and(equals(a, 1), or(equals(b, 1), equals(b, 2)))), 'a narrow first layer wants a wide second one.')],
  })

  it('are said by check and parse', () => {
    expect(constrained.check({ a: 1, b: 2 })).toEqual([{ path: '', message: 'a narrow first layer wants a wide second one.' }])
    expect(constrained.check({ a: 1, b: 3 })).toEqual([])
    expect(() => constrained.parse('a=1 b=1')).toThrow(/narrow/)
  })

  it('are met by all that is drawn, listed or made by variation', () => {
    expect([...constrained.enumerate()]).toHaveLength(14)
    for (let i = 0; i < 40; i++) {
      const random = randomFor(i)
      const [first, second] = [constrained.sample(random), constrained.sample(random)]
      for (const architecture of [
        first,
        constrained.mutate(first, random),
        constrained.crossover(first, second, random),
        ...constrained.neighbours(first),
      ])
        expect(constrained.check(architecture)).toEqual([])
    }
  })
})
