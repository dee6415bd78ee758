import { type Architecture, limitSpace, sameValue } from '../space/index.ts'
import { findStrategy } from '../strategy/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import {
  argMax,
  atLeastMask,
  div,
  maximum,
  mul,
  type NoiseKey,
  oneHot,
  reduceSum,
  reshape,
  type Tensor,
  uniformNoise,
} from '../tensor/index.ts'
import { darts, differentiableOptions } from './darts.ts'
import { DifferentiableTrainer, type LearnedDifferentiable } from './differentiable.ts'
import type { OneShotEntry } from './one-shot.ts'
import { supernetSettings } from './plan.ts'
import type { Relaxation } from './relaxed.ts'

const specs = {
  learningRate: differentiableOptions.learningRate,
  rate: {
    summary: 'r: at the end each of k alternatives is dropped with probability r^(1/k), so that all are with probability r',
    default: 0.1,
    from: 0,
    to: 0.99,
  },
} satisfies OptionSpecs

/**
 * Which of some alternatives are kept: each is dropped with the same probability; where all would be, the luckiest stays.
 *
 * @param share of the final probability of being dropped, []
 * @returns [count], ones and zeros
 */
export function keptPaths(count: number, rate: number, share: Tensor, noise: NoiseKey, place: number): Tensor {
  const drawn = uniformNoise([count], noise, place)
  const luckiest = reshape(oneHot(argMax(reshape(drawn, [1, count]), 1), count), [count])
  return maximum(atLeastMask(drawn, mul(share, rate ** (1 / count))), luckiest)
}

/** What is kept counts alike; of sources each that is kept counts fully. */
const dropping = (rate: number): Relaxation => ({
  weights(alphas, _, { place, noise, temperature }) {
    const kept = keptPaths(alphas.shape[0], rate, temperature, noise, place)
    return div(kept, reduceSum(kept))
  },
  sources: (alphas, _, { place, noise, temperature }) => keptPaths(alphas.shape[0], rate, temperature, noise, place),
})

/** The one-shot model with path dropout: all alternatives together, of which more and more are dropped, so that a path alone is no surprise to the weights. */
export const pathDropout: OneShotEntry = {
  ...darts,
  name: 'path-dropout',
  summary: 'weight sharing: trains the whole one-shot model and drops more and more of its paths; then judges random paths alone',
  paper: 'Bender, Kindermans, Zoph, Vasudevan, Le 2018, ICML, PMLR 80:550-559',
  options: listed(specs),
  proposals: 60,
  searchShare: 0.75,
  trainer(context, options) {
    const { learningRate, rate } = readOptions('path-dropout', specs, options)
    const settings = supernetSettings(context, learningRate || undefined)
    return DifferentiableTrainer.create(context, settings, { relaxation: dropping(rate), temperature: (progress) => progress })
  },
  proposer({ space, seed, objectives }, learned) {
    const { values } = (learned as LearnedDifferentiable).alphas
    // Alternatives that had to be left out of the model have no trained weights.
    const accepts = (architecture: Architecture): boolean =>
      Object.entries(architecture).every(([path, value]) => {
        const known = values[path] ?? []
        return known.length === 0 || known.some((other) => sameValue(other, value))
      })
    const trained = limitSpace(space, { accepts, message: 'only alternatives that the one-shot model has' })
    return findStrategy('random').make({ space: trained, seed, objectives })
  },
}
