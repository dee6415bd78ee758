import { type Random, shuffle } from '../space/index.ts'
import { AdamW } from './adam-w.ts'
import { Mlp } from './mlp.ts'
import type { SparseVector } from './sparse-vector.ts'

export interface MlpOptions {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[]
  /** Adam's steps, whatever the number of examples. */
  readonly steps: number
  readonly batch: number
  /** First learning rate; it falls to 0 along a half cosine. */
  readonly rate: number
  /** Decoupled weight decay. */
  readonly decay: number
}

/** Small, for a few hundred examples at most: the rest is up to the caller. */
export const mlpDefaults: MlpOptions = { hidden: [16, 16], steps: 300, batch: 16, rate: 0.01, decay: 0.01 }

/**
 * A perceptron trained to least squares.
 *
 * @param inputs examples
 * @param length of all of them
 * @param targets best with mean 0 and deviation 1
 * @param random draws the first weights and the order of the examples
 */
export function trainMlp(
  inputs: readonly SparseVector[],
  length: number,
  targets: ArrayLike<number>,
  random: Random,
  options: Partial<MlpOptions> = {},
): Mlp {
  const { hidden, steps, batch, rate, decay } = { ...mlpDefaults, ...options }
  const model = new Mlp([length, ...hidden], random)
  const adam = new AdamW(model.parameters.length)
  const examples = inputs.map((_, i) => i)
  let queue: number[] = []
  for (let step = 0; step < steps; step++) {
    model.gradient.fill(0)
    for (let i = 0; i < batch; i++) {
      if (queue.length === 0) queue = shuffle(random, examples)
      const example = queue.pop() as number
      model.backward((model.forward(inputs[example]) - targets[example]) / batch)
    }
    adam.step(model.parameters, model.gradient, rate * 0.5 * (1 + Math.cos((Math.PI * step) / steps)), decay)
  }
  return model
}
