import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fitBoosting } from '../../../src/predict/regressors/boosting.ts'
import { crossPredict } from '../../../src/predict/regressors/folds.ts'
import { fitForest } from '../../../src/predict/regressors/forest.ts'
import { fitNuSvr } from '../../../src/predict/regressors/nu-svr.ts'
import { findRegressor, regressors } from '../../../src/predict/regressors/registry.ts'
import { fitRidge } from '../../../src/predict/regressors/ridge.ts'
import { bin, Tree } from '../../../src/predict/regressors/tree.ts'
import { randomFor } from '../../../src/space/index.ts'

interface Golden {
  readonly inputs: readonly (readonly number[])[]
  readonly targets: readonly number[]
  readonly training: number
  readonly ridge: { readonly penalty: number; readonly predictions: readonly number[] }
  readonly nuSvr: { readonly predictions: readonly number[] }
  readonly r2: Readonly<Record<string, number>>
}

const golden = JSON.parse(readFileSync(new URL('../../golden/regressors.json', import.meta.url), 'utf8')) as Golden
const { inputs, targets, training } = golden
const [known, values] = [inputs.slice(0, training), targets.slice(0, training)]
const [held, truths] = [inputs.slice(training), targets.slice(training)]

function determination(said: ArrayLike<number>, true_: readonly number[]): number {
  const mean = true_.reduce((sum, value) => sum + value, 0) / true_.length
  const squares = (of: (i: number) => number): number => true_.reduce((sum, value, i) => sum + (value - of(i)) ** 2, 0)
  return 1 - squares((i) => said[i]) / squares(() => mean)
}

describe('ridge', () => {
  it('is the line of two coefficients, worked out by hand', () => {
    // Inputs −1 and 1 have deviation 1; the coefficient is Σxy / (Σx² + n·penalty) = 4 / (2 + 2).
    const { model } = fitRidge([[-1], [1]], [1, 5], [1])
    expect(model.coefficients[0]).toBeCloseTo(1, 12)
    expect(model.intercept).toBeCloseTo(3, 12)
    expect(model.predict([3])).toBeCloseTo(6, 12)
  })

  it('says of an example unseen what a fit without it says', () => {
    const some = known.slice(0, 30)
    const { unseen } = fitRidge(some, values.slice(0, 30), [1e-9])
    for (const i of [0, 7, 29]) {
      const rest = some.filter((_, j) => j !== i)
      const { model } = fitRidge(
        rest,
        values.slice(0, 30).filter((_, j) => j !== i),
        [1e-9],
      )
      expect(unseen[i]).toBeCloseTo(model.predict(some[i]), 5)
    }
  })

  it("agrees with scikit-learn's", () => {
    const { model } = fitRidge(known, values, [golden.ridge.penalty])
    for (const [i, input] of held.entries()) expect(model.predict(input)).toBeCloseTo(golden.ridge.predictions[i], 5)
  })

  it('takes places that are all equal, and more places than examples', () => {
    const { model } = fitRidge(
      [
        [1, 0, 2, 3],
        [1, 1, 2, 5],
        [1, 2, 2, 9],
      ],
      [0, 1, 2],
    )
    expect(Number.isFinite(model.predict([1, 1.5, 2, 4]))).toBe(true)
  })
})

describe('support vector regression', () => {
  it("agrees with scikit-learn's NuSVR", () => {
    const model = fitNuSvr(known, values, { tolerance: 1e-6 })
    for (const [i, input] of held.entries()) expect(model.predict(input)).toBeCloseTo(golden.nuSvr.predictions[i], 3)
  })
})

describe('a tree', () => {
  it('splits where the sum of squares falls most, worked out by hand', () => {
    const data = bin([[1], [2], [3], [4]])
    const tree = new Tree(data, [0, 0, 10, 12], Int32Array.of(0, 1, 2, 3), { depth: 1, leaf: 1, features: 1 }, randomFor(0, 'tree'))
    expect([1, 2.4, 2.6, 9].map((x) => tree.predict([x]))).toEqual([0, 0, 11, 11])
  })

  it('has no leaf of fewer examples than asked', () => {
    const data = bin([[1], [2], [3], [4]])
    const tree = new Tree(data, [0, 0, 0, 8], Int32Array.of(0, 1, 2, 3), { depth: 3, leaf: 2, features: 1 }, randomFor(0, 'tree'))
    expect([1, 4].map((x) => tree.predict([x]))).toEqual([0, 4])
  })
})

describe('regressors of the registry on the first function of Friedman', () => {
  for (const entry of regressors) {
    it(`${entry.name} explains about as much as scikit-learn's, seen or unseen, the same for one seed`, () => {
      const { model, unseen } = entry.fit(known, values, randomFor(1, 'friedman'))
      const said = held.map((input) => model.predict(input))
      expect(determination(said, truths)).toBeGreaterThan(golden.r2[entry.name] - 0.03)
      expect(determination(unseen, values)).toBeGreaterThan(golden.r2[entry.name] - 0.12)
      const again = entry.fit(known, values, randomFor(1, 'friedman'))
      expect(again.model.predict(held[0])).toBe(said[0])
      expect(again.unseen).toEqual(unseen)
    })

    it(`${entry.name} learns a constant`, () => {
      const { model, unseen } = entry.fit([[1], [2], [3], [4], [5], [6]], [2, 2, 2, 2, 2, 2], randomFor(1, 'constant'))
      expect(model.predict([2.5])).toBeCloseTo(2, 6)
      for (const value of unseen) expect(value).toBeCloseTo(2, 6)
    })
  }

  it('are found by name, with the nearest names for a slip', () => {
    expect(findRegressor('ridge').name).toBe('ridge')
    expect(() => findRegressor('rigde')).toThrow(/Did you mean "ridge"/)
  })
})

describe('predictions of examples unseen', () => {
  it('come from models that have not seen them', () => {
    const seen: number[][] = []
    const learn = (some: readonly ArrayLike<number>[]): { readonly predict: (input: ArrayLike<number>) => number } => {
      seen.push(some.map((input) => input[0]))
      return { predict: (input) => (some.some((other) => other[0] === input[0]) ? Number.NaN : 1) }
    }
    const said = crossPredict([[1], [2], [3], [4], [5], [6], [7]], [1, 2, 3, 4, 5, 6, 7], learn, randomFor(0, 'folds'), 3)
    expect([...said]).toEqual([1, 1, 1, 1, 1, 1, 1])
    expect(seen.map((of) => of.length).toSorted((a, b) => a - b)).toEqual([4, 5, 5])
  })
})

describe('forest and boosting', () => {
  it('take options', () => {
    expect(fitForest(known, values, randomFor(0, 'f'), { trees: 3 }).model.predict(held[0])).not.toBeNaN()
    expect(fitBoosting(known, values, randomFor(0, 'b'), { rounds: 0 }).predict(held[0])).toBeCloseTo(
      values.reduce((a, b) => a + b) / training,
      9,
    )
  })
})
