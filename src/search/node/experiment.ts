import { join } from 'node:path'
import { type Dataset, openBatches, openDataset } from '../../data/index.ts'
import { UserError } from '../../errors.ts'
import { loadModel } from '../../model/artifact.ts'
import { defaultBudget, parseBudget, parseFidelity } from '../budget.ts'
import { type Bench, outputsOf } from '../bench.ts'
import type { Fidelity, RunConfig, RunState, Store, TrialRow, WarmStarted } from '../events.ts'
import { isCutOff } from '../fold.ts'
import { isSkipped } from '../observed.ts'
import { checkReduced, isReduced } from '../reduced.ts'
import { affordable } from '../limits.ts'
import { growsIn } from '../grows.ts'
import { isComparable, warmStrategy } from '../warm-start.ts'
import type { Reward } from '../../oneshot/index.ts'
import { createSessionCache } from '../../tensor/index.ts'
import type { Architecture, SearchSpace } from '../../space/types.ts'
import { proxiesOf } from '../proxies.ts'
import { isOneShot, type Searcher } from '../searchers.ts'
import { sharedSpace } from '../supernet.ts'
import type { RunHooks, RunResult, SearchOptions } from './options.ts'
import { planNote, planRun } from './plan.ts'
import { prepare, type Prepared } from './prepare.ts'
import type { Crew } from './crew.ts'
import { trialFolder } from './kept.ts'
import { createProcessCrew, defaultWorkers } from './processes.ts'
import { bestModel, hasModel, writeOnnx, writeRunReport } from './products.ts'
import { createRunPlace, findRun, openRun } from './runs.ts'
import { checkDevice } from './device.ts'
import { earlierNote, readEarlier } from './earlier.ts'
import { isObjectReward, loadReward } from './rewards.ts'
import { loadSearcher } from './known-searcher.ts'
import { isObjectSpace, loadSpace } from './spaces.ts'
import { conduct, resultOf, runOf, type Search } from './study.ts'
import { version } from './version.ts'
import { withRun } from './with-run.ts'

export { trainArchitecture } from './train-architecture.ts'
export type { RunHooks, RunResult, SearchOptions, TrainRequest } from './options.ts'

/**
 * The whole job: search, final training, test, export, report, within the budget.
 *
 * @throws UserError before anything is written, for whatever of the options or the data is not as it must be
 */
export async function runSearch(options: SearchOptions, hooks: RunHooks = {}): Promise<RunResult> {
  const since = options.since ?? performance.timeOrigin
  if (options.budget === undefined) hooks.onNote?.(`No budget given: taking ${defaultBudget}, from start to end.`)
  const budget = parseBudget(options.budget ?? defaultBudget)
  if (options.fidelity !== undefined) parseFidelity(options.fidelity)
  await checkDevice(options.device)
  const prepared = await prepare(options, hooks)
  const { data, dataset, named, space, objectives, limits, reward, inherit, proxies } = prepared
  const { named: namedStrategy, searcher: strategy } = prepared.strategy
  if (options.fidelity !== undefined) checkFidelity(parseFidelity(options.fidelity), prepared)
  const earlier = options.warmStart === undefined ? undefined : readEarlier(options.warmStart, space)
  const place = createRunPlace(options.out, hooks.onNote)
  const draft: RunConfig = {
    run: place.run,
    version,
    command: options.command,
    data,
    target: options.target,
    space: named.name,
    spaceHash: named.hash,
    strategy: namedStrategy.name,
    strategyHash: namedStrategy.hash,
    strategyOptions: options.strategyOptions ?? {},
    objectives,
    reward: reward?.named.name,
    rewardHash: reward?.named.hash,
    ...(inherit && { inherit }),
    ...(proxies && { proxies }),
    ...(earlier && { warmStart: earlier.run }),
    budget,
    limits,
    fidelity: { epochs: 1 },
    // An object cannot be sent to another process.
    workers: isObjectSpace(named.name) || isObjectReward(reward?.named.name) ? 1 : (options.workers ?? defaultWorkers()),
    deterministic: options.deterministic ?? false,
    seed: options.seed ?? 0,
    device: options.device ?? 'cpu',
    finalShare: options.finalShare ?? defaultFinalShare(strategy, options),
    finalEpochs: options.finalEpochs,
    trialSeconds: budget.seconds === undefined ? undefined : Math.max(30, budget.seconds / 4),
  }
  const crew = await crewFor(draft, { space, dataset, reward: reward?.reward }, place.folder)
  return withRun(place, crew, async (store) => {
    const plan = await planRun(draft, options.fidelity, dataset.train.count, crew, since, hooks)
    hooks.onNote?.(planNote(budget, plan, draft.workers, isOneShot(strategy)))
    const config = { ...draft, ...plan }
    const warm: WarmStarted[] = []
    if (earlier) {
      const told = isComparable(earlier.config, config)
      hooks.onNote?.(earlierNote(earlier, told))
      warm.push({ type: 'warm-started', run: earlier.run, told, trials: earlier.trials })
    }
    for (const event of store.append([{ type: 'run-started', config, since }, ...warm])) hooks.onEvent?.(event)
    const search = searchWith(space, strategy, config, dataset, warm[0])
    return conduct({ place, store, crew, search, examples: dataset.train.count }, hooks)
  })
}

