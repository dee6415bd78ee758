import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SearchSpace } from '../../space/types.ts'
import { learnedOf, type OneShotEntry } from '../../oneshot/index.ts'
import type { Strategy } from '../../strategy/strategy.ts'
import { planTime, type TimePlan } from '../budget.ts'
import type { RunConfig, RunEnd, RunState, Store, TrialRow } from '../events.ts'
import type { EpochRecord } from '../../train/index.ts'
import { isBetter, usedSeconds } from '../fold.ts'
import { isSkipped } from '../observed.ts'
import { savingsOf } from '../savings.ts'
import { forgotten } from '../forget.ts'
import type { FinalOutcome } from '../final.ts'
import { frontOf } from '../front.ts'
import { type LoopEnd, type LoopOptions, runLoop } from '../loop.ts'
import { type Course, finalModel, type Recorder, type Winner } from './finish.ts'
import { trialFolder } from './kept.ts'
import type { RunHooks, RunResult } from './options.ts'
import { bestModel, hasModel, writeOnnx, writeRunReport } from './products.ts'
import type { RunPlace } from './runs.ts'
import { loadSupernet } from './supernet.ts'
import { supernetPhase } from './supernet-phase.ts'

/** A course with what it searches. */
export interface Study extends Course {
  /** Undefined when one architecture is trained without a search. */
  readonly search?: Search
  /** Stopped trials that are to be trained whole, and how the run had ended; nothing else is done then. */
  readonly goOn?: { readonly trials: readonly number[]; readonly ended: RunEnd }
}

/** A space with what proposes its architectures; with shared weights the proposer is made of what was learnt while they were trained. */
export type Search = {
  readonly space: SearchSpace
  /** Architectures rejected for their cost in this process. */
  readonly rejected: () => number
} & (
  | ({ readonly strategy: Strategy } & Pick<LoopOptions, 'proxies' | 'costOf'>)
  | { readonly method: OneShotEntry; readonly proposer: (learned: unknown) => Strategy }
)

/** Models of so many finished trials are kept, the best ones. */
const keptModels = 50

/** Runs what is left of a run: the search, the final training, export and report; records each step before the next. */
export async function conduct(study: Study, hooks: RunHooks): Promise<RunResult> {
  const { store } = study
  const record = recorder(study, hooks)
  try {
    const state = runOf(store)
    if (study.goOn && study.search && 'strategy' in study.search)
      return await trainWhole(study, study.goOn.ended, study.search, record, hooks)
    const time = timePlan(state)
    const unfinal = unfinishedFinal(state)
    const end: LoopEnd = unfinal || !study.search ? { reason: 'trials' } : await searchOn(study, study.search, time, record, hooks)
    const winner = unfinal ?? winnerOf(study)
    if (end.reason === 'interrupted' || hooks.signal?.aborted) return await interrupted(study, record)
    if (winner === undefined || (end.reason === 'failed' && runOf(store).best === undefined)) return nothing(end, record)
    if (end.reason === 'failed') hooks.onNote?.(`The search ended early: ${end.message}.`)
    const outcome = await finalModel(study, winner, runOf(store), time, record, hooks)
    if (outcome === 'interrupted') return await interrupted(study, record)
    const files = await products(study, outcome, winner, record)
    record({ type: 'run-ended', reason: end.reason, message: end.message, rejected: study.search?.rejected() })
    return resultOf(study.place, runOf(store), store.trials(), files)
  } catch (error) {
    tryTo(() => record({ type: 'run-ended', reason: 'failed', message: error instanceof Error ? error.message : String(error) }))
    throw error
  }
}

/** Trains stopped trials whole; the final model stays what it is. */
async function trainWhole(
  study: Study,
  before: RunEnd,
  search: Extract<Search, { readonly strategy: Strategy }>,
  record: Recorder,
  hooks: RunHooks,
): Promise<RunResult> {
  const end = await proposals(study, search, runOf(study.store).config, undefined, hooks)
  record({ type: 'run-ended', reason: end.reason === 'interrupted' ? end.reason : before })
  return resultOf(study.place, runOf(study.store), study.store.trials())
}

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
  // None planned: a trial's model was to be taken.
  if (epochs === 0) return { architecture, number }
  return { architecture, number, plan: { epochs, ...(steps === undefined ? {} : { steps }) } }
}

function winnerOf({ store, search }: Study): Winner | undefined {
  const { best, config } = runOf(store)
  if (config.architecture !== undefined) return { architecture: config.architecture }
  if (best) return { architecture: best.architecture, number: best.number }
  // The time was too short for a whole trial: the one that got furthest is trained with what is left, the better one among equals.
  const first = furthest(store.trials(), config)
  if (first) return { architecture: first.architecture }
  // Not even one was begun.
  const proposal = search && 'strategy' in search ? search.strategy.ask(0) : 'exhausted'
  return proposal === 'exhausted' || search === undefined ? undefined : { architecture: search.space.print(proposal.architecture) }
}

function furthest(rows: readonly TrialRow[], { objectives }: RunConfig): TrialRow | undefined {
  const { metric, direction } = objectives[0]
  const last = ({ curve }: TrialRow): EpochRecord | undefined => curve[curve.length - 1]
  return rows
    .filter((row) => row.status === 'stopped' && !isSkipped(row))
    .reduce<TrialRow | undefined>((best, row) => {
      if (best === undefined) return row
      const [share, most] = [last(row)?.share ?? 0, last(best)?.share ?? 0]
      if (share !== most) return share > most ? row : best
      return isBetter(last(row)?.metrics[metric], last(best)?.metrics[metric], direction) ? row : best
    }, undefined)
}

