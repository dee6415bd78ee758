import { MlpEnsemble, normalScores, type SparseVector } from '../predict/index.ts'
import { normal } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import type { StrategyEntry } from './strategy.ts'
import { type Surrogate, SurrogateSearch } from './surrogate-search.ts'
import { vectors } from './vectors.ts'

const specs = {
  starts: { summary: 'random architectures tried before the model is asked', default: 20, from: 2, to: 100_000, whole: true },
  members: { summary: 'perceptrons in the ensemble', default: 4, from: 2, to: 100, whole: true },
  width: { summary: 'units in each hidden layer of a perceptron', default: 16, from: 1, to: 1000, whole: true },
  layers: { summary: 'hidden layers of a perceptron', default: 2, from: 1, to: 20, whole: true },
  steps: {
    summary: 'training steps of each perceptron at a fit, and one more for every two trials told',
    default: 150,
    from: 1,
    to: 100_000,
    whole: true,
  },
  refit: {
    summary: 'trials from one fit of the ensemble to the next; a twentieth of all, once that is more',
    default: 5,
    from: 1,
    to: 10_000,
    whole: true,
  },
  parents: { summary: 'so many of the best are mutated', default: 10, from: 1, to: 10_000, whole: true },
  isomorphs: { summary: 'whether an architecture may be tried that is the same network as one before', default: false },
} satisfies OptionSpecs

/**
 * BANANAS (White, Neiswanger and Savani 2021, arXiv:1910.11858): an ensemble of perceptrons over the path encoding, or over the decisions where a space has
 * no paths; mutants of the best are judged by independent Thompson sampling. Targets are normal scores of ranks, which do for any metric what the
 * paper's relative error does for accuracies.
 */
export const bananas: StrategyEntry = {
  name: 'bananas',
  summary: 'an ensemble of small networks learns which architectures are good, and draws the next one by what it believes and doubts',
  paper: 'White, Neiswanger, Savani 2021, arXiv:1910.11858',
  options: listed(specs),
  descends: true,
  make(context, given) {
    const options = readOptions('bananas', specs, given)
    const { members, width, layers, steps } = options
    const read = vectors(context.space)
    const surrogate: Surrogate<SparseVector> = {
      describe: (architecture) => read.of(architecture),
      fit(examples, values, random) {
        const training = { hidden: Array.from({ length: layers }, () => width), steps: steps + Math.floor(examples.length / 2) }
        const model = new MlpEnsemble(examples, read.length, normalScores(values), members, random, training)
        return (candidates, draws) =>
          candidates.map((candidate) => {
            const { mean, deviation } = model.predict(candidate)
            return normal(draws, mean, deviation)
          })
      },
    }
    return new SurrogateSearch(context, surrogate, options)
  },
}
