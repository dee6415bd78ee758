import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { loadModel, saveModel, summarizeData, takeExamples, type TestResult } from '../../model/artifact.ts'
import { summarizeTest } from '../../model/test-result.ts'
import { decodeState, encodeState, evaluate, type TrainState } from '../../train/index.ts'
import { type Bench, finite } from '../bench.ts'
import { UserError } from '../../errors.ts'
import type { RunConfig } from '../events.ts'
import type { Ancestor } from '../inherit.ts'
import { type FinalHooks, type FinalOutcome, type FinalTask, runFinal } from '../final.ts'
import type { Trained } from '../trial.ts'
import { finalStateName, writeWhole } from './runs.ts'

/** A state of the final training is written at most this often. */
const stateMs = 15_000

/** Where a trial's model lies in the run's folder. */
export const trialFolder = (folder: string, number: number): string => join(folder, 'trials', String(number))

/** Keeps a trained network with all that an export needs later, without the data. */
export async function keepTrained(
  folder: string,
  { dataset }: Bench,
  config: RunConfig,
  trained: Trained,
  test?: TestResult,
): Promise<void> {
  const { architecture, network, weights, metrics, curve } = trained
  const { version, space } = config
  const data = summarizeData(dataset)
  const examples = takeExamples(dataset.valid, dataset.input)
  await saveModel({ version, architecture, space, network, weights, data, metrics, curve, examples, ...(test ? { test } : {}) }, folder)
}

/** The trained network of a trial of the run in `folder`; undefined when it is no longer kept. */
export async function recallTrained(folder: string, number: number): Promise<Ancestor | undefined> {
  try {
    const { network, weights } = await loadModel(trialFolder(folder, number))
    return { number, network, weights }
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

const pausedName = 'paused.safetensors'

/** Where a trial stands that was told to stop, in its folder. */
export function keepPaused(folder: string, state: TrainState | undefined): void {
  const path = join(folder, pausedName)
  if (state === undefined) return rmSync(path, { force: true })
  mkdirSync(folder, { recursive: true })
  writeWhole(path, encodeState(state))
}

/** Undefined where it is no longer kept, or damaged: the trial begins anew. */
export const recallPaused = (folder: string): TrainState | undefined => savedState(join(folder, pausedName))

/** Trains the final model and keeps it; its state is kept on the way, so that a killed process loses little. */
export async function finishIn(
  bench: Bench,
  task: FinalTask,
  folder: string,
  hooks: Pick<FinalHooks, 'onPlan' | 'onEpoch' | 'signal'>,
): Promise<FinalOutcome> {
  const state = join(folder, finalStateName)
  let saved = Date.now()
  const { outcome, trained } = await runFinal(bench, task, {
    ...hooks,
    resumeFrom: savedState(state),
    async onCheckpoint(now) {
      if (Date.now() - saved < stateMs) return
      saved = Date.now()
      mkdirSync(folder, { recursive: true })
      writeWhole(state, encodeState(now))
    },
  })
  if (trained) {
    await keepTrained(folder, bench, task.config, trained, summarizeTest(bench.dataset, trained.tested))
    rmSync(state, { force: true })
  }
  return outcome
}

/** Takes a trial's model for the final one. */
export async function adoptIn({ dataset, runtime, threads, device }: Bench, from: string, folder: string): Promise<FinalOutcome> {
  const model = await loadModel(from)
  const tested = await evaluate({ runtime, network: model.network, weights: model.weights, dataset, part: 'test', threads, device })
  await saveModel({ ...model, test: summarizeTest(dataset, tested) }, folder)
  return { status: 'finished', metrics: model.metrics, test: finite(tested.metrics) }
}

/** The state that a killed process left; a damaged one is as good as none. */
function savedState(path: string): TrainState | undefined {
  if (!existsSync(path)) return undefined
  try {
    return decodeState(readFileSync(path), path)
  } catch {
    return undefined
  }
}
