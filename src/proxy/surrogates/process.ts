import { ArchitectureProcess, type KernelPoint, kernelPoint, WeisfeilerLehman } from '../../predict/index.ts'
import { type Architecture, encoder } from '../../space/index.ts'
import { labelled } from './labelled.ts'
import type { SurrogateEntry } from './surrogate.ts'

const ROUNDS = 3

export const process: SurrogateEntry = {
  name: 'gp',
  summary: 'a Gaussian process over the graph of operations and the decisions',
  paper: 'Ru, Wan, Dong, Osborne 2021, arXiv:2006.07556',
  make(space) {
    const decisions = encoder(space, 'decision')
    const refinement = new WeisfeilerLehman(ROUNDS)
    const point = (architecture: Architecture): KernelPoint =>
      kernelPoint(decisions.encode(architecture), refinement.count(labelled(space, architecture)))
    return (architectures, scores) => {
      const model = new ArchitectureProcess(architectures.map(point), scores)
      return (architecture) => model.predict(point(architecture)).mean
    }
  },
}