/** @throws UserError for trials that cannot be made smaller, or have to be as they are */
function checkFidelity(fidelity: Fidelity, { named, dataset, strategy, inherit }: Prepared): void {
  if (!isReduced(fidelity)) return
  if (isOneShot(strategy.searcher))
    throw new UserError(
      `With ${strategy.searcher.name} no trial is trained by itself, so none can be smaller: give epochs alone with --fidelity.`,
    )
  if (inherit)
    throw new UserError(
      'Networks that inherit weights have to be as large as the final one: give epochs or a share of the data with --fidelity.',
    )
  checkReduced(fidelity, named.name, dataset.input)
}

/** Share of the time for the final training by where its weights come from: shared ones need a test alone; one search with them is short, so that more is left to train. */
const finalShares = { shared: 0.1, better: 0.5, scratch: 0.65 } as const

const defaultFinalShare = (searcher: Searcher, { strategyOptions }: SearchOptions): number =>
  isOneShot(searcher) ? finalShares[searcher.finalWeights?.(strategyOptions) ?? 'scratch'] : 0.5

/** What may be other than before when a run goes on. */
export interface ResumeChange {
  /** In place of the old budget, counting what was used already. */
  readonly budget?: string
  readonly workers?: number
  /** Trials that a proxy stopped and that are to be trained whole, from their checkpoints; nothing else is done then. */
  readonly goOn?: readonly number[]
  /** The space, if it was an object of the program that began the run. */
  readonly space?: SearchSpace
  /** The reward, if it was a function of the program that began the run. */
  readonly reward?: Reward
  /** The strategy, if it is not in the registry. */
  readonly strategy?: Searcher
  /** When the time counts from; default: when this process started. */
  readonly since?: number
}

/**
 * Goes on with a run exactly where it was. A run that has ended, with no larger budget given, is only reported.
 *
 * @throws UserError when there is no such run, another process works on it, or its data or space are gone
 */
export async function resumeRun(name: string, change: ResumeChange = {}, hooks: RunHooks = {}): Promise<RunResult> {
  const place = findRun(name)
  const budget = change.budget === undefined ? undefined : parseBudget(change.budget)
  const { state, trials } = openRun(place.folder)
  for (const number of change.goOn ?? []) canGoOn(state.config.run, trials, number)
  if (isOver(state) && budget === undefined && change.goOn === undefined) return resultOf(place, state, trials)
  const workers = change.workers ?? state.config.workers
  if (state.config.deterministic && workers !== state.config.workers) {
    throw new UserError(
      `Run ${state.config.run} is deterministic with ${state.config.workers} workers: go on with that number (leave out --workers).`,
    )
  }
  const { data, target, seed, space: spaceName, spaceHash: hash, command } = state.config
  const space = change.space && isObjectSpace(spaceName) ? change.space : await loadSpace({ name: spaceName, hash })
  const recorded = { name: state.config.strategy, hash: state.config.strategyHash }
  const strategy = command === 'train' ? undefined : (change.strategy ?? (await loadSearcher(recorded)))
  const dataset = await openDataset(data, { target, seed, onNote: hooks.onNote })
  const at = { run: state.config.run, folder: place.folder }
  const { reward: rewardName, rewardHash } = state.config
  const reward = change.reward && isObjectReward(rewardName) ? change.reward : await loadReward({ name: rewardName, hash: rewardHash })
  const crew = await crewFor({ ...state.config, workers }, { space, dataset, reward }, place.folder)
  return withRun(at, crew, async (store) => {
    const since = change.since ?? performance.timeOrigin
    const goOn = change.goOn && { trials: change.goOn, ended: state.ended?.reason ?? 'interrupted' }
    const before = runOf(store).config
    const config = { ...before, workers, budget: budget ?? before.budget }
    for (const event of store.append([{ type: 'run-resumed', config, since }])) hooks.onEvent?.(event)
    const search = strategy && searchWith(space, strategy, config, dataset, warmStartOf(store, config))
    return conduct({ place: at, store, crew, search, examples: dataset.train.count, ...(goOn && { goOn }) }, hooks)
  })
}

