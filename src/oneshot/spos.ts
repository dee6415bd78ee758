import { findStrategy } from '../strategy/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import type { OneShotEntry } from './one-shot.ts'
import { pathOptions, ScheduledPaths } from './path-search.ts'
import { supernetSettings } from './plan.ts'

const specs = {
  ...pathOptions,
  population: { summary: 'paths that live at a time in the evolution', default: 12, from: 2, to: 10_000, whole: true },
  mutation: { summary: 'probability that a child of two paths is mutated, too', default: 0.5, from: 0, to: 1 },
  crossover: { summary: 'probability that a path has two parents', default: 0.3, from: 0, to: 1 },
} satisfies OptionSpecs

/**
 * Single path one-shot: each step trains one uniformly drawn path; then evolution over paths, judged with the weights that they inherit, with
 * batch-norm statistics of their own.
 */
export const spos: OneShotEntry = {
  name: 'spos',
  summary: 'weight sharing: trains one random path at each step, then evolves paths with inherited weights',
  paper: 'Guo, Zhang, Mu, Heng, Liu, Wei, Sun 2020, arXiv:1904.00420',
  options: listed(specs),
  proposals: 60,
  searchShare: 0.7,
  space: 'units',
  async trainer(context, options) {
    const { learningRate } = readOptions('spos', specs, options)
    return new ScheduledPaths(context, supernetSettings(context, learningRate || undefined))
  },
  proposer(context, _, options) {
    const { population, mutation, crossover } = readOptions('spos', specs, options)
    return findStrategy('evolution').make(context, { population, mutation, crossover, sample: 4 })
  },
}
