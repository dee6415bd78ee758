import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { didYouMean } from '../../nearest.ts'
import type { Metrics, RunConfig, RunState, StoredEvent, TrialRow } from '../events.ts'
import { usedSeconds } from '../fold.ts'
import { newRunId, spokenName } from './run-names.ts'
import { readStore, type StoreReader } from './store.ts'
import { explained } from './store-errors.ts'

/** A run's database in its folder. */
export const databaseName = 'run.sqlite'

/** Files that a run writes beside its database. */
export const runFiles = ['model.onnx', 'report.html', 'model.safetensors', 'model.json'] as const

/** Where the final training stands, while it runs. */
export const finalStateName = 'final-state.safetensors'

export interface RunPlace {
  readonly run: string
  readonly folder: string
}

/** 'killed': its process went without an end; 'unreadable': its database is damaged. */
export type RunStatus = 'running' | 'finished' | 'interrupted' | 'failed' | 'killed' | 'unreadable'

export interface RunSummary extends RunPlace {
  readonly status: RunStatus
  readonly command: RunConfig['command']
  readonly data: string
  readonly space: string
  readonly strategy: string
  readonly seed: number
  readonly trials: { readonly running: number; readonly finished: number; readonly stopped: number; readonly failed: number }
  readonly best?: { readonly number: number; readonly architecture: string; readonly metrics: Metrics }
  readonly test?: Metrics
  readonly seconds: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly message?: string
}

/** Where runs lie: NASCENT_HOME, or ./nascent-runs. */
export const runsHome = (): string => resolve(process.env.NASCENT_HOME ?? 'nascent-runs')

/**
 * Makes a new run's folder: one in the home, or `out`, which is then registered in the home so that `ls` sees it.
 *
 * @param onNote gets a sentence when `out` could not be registered
 * @throws UserError when the folder holds a run already or cannot be made
 */
export function createRunPlace(out?: string, onNote: (note: string) => void = () => {}): RunPlace {
  const home = runsHome()
  if (out === undefined) {
    for (;;) {
      const run = newRunId()
      const folder = join(home, run)
      if (!existsSync(folder)) return { run, folder: made(folder) }
    }
  }
  const folder = resolve(out)
  refuseTaken(folder, out)
  made(folder)
  const run = newRunId()
  try {
    mkdirSync(home, { recursive: true })
    writeWhole(join(home, `${run}.json`), JSON.stringify({ folder }))
  } catch {
    onNote(`"nascent ls" will not list this run, because ${home} cannot be written; name it by its folder, ${out}.`)
  }
  return { run, folder }
}

/** Making a folder with its parents fails on a read-only disk as if the path were not there; without them it says why. */
function causeOf(error: unknown, folder: string): unknown {
  try {
    mkdirSync(folder)
    return error
  } catch (cause) {
    return cause
  }
}

/** Takes away what `createRunPlace` and an empty store have made; other files in the folder stay. */
export function discardRunPlace({ run, folder }: RunPlace): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, databaseName + ending), { force: true })
  rmSync(join(runsHome(), `${run}.json`), { force: true })
  for (const path of [folder, runsHome()]) {
    try {
      rmdirSync(path)
    } catch {
      // Not empty: it holds something else.
    }
  }
}

function made(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true })
    return folder
  } catch (error) {
    throw explained(causeOf(error, folder), folder)
  }
}

function refuseTaken(folder: string, out: string): void {
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory()) throw new UserError(`--out ${out} is a file: give a folder, which is made when it is not there.`)
  if (existsSync(join(folder, databaseName)) && hasBegun(folder)) {
    throw new UserError(`--out ${out} holds a run already: go on with it (nascent resume ${out}) or give another folder.`)
  }
  const taken = runFiles.find((name) => existsSync(join(folder, name)))
  if (taken) throw new UserError(`--out ${out} holds a ${taken}, which would be overwritten: give another folder.`)
}

/** False for what a process left that was killed before its run began. */
function hasBegun(folder: string): boolean {
  const store = readStore(join(folder, databaseName))
  try {
    return store.run() !== undefined || store.alive()
  } finally {
    store.close()
  }
}

/** Writes a file so that readers see the old or the new one, never a part. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(draft, content)
    renameSync(draft, path)
  } catch (error) {
    throw explained(error, path)
  }
}

/** All runs of the home, the registered ones too, in order of their beginning. */
export function listPlaces(): readonly RunPlace[] {
  const home = runsHome()
  if (!existsSync(home)) return []
  const places = readdirSync(home).map((name): RunPlace => {
    if (!name.endsWith('.json')) return { run: name, folder: join(home, name) }
    return { run: name.slice(0, -'.json'.length), folder: registered(join(home, name)) ?? '' }
  })
  return places.filter(({ folder }) => folder !== '' && existsSync(join(folder, databaseName))).sort((a, b) => (a.run < b.run ? -1 : 1))
}

