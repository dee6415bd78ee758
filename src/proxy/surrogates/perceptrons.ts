import { MlpEnsemble } from '../../predict/index.ts'
import { vectors } from '../../strategy/vectors.ts'
import type { SurrogateEntry } from './surrogate.ts'

const MEMBERS = 5

export const perceptrons: SurrogateEntry = {
  name: 'mlp',
  summary: 'an ensemble of small perceptrons over the paths through the cell, or over the decisions where there are none',
  paper: 'White, Neiswanger, Savani 2021, arXiv:1910.11858',
  make(space) {
    const read = vectors(space)
    return (architectures, scores, random) => {
      const inputs = architectures.map((architecture) => read.of(architecture))
      const model = new MlpEnsemble(inputs, read.length, scores, MEMBERS, random)
      return (architecture) => model.predict(read.of(architecture)).mean
    }
  },
}
