import { type Random, shuffle } from '../../space/index.ts'
import type { Regressor } from './regressor.ts'

type Learn = (inputs: readonly ArrayLike<number>[], targets: Float64Array) => Regressor

/** What models that have not seen it say of each example: each part of the examples is predicted by a model of all the others. */
export function crossPredict(
  inputs: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  learn: Learn,
  random: Random,
  folds = 5,
): Float64Array {
  const order = shuffle(
    random,
    inputs.map((_, i) => i),
  )
  const parts = Math.min(folds, inputs.length)
  const unseen = new Float64Array(inputs.length)
  for (let part = 0; part < parts; part++) {
    const kept = order.filter((_, place) => place % parts !== part)
    const model = learn(
      kept.map((i) => inputs[i]),
      Float64Array.from(kept, (i) => targets[i]),
    )
    for (const [place, i] of order.entries()) if (place % parts === part) unseen[i] = model.predict(inputs[i])
  }
  return unseen
}
