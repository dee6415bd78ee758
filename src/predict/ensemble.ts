import type { Random } from '../space/index.ts'
import type { Belief } from './belief.ts'
import type { Mlp } from './mlp.ts'
import { type MlpOptions, trainMlp } from './mlp-regressor.ts'
import type { SparseVector } from './sparse-vector.ts'

/** Perceptrons that differ in their first weights and order of examples; where they disagree nobody knows (Lakshminarayanan et al. 2017, arXiv:1612.01474). */
export class MlpEnsemble {
  readonly #members: readonly Mlp[]

  /**
   * @param inputs examples
   * @param length of all of them
   * @param members how many, 2 or more
   */
  constructor(
    inputs: readonly SparseVector[],
    length: number,
    targets: ArrayLike<number>,
    members: number,
    random: Random,
    options?: Partial<MlpOptions>,
  ) {
    this.#members = Array.from({ length: members }, () => trainMlp(inputs, length, targets, random, options))
  }

  predict(input: SparseVector): Belief {
    let sum = 0
    let squares = 0
    const count = this.#members.length
    for (const member of this.#members) {
      const value = member.forward(input)
      sum += value
      squares += value * value
    }
    const mean = sum / count
    return { mean, deviation: Math.sqrt(Math.max(0, squares - sum * mean) / (count - 1)) }
  }
}
