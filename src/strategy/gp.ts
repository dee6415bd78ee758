import {
  ArchitectureProcess,
  type Belief,
  expectedImprovement,
  type KernelPoint,
  kernelPoint,
  normalScores,
  WeisfeilerLehman,
} from '../predict/index.ts'
import { encoder, normal, reduceGraph } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import type { StrategyEntry } from './strategy.ts'
import { type Surrogate, SurrogateSearch } from './surrogate-search.ts'

const specs = {
  starts: { summary: 'random architectures tried before the model is asked', default: 20, from: 2, to: 100_000, whole: true },
  rounds: {
    summary: 'most rounds of Weisfeiler-Lehman refinement; the data choose up to so many',
    default: 2,
    from: 0,
    to: 10,
    whole: true,
  },
  refit: {
    summary: 'trials from one fit to the next; a twentieth of all, once that is more',
    default: 1,
    from: 1,
    to: 10_000,
    whole: true,
  },
  examples: {
    summary: 'examples of the model at most: the best half of them and others evenly',
    default: 400,
    from: 10,
    to: 5000,
    whole: true,
  },
  parents: { summary: 'so many of the best are mutated', default: 10, from: 1, to: 10_000, whole: true },
  isomorphs: { summary: 'whether an architecture may be tried that is the same network as one before', default: false },
} satisfies OptionSpecs

/** Places of the examples that a model of limited size is made from: the best half of them, and the others evenly over time. */
function chosen(values: readonly number[], limit: number): readonly number[] {
  const places = values.map((_, i) => i)
  if (places.length <= limit) return places
  const best = places.toSorted((a, b) => values[b] - values[a] || a - b).slice(0, limit >> 1)
  const taken = new Set(best)
  const others = places.filter((i) => !taken.has(i))
  const room = limit - best.length
  return [...best, ...Array.from({ length: room }, (_, i) => others[Math.floor((i * others.length) / room)])].sort((a, b) => a - b)
}

/**
 * Bayesian optimisation with a Weisfeiler-Lehman kernel (NAS-BOWL; Ru, Wan, Dong and Osborne 2021, arXiv:2006.07556), beside a Gaussian kernel over the
 * decisions, which knows of numbers and places; expected improvement, or a draw from the belief while other proposals are out.
 */
export const gp: StrategyEntry = {
  name: 'gp',
  summary: 'a Gaussian process over graphs and decisions learns which architectures are good; the largest expected improvement comes next',
  paper: 'Ru, Wan, Dong, Osborne 2021, arXiv:2006.07556',
  options: listed(specs),
  descends: true,
  make(context, given) {
    const options = readOptions('gp', specs, given)
    const { space } = context
    const decisions = encoder(space, 'decision')
    const refinement = new WeisfeilerLehman(options.rounds)
    const surrogate: Surrogate<KernelPoint> = {
      describe(architecture) {
        const { nodes, edges } = reduceGraph(space.graph(architecture))
        const labels = nodes.map(({ role, signature }) => `${role}:${signature}`)
        return kernelPoint(decisions.encode(architecture), refinement.count({ labels, edges }))
      },
      fit(examples, values) {
        const places = chosen(values, options.examples)
        const scores = normalScores(values)
        const model = new ArchitectureProcess(
          places.map((i) => examples[i]),
          Float64Array.from(places, (i) => scores[i]),
        )
        const beliefs = new WeakMap<KernelPoint, Belief>()
        const believe = (point: KernelPoint): Belief => {
          const known = beliefs.get(point)
          const belief = known ?? model.predict(point)
          if (known === undefined) beliefs.set(point, belief)
          return belief
        }
        return (candidates, random, busy) =>
          candidates.map((candidate) => {
            const { mean, deviation } = believe(candidate)
            return busy ? normal(random, mean, deviation) : expectedImprovement(mean, deviation, model.best)
          })
      },
    }
    return new SurrogateSearch(context, surrogate, options)
  },
}
