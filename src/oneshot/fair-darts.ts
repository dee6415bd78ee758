import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { sigmoid } from '../tensor/index.ts'
import { darts, differentiableOptions, differentiableTrainer } from './darts.ts'
import { firstOrder, withPenalty } from './hypergradient.ts'
import type { OneShotEntry } from './one-shot.ts'
import type { Relaxation } from './relaxed.ts'

const specs = {
  ...differentiableOptions,
  decisiveness: {
    summary: 'weight of the loss that draws each gate to 0 or 1',
    default: 1,
    from: 0,
    to: 1000,
  },
} satisfies OptionSpecs

/** Each alternative has a gate of its own: none has to win against the skip connection. */
const independent: Relaxation = { weights: (alphas) => sigmoid(alphas) }

/** Slope of the zero-one loss, minus the mean of (σ(α) − 1/2)². */
export function zeroOneSlope(alphas: Float32Array): Float32Array {
  return alphas.map((alpha) => {
    const gate = 1 / (1 + Math.exp(-alpha))
    return (-2 / alphas.length) * (gate - 0.5) * gate * (1 - gate)
  })
}

/** Fair DARTS: gates do not compete, so skip connections have no unfair advantage; a zero-one loss makes them decide. */
export const fairDarts: OneShotEntry = {
  ...darts,
  name: 'fair-darts',
  summary: 'differentiable: a gate for each alternative instead of a softmax, so that skip connections do not crowd out the others',
  paper: 'Chu, Zhou, Zhang, Li 2020, arXiv:1911.12126',
  options: listed(specs),
  trainer(context, options) {
    const given = readOptions('fair-darts', specs, options)
    const hypergradient = withPenalty(firstOrder, () => (alphas) => zeroOneSlope(alphas).map((slope) => given.decisiveness * slope))
    return differentiableTrainer(context, given, { relaxation: independent, hypergradient })
  },
}
