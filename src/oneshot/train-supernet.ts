import { lossFault } from '../train/curve.ts'
import { totalSteps } from '../train/index.ts'
import type { OneShotContext, OneShotEntry, Settings, SupernetEpoch, SupernetPlan, SupernetState } from './one-shot.ts'

export interface SupernetHooks {
  onEpoch(record: SupernetEpoch): void | Promise<void>
  /** State to save so that training can go on exactly; after every epoch, within long ones now and then, and at the end. */
  onCheckpoint?(state: SupernetState): void | Promise<void>
  readonly resumeFrom?: SupernetState
  /** When to stop, in milliseconds since 1970. */
  readonly deadline?: number
  readonly signal?: AbortSignal
  /** Seconds between states within an epoch; default 30. */
  readonly checkpointSeconds?: number
}

/** Asks for a plan, which is told before training begins. */
export interface PlanRequest {
  /** For training, asked when it is time to plan; absent where time does not count. */
  readonly seconds?: () => number
  planned(plan: SupernetPlan): void | Promise<void>
}

export interface SupernetResult {
  /** 'stopped': by the clock or the signal, with a state. */
  readonly status: 'finished' | 'stopped' | 'failed'
  readonly reason?: string
  readonly state: SupernetState
}

/** A training is recorded so often at least. */
const leastRecords = 10

/** An epoch under way, as it is saved with the state. */
interface Partial {
  readonly loss: number
  readonly steps: number
}

/** Trains a supernet as planned, epoch by epoch. A run that goes on from a saved state ends bit-equal to an undisturbed one. */
export async function trainSupernet(
  entry: OneShotEntry,
  context: OneShotContext,
  given: SupernetPlan | PlanRequest,
  options: Settings,
  hooks: SupernetHooks,
): Promise<SupernetResult> {
  const { resumeFrom, deadline = Infinity, signal, checkpointSeconds = 30 } = hooks
  const trainer = await entry.trainer(context, options)
  try {
    const plan = 'planned' in given ? await trainer.plan(given.seconds?.()) : given
    if ('planned' in given) await given.planned(plan)
    trainer.begin(plan)
    let partial: Partial = { loss: 0, steps: 0 }
    if (resumeFrom) {
      const { method, partial: before } = resumeFrom.learned as { readonly method: unknown; readonly partial: Partial }
      trainer.restore({ ...resumeFrom, learned: method })
      partial = before
    }
    const state = (): SupernetState => {
      const now = trainer.state()
      return { ...now, learned: { method: now.learned, partial } }
    }
    const steps = totalSteps(plan, trainer.batches)
    // Records come with every pass over the data, and ten times at least.
    const every = Math.max(1, Math.min(trainer.batches, Math.ceil(steps / leastRecords)))
    let began = performance.now()
    let saved = performance.now()
    let stepMs = 0
    const stopping = (): string | undefined => {
      if (signal?.aborted) return 'it was cancelled'
      return Date.now() + stepMs > deadline ? 'its time was up' : undefined
    }
    while (trainer.step < steps) {
      const reason = stopping()
      if (reason) return { status: 'stopped', reason, state: state() }
      const from = performance.now()
      const loss = await trainer.advance()
      stepMs = performance.now() - from
      const fault = lossFault(loss, trainer.step)
      if (fault) return { status: 'failed', reason: fault, state: state() }
      partial = { loss: partial.loss + loss, steps: partial.steps + 1 }
      const atEnd = trainer.step % every === 0 || trainer.step >= steps
      if (atEnd) {
        const inspected = await trainer.inspect()
        const now = performance.now()
        const epoch = Math.ceil(trainer.step / every)
        const record = { epoch, step: trainer.step, trainLoss: partial.loss / partial.steps, seconds: (now - began) / 1000, ...inspected }
        began = now
        partial = { loss: 0, steps: 0 }
        await hooks.onEpoch(record)
      }
      if (atEnd || performance.now() - saved > 1000 * checkpointSeconds) {
        saved = performance.now()
        await hooks.onCheckpoint?.(state())
      }
    }
    return { status: 'finished', state: state() }
  } finally {
    await trainer.release()
  }
}

/** What the method has learnt, of a state that `trainSupernet` gave. */
export const learnedOf = (state: Pick<SupernetState, 'learned'>): unknown => (state.learned as { readonly method?: unknown }).method
