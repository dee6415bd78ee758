import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { type Cost, trainingWork } from '../network/index.ts'
import { limitSpace } from '../space/limit.ts'
import type { NetworkContext, SearchSpace } from '../space/types.ts'
import type { RunConfig } from './events.ts'

/** The most that a network may cost; known before it is built, so that dearer ones are rejected early. */
export interface CostLimit {
  readonly metric: string
  readonly most: number
}

/** What a limit may be on: parameters, FLOPs of a forward pass for one example, bytes of the weights as float32. */
const costs: Readonly<Record<string, (cost: Cost) => number>> = {
  parameters: (cost) => cost.parameters,
  flops: (cost) => cost.flops,
  bytes: (cost) => weightBytes(cost.parameters),
}

/** Size of so many parameters as float32. */
export const weightBytes = (parameters: number): number => 4 * parameters

const units: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 }
const example = 'for example parameters<=500k,flops<=20M'

/**
 * Reads limits: `parameters<=500k,flops<=20M,bytes<=2M`.
 *
 * @throws UserError naming what is wrong, with an example
 */
export function parseLimits(text: string): readonly CostLimit[] {
  return text.split(',').map((part) => {
    const found = /^\s*([a-zA-Z]+)\s*<=?\s*(\d+(?:\.\d+)?)\s*([kmg]?)\s*$/i.exec(part)
    if (!found) throw new UserError(`"${part.trim()}" is no limit: write a metric, <= and a number, ${example}.`)
    const [, metric, number, unit] = found
    const names = Object.keys(costs)
    if (!names.includes(metric))
      throw new UserError(`There is no limit on "${metric}".${didYouMean(metric, names)} Limits are on: ${names.join(', ')}.`)
    return { metric, most: Number(number) * units[unit.toLowerCase()] }
  })
}

const describe = ({ metric, most }: CostLimit): string => `at most ${most.toLocaleString('en')} ${metric}`

/**
 * The space with the networks only that a run may try: within the limits that were asked for, and with the work that its time allows.
 *
 * @param onReject called for every architecture that was drawn and rejected before it was built
 */
export function affordable(
  space: SearchSpace,
  { limits = [], maxWork }: Pick<RunConfig, 'limits' | 'maxWork'>,
  context: NetworkContext,
  onReject?: () => void,
): SearchSpace {
  if (limits.length === 0 && maxWork === undefined) return space
  const message = [...limits.map(describe), ...(maxWork === undefined ? [] : [`at most ${maxWork} units of work`])].join(', ')
  return limitSpace(space, {
    accepts(architecture) {
      const cost = space.cost(architecture, context)
      const accepted =
        limits.every(({ metric, most }) => costs[metric](cost) <= most) && trainingWork(cost) <= (maxWork ?? Number.POSITIVE_INFINITY)
      if (!accepted) onReject?.()
      return accepted
    },
    message,
  })
}