async function searchOn(study: Study, search: Search, time: TimePlan | undefined, record: Recorder, hooks: RunHooks): Promise<LoopEnd> {
  if ('strategy' in search) return proposals(study, search, runOf(study.store).config, time, hooks)
  const { space, method, proposer } = search
  const early = await supernetPhase(study, method, runOf(study.store), time, record, hooks)
  if (early) return early
  const strategy = proposer(learnedOf(loadSupernet(study.place.folder)))
  const { config } = runOf(study.store)
  const trials = config.budget.trials ?? method.proposals
  // However long the shared weights took, one path is judged: without it there would be nothing to train.
  const late = time !== undefined && Date.now() >= time.searchUntil && study.store.trials().length === 0
  const budget = { ...config.budget, trials: late ? 1 : trials }
  return proposals(study, { space, strategy }, { ...config, budget }, late ? undefined : time, hooks)
}

function proposals(
  { store, crew, place, goOn }: Study,
  { space, strategy, proxies, costOf }: Pick<LoopOptions, 'space' | 'strategy' | 'proxies' | 'costOf'>,
  config: RunConfig,
  time: TimePlan | undefined,
  hooks: RunHooks,
): Promise<LoopEnd> {
  const forget = (): void => forgetWorst(place.folder, store)
  forget()
  const onEvent: RunHooks['onEvent'] = (event) => {
    hooks.onEvent?.(event)
    if (event.type === 'trial-started') forget()
  }
  return runLoop({
    config,
    store,
    strategy,
    space,
    proxies,
    costOf,
    goOn: goOn?.trials,
    executor: crew,
    signal: hooks.signal,
    deadline: time?.searchUntil,
    onEvent,
    ...(config.inherit ? { ancestor: (parents) => ancestorOf(place.folder, store, parents) } : {}),
  })
}

/** The trial from whose kept model a child of these parents begins: the first parent's, if it is still there. */
function ancestorOf(folder: string, store: Store, [parent]: readonly number[]): number | undefined {
  const row = store.trials().find(({ number }) => number === parent)
  const number = row?.replayOf ?? row?.number
  return number !== undefined && hasModel(trialFolder(folder, number)) ? number : undefined
}

/**
 * Removes the models of the worst trials when more are kept than may be. Which ones depends on the trials' numbers and results alone, not on when this is
 * called or in which order the latest results came, so that a search which inherits weights goes on alike after a kill.
 */
function forgetWorst(folder: string, store: Store): void {
  const state = store.run()
  if (state === undefined || state.trials.finished <= keptModels) return
  for (const number of forgotten(store.trials(), state.config, keptModels)) {
    rmSync(trialFolder(folder, number), { recursive: true, force: true })
  }
}

async function interrupted(study: Study, record: Recorder): Promise<RunResult> {
  record({ type: 'run-ended', reason: 'interrupted', rejected: study.search?.rejected() })
  const state = runOf(study.store)
  const model = await bestModel(study.place.folder, state)
  const files = model ? [await writeOnnx(model, join(study.place.folder, 'model.onnx'))] : []
  return resultOf(study.place, state, study.store.trials(), files)
}

function nothing(end: LoopEnd, record: Recorder): never {
  const message = end.message ?? 'no trial could be run'
  record({ type: 'run-ended', reason: 'failed', message })
  throw new Error(`The search ended without a finished trial: ${message}`)
}

async function products({ place, store }: Study, outcome: FinalOutcome, winner: Winner, record: Recorder): Promise<readonly string[]> {
  const at = (name: string): string => join(place.folder, name)
  const { metrics, test, weights } = outcome
  const after: RunState = { ...runOf(store), final: { architecture: winner.architecture, epochs: 0, curve: [], metrics, test, weights } }
  const model = await bestModel(place.folder, after)
  if (model === undefined) throw new Error(`the final model is not in ${place.folder}`)
  const files = [await writeOnnx(model, at('model.onnx')), at('model.safetensors'), at('model.json')]
  // The report shows the time up to now.
  const seconds = (Date.now() - after.since) / 1000
  files.splice(1, 0, await writeRunReport(model, { ...after, lastAt: after.since + seconds * 1000 }, store.trials(), at('report.html')))
  record({ type: 'final-ended', architecture: winner.architecture, metrics, test, files, ...(weights === undefined ? {} : { weights }) })
  return files
}

/** What a run has come to, for the caller. */
export function resultOf(
  { run, folder }: RunPlace,
  state: RunState,
  rows: readonly TrialRow[],
  files: readonly string[] = state.final?.files ?? [],
): RunResult {
  const { final, best, trials } = state
  const { finished, stopped, failed } = trials
  const shown = final?.metrics ? { number: final.number, architecture: final.architecture, metrics: final.metrics } : best
  return {
    run,
    folder,
    best: shown,
    front: frontOf(state.config.objectives, rows),
    test: final?.test ?? {},
    trials: { finished, stopped, failed },
    savings: savingsOf(state.config, rows),
    rejected: state.rejected ?? 0,
    seconds: usedSeconds(state),
    files,
  }
}

function tryTo(work: () => void): void {
  try {
    work()
  } catch {
    // What failed first is what is said.
  }
}
