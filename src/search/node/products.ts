import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadModel, type TrainedModel } from '../../model/artifact.ts'
import type { RunState, TrialRow } from '../events.ts'
import { usedSeconds } from '../fold.ts'
import { trialFolder } from './kept.ts'

/** Whether a folder holds a whole model (model.json is written last). */
export const hasModel = (folder: string): boolean => existsSync(join(folder, 'model.json'))

/** The final model of a run, or its best trial's while there is none; undefined before the first finished trial. */
export async function bestModel(folder: string, state: RunState): Promise<TrainedModel | undefined> {
  if (state.final?.metrics !== undefined && hasModel(folder)) return loadModel(folder)
  if (state.best === undefined) return hasModel(folder) ? loadModel(folder) : undefined
  const from = trialFolder(folder, state.best.number)
  return hasModel(from) ? loadModel(from) : undefined
}

/** Writes the model as ONNX; gives the path. */
export async function writeOnnx(model: TrainedModel, path: string): Promise<string> {
  const { exportModel } = await import('../../model/export.ts')
  await exportModel(model, path)
  return path
}

/** Writes the report of a run; gives the path. */
export async function writeRunReport(model: TrainedModel, state: RunState, trials: readonly TrialRow[], path: string): Promise<string> {
  const { writeReport } = await import('../../model/report.ts')
  const run = { ...state.config, seconds: usedSeconds(state), finalWeights: state.final?.weights, sharedWeights: state.supernet?.epochs }
  await writeReport({ model, run, trials }, path)
  return path
}
