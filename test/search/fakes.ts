import type { Executor, RunConfig, Store, TrialEnd, TrialTask } from '../../src/search/events.ts'
import type { LoopOptions } from '../../src/search/loop.ts'
import { choice, conv, globalPool, dense, randomFor, repeat, sequence, space } from '../../src/space/index.ts'
import { findStrategy } from '../../src/strategy/index.ts'
import type { Outcome, Strategy } from '../../src/strategy/strategy.ts'

export const objectives = [{ metric: 'accuracy', direction: 'maximize' }] as const

/** A small real space. */
export const smallSpace = space(
  'small',
  sequence(
    repeat('depth', [1, 3], choice('op', { a: conv(choice('width', [4, 8, 16]), 3), b: conv(8, 5) })),
    globalPool(),
    dense('classes'),
  ),
)

export function configOf(changes: Partial<RunConfig> = {}): RunConfig {
  return {
    run: 'test',
    version: '0',
    command: 'search',
    data: 'none',
    space: 'small',
    strategy: 'evolution',
    strategyOptions: { population: 4, sample: 2 },
    objectives,
    budget: { trials: 12 },
    fidelity: { epochs: 2 },
    workers: 1,
    deterministic: false,
    seed: 5,
    device: 'cpu',
    finalShare: 0.5,
    ...changes,
  }
}

export function strategyOf(config: RunConfig): Strategy {
  return findStrategy(config.strategy).make({ space: smallSpace, seed: config.seed, objectives }, config.strategyOptions)
}

/** An accuracy that depends on the architecture alone, as that of a real trial does. */
export const accuracyOf = (architecture: string): number => randomFor(1, architecture).next()

export const epoch = (number: number) => ({ epoch: number, step: number, trainLoss: 1, validLoss: 1, metrics: {}, seconds: 0 })

/** Ends trials in an order drawn from `seed`, after two epochs each. */
export function fakeExecutor(
  slots: number,
  seed = 0,
  evaluate = (task: TrialTask): TrialEnd => finished(task),
): Executor & { readonly ran: number[] } {
  const random = randomFor(seed, 'delays')
  const ran: number[] = []
  return {
    slots,
    ran,
    async run(task, { onEpoch }, signal) {
      ran.push(task.number)
      for (let i = 1; i <= 2; i++) {
        await new Promise((resolve) => setTimeout(resolve, slots === 1 ? 0 : random.next() * 6))
        if (signal.aborted) return { status: 'stopped', metrics: {} }
        await onEpoch(epoch(i))
      }
      return evaluate(task)
    },
    close: async () => {},
  }
}

export const finished = ({ architecture }: TrialTask): TrialEnd => ({ status: 'finished', metrics: { accuracy: accuracyOf(architecture) } })

/** Never ends a trial but when it is cancelled. */
export const endlessExecutor = (slots: number): Executor => ({
  slots,
  run: (_, { onEpoch }, signal) =>
    new Promise((resolve) => {
      void onEpoch(epoch(1))
      signal.addEventListener('abort', () => resolve({ status: 'stopped', metrics: {}, reason: 'it was cancelled' }))
    }),
  close: async () => {},
})

/** Passes everything on and notes which numbers had been told when a proposal was asked for. */
export function watched(strategy: Strategy): Strategy & { readonly seen: Map<number, number[]>; readonly told: Outcome[] } {
  const seen = new Map<number, number[]>()
  const told: Outcome[] = []
  return {
    seen,
    told,
    ask(n) {
      seen.set(
        n,
        told.map(({ number }) => number),
      )
      return strategy.ask(n)
    },
    tell(outcome) {
      told.push(outcome)
      strategy.tell(outcome)
    },
    save: () => strategy.save(),
    restore: (state) => strategy.restore(state),
  }
}

export function loopOptions(store: Store, config: RunConfig, executor: Executor, more: Partial<LoopOptions> = {}): LoopOptions {
  return { config, store, strategy: strategyOf(config), space: smallSpace, executor, ...more }
}

/** What two equal searches have in common. */
export const listOf = (store: Store) =>
  store.trials().map(({ number, architecture, status, metrics }) => ({ number, architecture, status, accuracy: metrics.accuracy }))
