import { fitBoosting } from '../../predict/regressors/boosting.ts'
import { type Architecture, encoder } from '../../space/index.ts'
import { vectors } from '../../strategy/vectors.ts'
import { labelled } from './labelled.ts'
import { graphMeasures, labelCounts } from './structure.ts'
import type { SurrogateEntry } from './surrogate.ts'

const options = { rounds: 300, share: 0.3 }

export const boosted: SurrogateEntry = {
  name: 'boosting',
  summary: 'gradient boosting over the decisions, the paths through the cell, and the counts of operations and lengths of the network',
  paper: 'Friedman 2001; of architectures White et al. 2021, arXiv:2104.01177',
  make(space) {
    const decisions = encoder(space, 'decision')
    const paths = vectors(space)
    return (architectures, scores, random) => {
      const graphs = architectures.map((architecture) => labelled(space, architecture))
      const known = [...new Set(graphs.flatMap(({ labels }) => labels))].toSorted()
      const read = (architecture: Architecture): Float64Array => {
        const graph = labelled(space, architecture)
        const { places, values } = paths.of(architecture)
        const vector = new Float64Array(paths.length)
        for (const [i, place] of places.entries()) vector[place] = values[i]
        return Float64Array.from([...decisions.encode(architecture), ...vector, ...labelCounts(graph, known), ...graphMeasures(graph)])
      }
      const model = fitBoosting(architectures.map(read), scores, random, options)
      return (architecture) => model.predict(read(architecture))
    }
  },
}
