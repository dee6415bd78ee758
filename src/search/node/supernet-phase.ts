import type { OneShotEntry } from '../../oneshot/index.ts'
import type { TimePlan } from '../budget.ts'
import type { RunState } from '../events.ts'
import type { LoopEnd } from '../loop.ts'
import type { Course, Recorder } from './finish.ts'
import type { RunHooks } from './options.ts'

/**
 * Trains a run's shared weights, or what is left of it, and records how it goes.
 *
 * @returns why the search is over already; undefined when paths can be judged
 */
export async function supernetPhase(
  { crew, place }: Course,
  method: OneShotEntry,
  { config, supernet }: RunState,
  time: TimePlan | undefined,
  record: Recorder,
  hooks: RunHooks,
): Promise<LoopEnd | undefined> {
  if (supernet?.status === 'failed') return { reason: 'failed', message: 'the shared weights could not be trained' }
  if (supernet?.status !== undefined) return undefined
  const plan = supernet?.plan
  const until = time && Date.now() + method.searchShare * (time.searchUntil - Date.now())
  try {
    const { status, reason } = await crew.supernet({ config, plan, until }, place.folder, {
      signal: hooks.signal,
      onPlan: (planned) => {
        if (plan === undefined) record({ type: 'supernet-started', plan: planned })
      },
      onEpoch: (epoch) => record({ type: 'supernet-epoch', record: epoch }),
    })
    if (hooks.signal?.aborted) return { reason: 'interrupted' }
    record({ type: 'supernet-ended', status, reason })
    return status === 'failed' ? { reason: 'failed', message: `training the shared weights failed: ${reason}` } : undefined
  } catch (error) {
    if (hooks.signal?.aborted) return { reason: 'interrupted' }
    throw error
  }
}
