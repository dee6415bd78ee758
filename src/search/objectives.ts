import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { Task } from '../network/network.ts'
import { rewardMetric } from '../oneshot/index.ts'
import type { Objective } from '../strategy/strategy.ts'

type Direction = Objective['direction']

const metrics: Readonly<Record<Task | 'cost', Readonly<Record<string, Direction>>>> = {
  classification: { accuracy: 'maximize', 'balanced-accuracy': 'maximize', auc: 'maximize', f1: 'maximize', loss: 'minimize' },
  regression: { rmse: 'minimize', mae: 'minimize', r2: 'maximize', loss: 'minimize' },
  cost: { latencyMs: 'minimize', parameters: 'minimize', flops: 'minimize', bytes: 'minimize' },
}
const first: Readonly<Record<Task, string>> = { classification: 'accuracy', regression: 'rmse' }

/**
 * Reads metrics to make better, the first one first: `accuracy,latencyMs`. Each has its direction.
 *
 * @param text undefined: what suits the task
 * @param rewarded whether there is a reward of the user's own: then it is what is made better, unless the text says otherwise
 * @throws UserError for a metric that there is none of, or none for this task
 */
export function parseObjectives(text: string | undefined, task: Task, rewarded = false): readonly Objective[] {
  const known: Readonly<Record<string, Direction>> = {
    ...metrics[task],
    ...metrics.cost,
    ...(rewarded ? { [rewardMetric]: 'maximize' } : {}),
  }
  return (text ?? (rewarded ? rewardMetric : first[task])).split(',').map((part): Objective => {
    const metric = part.trim()
    const direction = known[metric]
    if (direction) return { metric, direction }
    const names = Object.keys(known)
    throw new UserError(
      `There is no objective "${metric}" for ${task}.${didYouMean(metric, names)} The objectives are: ${names.join(', ')}.`,
    )
  })
}
