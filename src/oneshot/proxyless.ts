import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { add, gumbelNoise, logSoftmax, softmax } from '../tensor/index.ts'
import { darts, differentiableOptions, differentiableTrainer } from './darts.ts'
import { firstOrder, withCost } from './hypergradient.ts'
import type { OneShotEntry } from './one-shot.ts'
import type { Relaxation } from './relaxed.ts'
import { straightThrough } from './straight-through.ts'

const specs = {
  ...differentiableOptions,
  cost: {
    summary: 'weight of the expected work of the network, as a share of that of the dearest one, in the loss of the alphas',
    default: 0.02,
    from: 0,
    to: 100,
  },
} satisfies OptionSpecs

/** Binary gates: one alternative, drawn by its probability; the gradient of a gate is handed to the probabilities. */
const gated: Relaxation = {
  weights: (alphas, _, { place, noise }) =>
    straightThrough(add(logSoftmax(alphas), gumbelNoise(alphas.shape, noise, place)), softmax(alphas)),
}

/** ProxylessNAS: binary gates, and the expected cost of the network as part of the loss. */
export const proxyless: OneShotEntry = {
  ...darts,
  name: 'proxyless',
  summary: 'differentiable: binary gates drawn by learnt probabilities, with the expected work of the network in the loss',
  paper: 'Cai, Zhu, Han 2019, arXiv:1812.00332',
  options: listed(specs),
  trainer(context, options) {
    const given = readOptions('proxyless', specs, options)
    const hypergradient = given.cost === 0 ? firstOrder : withCost(firstOrder, given.cost)
    return differentiableTrainer(context, given, { relaxation: gated, hypergradient })
  },
}
