import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { add, div, gumbelNoise, logSoftmax, softmax } from '../tensor/index.ts'
import { darts, differentiableOptions, differentiableTrainer } from './darts.ts'
import { firstOrder } from './hypergradient.ts'
import type { OneShotEntry } from './one-shot.ts'
import type { Relaxation } from './relaxed.ts'
import { straightThroughDrawn } from './straight-through.ts'

const specs = {
  ...differentiableOptions,
  first: { summary: 'temperature of the softmax at the beginning', default: 5, from: 0.01, to: 1000 },
  last: { summary: 'temperature of the softmax at the end', default: 0.5, from: 0.01, to: 1000 },
} satisfies OptionSpecs

/** One alternative, drawn by Gumbel's trick; its gradient is that of the softmax it was drawn from, as in the paper's program that of the others is left out. */
const drawn: Relaxation = {
  weights: (alphas, _, { place, noise, temperature }) =>
    straightThroughDrawn(softmax(div(add(logSoftmax(alphas), gumbelNoise(alphas.shape, noise, place)), temperature))),
}

/** Gradient-based search with a differentiable sampler: each step sees one alternative of each choice. */
export const gdas: OneShotEntry = {
  ...darts,
  name: 'gdas',
  summary: 'differentiable: draws one alternative of each choice by Gumbel noise, with a straight-through gradient',
  paper: 'Dong and Yang 2019, arXiv:1910.04465',
  options: listed(specs),
  trainer(context, options) {
    const given = readOptions('gdas', specs, options)
    const temperature = (progress: number): number => given.first + (given.last - given.first) * progress
    return differentiableTrainer(context, given, { relaxation: drawn, temperature, hypergradient: firstOrder })
  },
}