/** @throws UserError for a trial that is not there, or was not stopped by a proxy */
function canGoOn(run: string, trials: readonly TrialRow[], number: number): void {
  const row = trials.find((trial) => trial.number === number)
  if (row === undefined) throw new UserError(`Run ${run} has no trial ${number} (nascent show ${run}).`)
  if (row.status === 'stopped' && !isCutOff(row) && row.replayOf === undefined && !isSkipped(row)) return
  const why = row.replayOf === undefined ? `it is ${row.status}` : `its result is that of trial ${row.replayOf}`
  throw new UserError(`Trial ${number} of run ${run} cannot go on: ${why}; only trials that a proxy stopped on their way can.`)
}

/** Worker processes; this process for a space or a reward that only it has. */
async function crewFor(config: RunConfig, parts: Pick<Bench, 'space' | 'dataset' | 'reward'>, folder: string): Promise<Crew> {
  if (!isObjectSpace(config.space) && !isObjectReward(config.reward)) return createProcessCrew({ workers: config.workers, folder })
  const { createNodeRuntime } = await import('../../tensor/node/index.ts')
  const { createLocalCrew } = await import('./local-crew.ts')
  const runtime = await createNodeRuntime()
  return createLocalCrew({ runtime, ...parts, openBatches, device: config.device, cache: createSessionCache() }, config, folder)
}

/** Ended by its budget or its space, with its final model. */
const isOver = ({ ended, final }: RunState): boolean =>
  ended !== undefined && ended.reason !== 'interrupted' && ended.reason !== 'failed' && final?.metrics !== undefined

/** The space within what the run can afford, and what proposes its architectures. */
function searchWith(whole: SearchSpace, searcher: Searcher, config: RunConfig, dataset: Dataset, warm?: WarmStarted): Search {
  const { seed, objectives, strategyOptions } = config
  let count = 0
  const rejected = (): number => count
  const reject = (): number => count++
  if (isOneShot(searcher)) {
    const space = sharedSpace(whole, config, dataset, reject)
    const proposer = (learned: unknown): ReturnType<typeof searcher.proposer> =>
      searcher.proposer({ space, seed, objectives }, learned, strategyOptions)
    return { space, method: searcher, proposer, rejected }
  }
  const context = { input: dataset.input, outputs: outputsOf(dataset) }
  const space = affordable(whole, config, context, reject)
  const strategy = searcher.make({ space, seed, objectives, inherits: config.inherit, grows: growsIn(space, context) }, strategyOptions)
  const costOf = (architecture: Architecture): Readonly<Record<string, number>> => {
    const { parameters, flops } = space.cost(architecture, context)
    return { parameters, flops }
  }
  const proxies = config.proxies && proxiesOf(config, { space, seed, objective: objectives[0] })
  return {
    space,
    strategy: warm ? warmStrategy(strategy, warm, space, objectives) : strategy,
    rejected,
    ...(proxies && { costOf, proxies }),
  }
}

/** What a run began with, from its second event. */
function warmStartOf(store: Store, { warmStart }: RunConfig): WarmStarted | undefined {
  if (warmStart === undefined) return undefined
  return store.read(0, 2).find((event) => event.type === 'warm-started')
}

/**
 * Writes a run's model as ONNX: the final one (the best trial's while there is none), or a trial's.
 *
 * @returns the path written
 * @throws UserError when the run or the trial has no model
 */
export async function exportRun(name: string, { trial, out }: { readonly trial?: number; readonly out?: string } = {}): Promise<string> {
  const { summary, state, trials } = openRun(name)
  if (trial === undefined) {
    const model = await bestModel(summary.folder, state)
    if (model === undefined)
      throw new UserError(`Run ${summary.run} has no model yet: no trial has finished (nascent resume ${summary.run}).`)
    return writeOnnx(model, out ?? join(summary.folder, 'model.onnx'))
  }
  const row = trials.find(({ number }) => number === trial)
  if (row === undefined)
    throw new UserError(`Run ${summary.run} has no trial ${trial}; it has ${trials.length} (nascent show ${summary.run}).`)
  const folder = trialFolder(summary.folder, row.replayOf ?? trial)
  if (!hasModel(folder)) {
    const why = row.status === 'finished' ? 'its weights were not kept, because others were better' : `it is ${row.status}`
    throw new UserError(
      `Trial ${trial} of run ${summary.run} has no model: ${why}. Train it for real: nascent train ${summary.run} ${state.config.data} --trial ${trial}.`,
    )
  }
  return writeOnnx(await loadModel(folder), out ?? join(summary.folder, `trial-${trial}.onnx`))
}

/** Writes a run's report; gives its path. @throws UserError when the run has no model to report */
export async function reportRun(name: string, { out }: { readonly out?: string } = {}): Promise<string> {
  const { summary, state, trials } = openRun(name)
  const model = await bestModel(summary.folder, state)
  if (model === undefined)
    throw new UserError(`Run ${summary.run} has nothing to report yet: no trial has finished (nascent resume ${summary.run}).`)
  return writeRunReport(model, state, trials, out ?? join(summary.folder, 'report.html'))
}
