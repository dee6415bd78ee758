import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { notReadable } from '../../data/node/csv.ts'
import { UserError } from '../../errors.ts'
import { databaseName, openRun } from '../../search/node/runs.ts'
import { findContestants } from '../curve-contestants.ts'
import type { CurveSet, WholeLearningCurve } from '../curve-set.ts'
import { compareOnCurves, type CurveSetResult } from '../curves.ts'

export interface CurveBenchOptions {
  /** A folder of published curves, or of a run; default: NASCENT_DATA, else ../shared/data. */
  readonly data?: string
  /** Names of predictors and stoppers; default: all. */
  readonly predictors?: readonly string[]
  /** Fewer curves, orderings and splits. */
  readonly quick?: boolean
  /** Most curves of a set. */
  readonly curves?: number
  readonly seed?: number
  /** Plain sentences on the way. */
  readonly onNote?: (note: string) => void
}

export interface CurvesResult {
  readonly data: string
  readonly orderings: number
  readonly seed: number
  readonly sets: readonly CurveSetResult[]
}

const languageFile = join('nas-bench-nlp-curves', 'wikitext-2-curves.jsonl.gz')
const tabularFile = join('lcbench-surrogate', 'lcbench_8tasks_500cfg_52ep.json.gz')
/** Tasks of the tabular curves that are used, by their place. */
const TASKS = [0, 3]

/**
 * Compares predictors of learning curves, and stoppers, on measured curves.
 *
 * @throws UserError where there are none, or for an unknown name
 */
export async function runCurves(options: CurveBenchOptions): Promise<CurvesResult> {
  const { quick = false, seed = 0, onNote } = options
  const contestants = options.predictors === undefined ? undefined : findContestants(options.predictors)
  const data = resolve(options.data ?? (process.env.NASCENT_DATA || '../shared/data'))
  const found = readSets(data)
  const sets = quick ? found.slice(0, 1) : found
  const orderings = quick ? 20 : 100
  const results: CurveSetResult[] = []
  for (const set of sets) {
    if (set.left > 0) onNote?.(`${set.name}: ${set.left} curves have no end and are left out.`)
    results.push(compareOnCurves(set, { contestants, most: options.curves ?? (quick ? 60 : 120), orderings, splits: quick ? 1 : 3, seed }))
    // Lets a bar or a signal have its turn.
    await new Promise((done) => setTimeout(done))
  }
  return { data, orderings, seed, sets: results }
}

function readSets(folder: string): readonly CurveSet[] {
  if (existsSync(join(folder, databaseName))) return [runCurveSet(folder)]
  const [language, tabular] = [join(folder, languageFile), join(folder, tabularFile)]
  const sets = [...(existsSync(language) ? [languageSet(language)] : []), ...(existsSync(tabular) ? tabularSets(tabular) : [])]
  if (sets.length > 0) return sets
  const why = existsSync(folder) && statSync(folder).isDirectory() ? 'There are no learning curves in' : 'There is no folder'
  throw new UserError(
    `${why} ${folder}: give with --data or NASCENT_DATA a folder that holds ${languageFile} (NAS-Bench-NLP) or ${tabularFile} (LCBench), or the folder of a run (nascent ls).`,
  )
}

function textOf(path: string): string {
  try {
    return gunzipSync(readFileSync(path)).toString('utf8')
  } catch (error) {
    throw notReadable(path, error)
  }
}

const evenShares = (points: number): readonly number[] => Array.from({ length: points }, (_, i) => (i + 1) / points)

interface LanguageRecord {
  readonly status: string
  readonly params: number
  readonly cell: Readonly<Record<string, { readonly op: string }>>
  readonly val_losses: readonly (number | null)[]
}

/** Recurrent cells on WikiText-2 (Klyuchnikov et al. 2020, arXiv:2006.07116): validation loss after each of 50 epochs. */
function languageSet(path: string): CurveSet {
  // Diverged trainings are written as NaN, which JSON does not have.
  const records = textOf(path)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line.replaceAll('NaN', 'null')) as LanguageRecord)
  const points = Math.max(...records.map(({ val_losses: losses }) => losses.length))
  const whole = records.filter(({ val_losses: losses }) => losses.length === points && losses.every((loss) => loss !== null))
  const operations = [...new Set(whole.flatMap(({ cell }) => Object.values(cell).map(({ op }) => op)))].toSorted()
  const curves = whole.map(({ params, cell, val_losses: losses }): WholeLearningCurve => {
    const count = (op: string): number => Object.values(cell).filter((node) => node.op === op).length
    return {
      values: losses as readonly number[],
      costs: { parameters: params, nodes: Object.keys(cell).length, ...Object.fromEntries(operations.map((op) => [op, count(op)])) },
    }
  })
  return {
    name: 'nas-bench-nlp',
    summary: 'recurrent cells on WikiText-2, validation loss',
    objective: { metric: 'loss', direction: 'minimize' },
    shares: evenShares(points),
    curves,
    left: records.length - whole.length,
  }
}

interface TabularRecords {
  readonly columns: readonly string[]
  readonly configs: readonly (readonly number[])[]
  readonly tasks: readonly string[]
  readonly val_accuracy: readonly (readonly (readonly number[])[])[]
}

/** Perceptrons on tables (LCBench; Zimmer, Lindauer and Hutter 2021, arXiv:2006.13799), from a surrogate: validation accuracy after each of 52 epochs. */
function tabularSets(path: string): readonly CurveSet[] {
  const { columns, configs, val_accuracy: accuracies } = JSON.parse(textOf(path)) as TabularRecords
  return TASKS.filter((task) => task < accuracies.length).map((task) => ({
    name: `lcbench-${task + 1}`,
    summary: `perceptrons on a table (LCBench, task ${task + 1} of ${accuracies.length}, from its surrogate), validation accuracy`,
    objective: { metric: 'accuracy', direction: 'maximize' },
    shares: evenShares(accuracies[task][0].length),
    curves: accuracies[task].map((values, i) => ({ values, costs: Object.fromEntries(columns.map((name, k) => [name, configs[i][k]])) })),
    left: 0,
  }))
}

/** Fewest points of a run's curves, and fewest curves, from which something can be learned. */
const [POINTS, CURVES] = [5, 20]

/** The curves of a run's finished trials. */
function runCurveSet(folder: string): CurveSet {
  const { summary, state, trials } = openRun(folder)
  const [objective] = state.config.objectives
  const finished = trials.filter(({ status, replayOf }) => status === 'finished' && replayOf === undefined)
  const points = Math.max(0, ...finished.map(({ curve }) => curve.length))
  const whole = finished.filter(
    ({ curve }) => curve.length === points && curve.every(({ metrics }) => Number.isFinite(metrics[objective.metric])),
  )
  if (points < POINTS || whole.length < CURVES)
    throw new UserError(
      `Run ${summary.run} has ${whole.length} finished trials with ${points} epochs each; to compare predictors takes ${CURVES} of ${POINTS} epochs or more.`,
    )
  return {
    name: summary.run,
    summary: `${summary.space} on ${summary.data}, validation ${objective.metric}`,
    objective,
    shares: evenShares(points),
    curves: whole.map(({ curve }) => ({ values: curve.map(({ metrics }) => metrics[objective.metric]), costs: {} })),
    left: trials.length - whole.length,
  }
}