function registered(path: string): string | undefined {
  try {
    const { folder } = JSON.parse(readFileSync(path, 'utf8')) as { folder?: unknown }
    return typeof folder === 'string' ? folder : undefined
  } catch {
    return undefined
  }
}

/**
 * Finds a run by its folder, its id, the last words of its id, or the beginning of its id.
 *
 * @throws UserError with the nearest names when there is none, or when several fit
 */
export function findRun(name: string): RunPlace {
  const folder = resolve(name)
  if (existsSync(join(folder, databaseName))) return placeOf(folder)
  const places = listPlaces()
  const fits = [
    places.filter(({ run }) => run === name),
    places.filter(({ run }) => spokenName(run) === name),
    places.filter(({ run }) => name !== '' && run.startsWith(name)),
  ].find((found) => found.length > 0)
  if (fits?.length === 1) return fits[0]
  if (fits) throw new UserError(`Several runs are called "${name}": ${fits.map(({ run }) => run).join(', ')}. Give the whole id.`)
  const hint = didYouMean(name, [...places.map(({ run }) => spokenName(run)), ...places.map(({ run }) => run)])
  const what = existsSync(folder) ? `${name} holds no run (there is no ${databaseName} in it).` : `There is no run "${name}".`
  throw new UserError(`${what}${hint} The runs are listed by "nascent ls"; a run can also be named by its folder.`)
}

function placeOf(folder: string): RunPlace {
  const store = readStore(join(folder, databaseName))
  try {
    return { run: store.run()?.config.run ?? basename(folder), folder }
  } finally {
    store.close()
  }
}

/** What `ls` shows of every run, in order of their beginning; a damaged one is listed as unreadable, with the reason. */
export function listRuns(): readonly RunSummary[] {
  const rows = listPlaces().map((place) => {
    try {
      return summaryOf(place)
    } catch (error) {
      return unreadable(place, error instanceof Error ? error.message : String(error))
    }
  })
  return rows.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0))
}

function summaryOf(place: RunPlace): RunSummary {
  const store = readStore(join(place.folder, databaseName))
  try {
    const state = store.run()
    if (state === undefined) return unreadable(place, 'it ended before it began')
    return summarize(place, state, store.alive())
  } finally {
    store.close()
  }
}

const unreadable = (place: RunPlace, message: string): RunSummary => ({
  ...place,
  status: 'unreadable',
  command: 'search',
  data: '',
  space: '',
  strategy: '',
  seed: 0,
  trials: { running: 0, finished: 0, stopped: 0, failed: 0 },
  seconds: 0,
  startedAt: '',
  message,
})

/** What a reader wants first of a run. */
export function summarize(place: RunPlace, state: RunState, alive: boolean): RunSummary {
  const { command, data, space, strategy, seed } = state.config
  return {
    ...place,
    status: statusOf(state, alive),
    command,
    data,
    space,
    strategy,
    seed,
    trials: state.trials,
    best: state.best,
    test: state.final?.test,
    seconds: usedSeconds(state),
    startedAt: new Date(state.startedAt).toISOString(),
    message: state.ended?.message,
  }
}

function statusOf({ ended }: RunState, alive: boolean): RunStatus {
  if (alive) return 'running'
  if (ended === undefined) return 'killed'
  if (ended.reason === 'interrupted' || ended.reason === 'failed') return ended.reason
  return 'finished'
}

/** A run's record: its summary, its trials, and all its events. */
export interface RunRecord {
  readonly summary: RunSummary
  readonly state: RunState
  readonly trials: readonly TrialRow[]
  events(): readonly StoredEvent[]
}

/** Reads a run by id or folder. @throws UserError when there is none, or its database is damaged */
export function openRun(name: string): RunRecord {
  const place = findRun(name)
  return withReader(place, (store) => {
    const state = store.run()
    if (state === undefined)
      throw new UserError(`Run ${place.run} has not begun: its process ended before the first trial. Begin it again as you did.`)
    const events = (): readonly StoredEvent[] => withReader(place, (again) => again.read())
    return { summary: summarize(place, state, store.alive()), state, trials: store.trials(), events }
  })
}

function withReader<T>(place: RunPlace, read: (store: StoreReader) => T): T {
  const store = readStore(join(place.folder, databaseName))
  try {
    return read(store)
  } finally {
    store.close()
  }
}
