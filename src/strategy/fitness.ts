import type { Objective, Outcome } from './strategy.ts'

/** Exponent of each objective after the first: MnasNet's 0.07. */
const WEIGHT = 0.07

/**
 * One number to maximise, from what a trial measured. One objective: its value, signed by its direction. Several: the weighted product of MnasNet
 * (Tan et al. 2019, arXiv:1807.11626), the first objective times each other one to the power of ±0.07.
 *
 * @returns undefined for a trial that failed or lacks a metric: it is no parent and no example, never a made-up number
 */
export function fitness(objectives: readonly Objective[], outcome: Outcome): number | undefined {
  if (outcome.status === 'failed') return undefined
  const values = objectives.map(({ metric }) => outcome.metrics[metric])
  if (values.some((value) => value === undefined || !Number.isFinite(value))) return undefined
  const [first, ...others] = values
  const factor = others.reduce((product, value, i) => {
    const power = objectives[i + 1].direction === 'maximize' ? WEIGHT : -WEIGHT
    return product * Math.max(value, Number.MIN_VALUE) ** power
  }, 1)
  // A better factor must make the score better whatever the signs.
  if (objectives[0].direction === 'maximize') return first > 0 ? first * factor : first / factor
  return first > 0 ? -first / factor : -first * factor
}
