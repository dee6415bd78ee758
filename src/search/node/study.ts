import { existsSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { SearchSpace } from '../../space/types.ts'
import type { Strategy } from '../../strategy/strategy.ts'
import type { StepPlan } from '../../train/index.ts'
import { finalEpochsBySize, planTime, type TimePlan } from '../budget.ts'
import type { Metrics, RunConfig, RunState, SearchEvent, Store } from '../events.ts'
import { isBetter, usedSeconds } from '../fold.ts'
import type { FinalOutcome } from '../final.ts'
import { type LoopEnd, runLoop } from '../loop.ts'
import type { RunHooks, RunResult } from './options.ts'
import { memoryShare, type ProcessExecutor, trialFolder, usableMemory } from './processes.ts'
import { bestModel, hasModel, writeOnnx, writeRunReport } from './products.ts'
import { finalStateName, type RunPlace } from './runs.ts'

/** A run that has begun: its place, its open store, and what computes. */
export interface Study {
  readonly place: RunPlace
  readonly store: Store
  readonly executor: ProcessExecutor
  /** Undefined when one architecture is trained without a search. */
  readonly search?: { readonly space: SearchSpace; readonly strategy: Strategy }
  /** Records of the training part, for plans by size. */
  readonly examples: number
}

/** Models of so many finished trials are kept, the best ones. */
const keptModels = 50
/** With less time than this a final training is not begun: the best trial's model is the final one. */
const leastFinalMs = 2500

/** What a final training begins with. */
interface Winner {
  readonly architecture: string
  readonly number?: number
  /** What was planned before a kill. */
  readonly plan?: StepPlan
}

/** Runs what is left of a run: the search, the final training, export and report; records each step before the next. */
export async function conduct(study: Study, hooks: RunHooks): Promise<RunResult> {
  const { store } = study
  const record = recorder(study, hooks)
  try {
    const state = runOf(store)
    const time = timePlan(state)
    const unfinal = unfinishedFinal(state)
    const end: LoopEnd = unfinal || !study.search ? { reason: 'trials' } : await searchOn(study, study.search, time, hooks)
    const winner = unfinal ?? winnerOf(study)
    if (end.reason === 'interrupted' || hooks.signal?.aborted) return await interrupted(study, record)
    if (winner === undefined || (end.reason === 'failed' && runOf(store).best === undefined)) return nothing(end, record)
    if (end.reason === 'failed') hooks.onNote?.(`The search ended early: ${end.message}.`)
    const outcome = await finalModel(study, winner, time, record, hooks)
    if (outcome === 'interrupted') return await interrupted(study, record)
    const files = await products(study, outcome, winner, record)
    record({ type: 'run-ended', reason: end.reason, message: end.message })
    return resultOf(study.place, runOf(store), files)
  } catch (error) {
    tryTo(() => record({ type: 'run-ended', reason: 'failed', message: error instanceof Error ? error.message : String(error) }))
    throw error
  }
}

type Recorder = (...events: SearchEvent[]) => void

function recorder({ store }: Study, hooks: RunHooks): Recorder {
  return (...events) => {
    for (const event of store.append(events)) hooks.onEvent?.(event)
  }
}

export function runOf(store: Store): RunState {
  const state = store.run()
  if (state === undefined) throw new Error('the run has no beginning')
  return state
}

/** Divides the time that is left; undefined when time does not count. */
function timePlan(state: RunState): TimePlan | undefined {
  const { budget, finalShare } = state.config
  return budget.seconds === undefined ? undefined : planTime(state.since, budget.seconds, state.secondsBefore, finalShare)
}

/** A final training that was begun before a kill and goes on as planned. */
function unfinishedFinal({ final }: RunState): Winner | undefined {
  if (final === undefined || final.metrics !== undefined) return undefined
  const { architecture, number, epochs, steps } = final
  return { architecture, number, plan: { epochs, ...(steps === undefined ? {} : { steps }) } }
}

function winnerOf({ store }: Study): Winner | undefined {
  const { best, config } = runOf(store)
  if (config.architecture !== undefined) return { architecture: config.architecture }
  if (best) return { architecture: best.architecture, number: best.number }
  // The time was too short for a trial: the first one is trained with what is left.
  const first = store.trials().find(({ status }) => status === 'stopped')
  return first && { architecture: first.architecture }
}

function searchOn(
  { store, executor, place }: Study,
  { space, strategy }: NonNullable<Study['search']>,
  time: TimePlan | undefined,
  hooks: RunHooks,
): Promise<LoopEnd> {
  const onEvent: RunHooks['onEvent'] = (event) => {
    hooks.onEvent?.(event)
    if (event.type === 'trial-ended') forgetWorst(place.folder, store)
  }
  return runLoop({
    config: runOf(store).config,
    store,
    strategy,
    space,
    executor,
    signal: hooks.signal,
    deadline: time?.searchUntil,
    onEvent,
  })
}

/** Removes the model of the worst trial when more are kept than may be. */
function forgetWorst(folder: string, store: Store): void {
  const state = store.run()
  const objective = state?.config.objectives[0]
  if (state === undefined || objective === undefined || state.trials.finished <= keptModels) return
  const kept = store.trials().filter(({ number, status }) => status === 'finished' && hasModel(trialFolder(folder, number)))
  if (kept.length <= keptModels) return
  const worst = kept.reduce((a, b) => (isBetter(b.metrics[objective.metric], a.metrics[objective.metric], objective.direction) ? a : b))
  rmSync(trialFolder(folder, worst.number), { recursive: true, force: true })
}

async function interrupted(study: Study, record: Recorder): Promise<RunResult> {
  record({ type: 'run-ended', reason: 'interrupted' })
  const state = runOf(study.store)
  const model = await bestModel(study.place.folder, state)
  const files = model ? [await writeOnnx(model, join(study.place.folder, 'model.onnx'))] : []
  return resultOf(study.place, state, files)
}

function nothing(end: LoopEnd, record: Recorder): never {
  const message = end.message ?? 'no trial could be run'
  record({ type: 'run-ended', reason: 'failed', message })
  throw new Error(`The search ended without a finished trial: ${message}`)
}

/** Trains the winner for real, or takes the best trial's model where there is no time or the training fails. */
async function finalModel(
  study: Study,
  winner: Winner,
  time: TimePlan | undefined,
  record: Recorder,
  hooks: RunHooks,
): Promise<FinalOutcome | 'interrupted'> {
  const { executor, place } = study
  const [worker, ...others] = executor.workers
  if (worker === undefined) throw new Error('there is no worker')
  await Promise.all(others.map((other) => other.close()))
  const state = runOf(study.store)
  const { config } = state
  const done = await keptFinal(place.folder, winner, state)
  if (done) return done
  const trial = winner.number === undefined ? undefined : trialFolder(place.folder, winner.number)
  const compute = { threads: availableParallelism(), shared: false }
  const memoryLimit = memoryShare * usableMemory()
  if (winner.plan === undefined) for (const name of ['model.json', finalStateName]) rmSync(join(place.folder, name), { force: true })

  const adopt = (why: string): Promise<FinalOutcome> => {
    if (trial === undefined || !hasModel(trial)) throw new Error(`The final training failed: ${why}`)
    hooks.onNote?.(`The final model is that of trial ${winner.number}: ${why}.`)
    return worker.call({ type: 'adopt', compute, config, from: trial, folder: place.folder }, { memoryLimit })
  }
  if (time && winner.plan === undefined && time.trainUntil - Date.now() < leastFinalMs && trial && hasModel(trial)) {
    record({ type: 'final-started', architecture: winner.architecture, epochs: 0, number: winner.number })
    return adopt('no time was left for a training of its own')
  }
  const task = {
    architecture: winner.architecture,
    config,
    metrics: metricsOf(study, winner.number),
    plan: winner.plan ?? fixedPlan(config, study.examples),
    // What was planned before a kill is carried out, even if the kill has cost some time.
    until: winner.plan ? undefined : time?.trainUntil,
  }
  try {
    const outcome = await worker.call(
      { type: 'final', compute, task, folder: place.folder },
      {
        signal: hooks.signal,
        memoryLimit,
        onMessage(message, reply) {
          if (message.type === 'epoch') record({ type: 'final-epoch', record: message.record })
          if (message.type !== 'planned') return
          if (winner.plan === undefined)
            record({ type: 'final-started', architecture: winner.architecture, ...message.plan, number: winner.number })
          reply({ type: 'go' })
        },
      },
    )
    if (hooks.signal?.aborted) return 'interrupted'
    return outcome.status === 'failed' ? await adopt(outcome.reason ?? 'its training failed') : outcome
  } catch (error) {
    if (hooks.signal?.aborted) return 'interrupted'
    return adopt(error instanceof Error ? error.message : String(error))
  }
}

/** Validation metrics of the trial that won. */
const metricsOf = ({ store }: Study, number: number | undefined): Metrics | undefined =>
  store.trials().find((row) => row.number === number)?.metrics

/** Without a time budget the length is fixed by the size of the data, so that the same command always does the same. */
function fixedPlan({ budget, finalEpochs }: RunConfig, examples: number): StepPlan | undefined {
  if (finalEpochs !== undefined) return { epochs: finalEpochs }
  return budget.seconds === undefined ? { epochs: finalEpochsBySize(examples) } : undefined
}

/** A final model that was trained and kept just before a kill. */
async function keptFinal(folder: string, { architecture, plan }: Winner, state: RunState): Promise<FinalOutcome | undefined> {
  if (plan === undefined || !hasModel(folder) || existsSync(join(folder, finalStateName))) return undefined
  const model = await bestModel(folder, { ...state, final: { architecture, epochs: plan.epochs, curve: [], metrics: {} } })
  if (model?.architecture !== architecture || model.test === undefined) return undefined
  return { status: 'finished', metrics: model.metrics, test: model.test.metrics }
}

async function products({ place, store }: Study, outcome: FinalOutcome, winner: Winner, record: Recorder): Promise<readonly string[]> {
  const at = (name: string): string => join(place.folder, name)
  const { metrics, test } = outcome
  const after: RunState = { ...runOf(store), final: { architecture: winner.architecture, epochs: 0, curve: [], metrics, test } }
  const model = await bestModel(place.folder, after)
  if (model === undefined) throw new Error(`the final model is not in ${place.folder}`)
  const files = [await writeOnnx(model, at('model.onnx')), at('model.safetensors'), at('model.json')]
  // The report shows the time up to now.
  const seconds = (Date.now() - after.since) / 1000
  files.splice(1, 0, await writeRunReport(model, { ...after, lastAt: after.since + seconds * 1000 }, store.trials(), at('report.html')))
  record({ type: 'final-ended', architecture: winner.architecture, metrics, test, files })
  return files
}

/** What a run has come to, for the caller. */
export function resultOf({ run, folder }: RunPlace, state: RunState, files: readonly string[] = state.final?.files ?? []): RunResult {
  const { final, best, trials } = state
  const { finished, stopped, failed } = trials
  const shown = final?.metrics ? { number: final.number, architecture: final.architecture, metrics: final.metrics } : best
  return { run, folder, best: shown, test: final?.test ?? {}, trials: { finished, stopped, failed }, seconds: usedSeconds(state), files }
}

function tryTo(work: () => void): void {
  try {
    work()
  } catch {
    // What failed first is what is said.
  }
}
