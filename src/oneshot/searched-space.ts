import { fixSpace, hyperparameterPaths } from '../space/fixed.ts'
import { type Decision, type DecisionValue, type SearchSpace, valuesOf } from '../space/index.ts'
import type { TrainSettings } from '../train/index.ts'

/**
 * A space as weight sharing searches it: decisions that do not show in a network with shared weights are taken beforehand, a hyper-parameter as the
 * value nearest to what suits the data, a dropout rate as the lowest.
 */
export function searchedSpace(space: SearchSpace, settings: TrainSettings): SearchSpace {
  const hyperparameters = hyperparameterPaths(space.definition)
  return fixSpace(space, (decision) => {
    const name = decision.path.slice(decision.path.lastIndexOf('/') + 1)
    if (name === 'dropout' && decision.kind !== 'choice') return nearest(decision, 0)
    if (!hyperparameters.has(decision.path)) return undefined
    return nearest(decision, (settings as unknown as Readonly<Record<string, unknown>>)[name])
  })
}

function nearest(decision: Decision, wanted: unknown): DecisionValue {
  if (decision.kind === 'float') return Math.min(decision.to, Math.max(decision.from, typeof wanted === 'number' ? wanted : decision.from))
  const values = valuesOf(decision) as readonly DecisionValue[]
  if (typeof wanted !== 'number') return values.find((value) => value === wanted) ?? values[0]
  const distance = (value: DecisionValue): number => Math.abs(Math.log((Number(value) + 1e-9) / (wanted + 1e-9)))
  return values.reduce((best, value) => (distance(value) < distance(best) ? value : best))
}
