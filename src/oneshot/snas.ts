import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { add, div, gumbelNoise, logSoftmax, softmax } from '../tensor/index.ts'
import { darts, differentiableOptions, differentiableTrainer } from './darts.ts'
import { onTraining } from './hypergradient.ts'
import type { OneShotEntry } from './one-shot.ts'
import type { Relaxation } from './relaxed.ts'

const specs = {
  ...differentiableOptions,
  first: { summary: 'temperature of the softmax at the beginning', default: 1, from: 0.01, to: 1000 },
  last: { summary: 'temperature of the softmax at the end', default: 0.1, from: 0.01, to: 1000 },
} satisfies OptionSpecs

/** A sample of the concrete distribution: nearly one alternative when the temperature is low. */
const concrete: Relaxation = {
  weights: (alphas, _, { place, noise, temperature }) =>
    softmax(div(add(logSoftmax(alphas), gumbelNoise(alphas.shape, noise, place)), temperature)),
}

/** Stochastic neural architecture search: weights and alphas follow one loss, the training one, of sampled mixtures. */
export const snas: OneShotEntry = {
  ...darts,
  name: 'snas',
  summary: 'differentiable: samples mixtures that sharpen with time; alphas and weights follow the training loss together',
  paper: 'Xie, Zheng, Liu, Lin 2019, arXiv:1812.09926',
  options: listed(specs),
  trainer(context, options) {
    const given = readOptions('snas', specs, options)
    const temperature = (progress: number): number => given.first * (given.last / given.first) ** progress
    return differentiableTrainer(context, given, { relaxation: concrete, temperature, hypergradient: onTraining })
  },
}
