import { findStrategy } from '../strategy/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { Hypernetwork } from './hypernetwork.ts'
import type { OneShotEntry } from './one-shot.ts'
import { ScheduledPaths } from './path-search.ts'
import { supernetSettings } from './plan.ts'

const specs = {
  learningRate: {
    summary: 'first learning rate of the hypernetwork; 0: half of what suits a single network',
    default: 0,
    from: 0,
    to: 10,
  },
  hidden: { summary: "width of what the hypernetwork makes of an architecture's code", default: 16, from: 1, to: 1024, whole: true },
  rank: { summary: 'tensors that it mixes, by the architecture, into each weight', default: 3, from: 1, to: 64, whole: true },
  sampled: { summary: 'random architectures that are ranked before the best are varied', default: 40, from: 2, to: 100_000, whole: true },
} satisfies OptionSpecs

/** One-shot model architecture search through hypernetworks: random architectures train what makes their weights; they are ranked with generated weights. */
export const smash: OneShotEntry = {
  name: 'smash',
  summary: 'a hypernetwork makes the weights of each network from its architecture; networks are ranked with generated weights',
  paper: 'Brock, Lim, Ritchie, Weston 2018, arXiv:1708.05344',
  options: listed(specs),
  proposals: 60,
  searchShare: 0.7,
  trainer(context, options) {
    const { learningRate, ...sizes } = readOptions('smash', specs, options)
    const { form } = new Hypernetwork(context.space, sizes)
    return Promise.resolve(new ScheduledPaths(context, supernetSettings(context, learningRate || undefined), {}, form))
  },
  inherit: ({ network, architecture }, shared, { space, options }) =>
    new Hypernetwork(space, readOptions('smash', specs, options)).weights(network, architecture, shared),
  proposer(context, _, options) {
    const { sampled } = readOptions('smash', specs, options)
    return findStrategy('evolution').make(context, { population: sampled, sample: Math.ceil(sampled / 4), crossover: 0, ageing: false })
  },
}
