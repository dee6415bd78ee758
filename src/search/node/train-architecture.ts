import { existsSync } from 'node:fs'
import { openDataset } from '../../data/index.ts'
import { UserError } from '../../errors.ts'
import { checkDevice } from './device.ts'
import { findEntry, framedName, points, spaces } from '../../hub/index.ts'
import type { SearchSpace } from '../../space/types.ts'
import { parseBudget } from '../budget.ts'
import type { RunConfig } from '../events.ts'
import { parseObjectives } from '../objectives.ts'
import { type RunHooks, type RunResult, resolveData, type TrainRequest } from './options.ts'
import { fits } from './prepare.ts'
import { createProcessCrew } from './processes.ts'
import { createRunPlace, openRun } from './runs.ts'
import { isObjectSpace, loadSpace, type NamedSpace, resolveSpace } from './spaces.ts'
import { conduct } from './study.ts'
import { version } from './version.ts'
import { withRun } from './with-run.ts'

interface Chosen {
  readonly named: NamedSpace
  readonly space: SearchSpace
  readonly architecture: string
}

/**
 * Trains one architecture for real, as a run of its own: a run's best (or one of its trials), or one written out; on any data that its space is for.
 *
 * @throws UserError when there is no such run or trial, or the text is no architecture of the space
 */
export async function trainArchitecture(request: TrainRequest, hooks: RunHooks = {}): Promise<RunResult> {
  const since = request.since ?? performance.timeOrigin
  const budget = request.budget === undefined ? {} : parseBudget(request.budget)
  if (budget.trials !== undefined) throw new UserError('train trains one network, so its budget is a time only, for example --budget 10m.')
  await checkDevice(request.device)
  const { named, space, architecture } = await inFrame(await choose(request), request)
  const data = resolveData(request.data)
  const seed = request.seed ?? 0
  const dataset = await openDataset(data, { target: request.target, seed, onNote: hooks.onNote })
  for (const note of dataset.notes) hooks.onNote?.(note)
  fits(space, undefined, dataset)
  const place = createRunPlace(request.out, hooks.onNote)
  const config: RunConfig = {
    run: place.run,
    version,
    command: 'train',
    data,
    target: request.target,
    space: named.name,
    spaceHash: named.hash,
    strategy: 'none',
    strategyOptions: {},
    objectives: parseObjectives(undefined, dataset.task),
    budget,
    fidelity: { epochs: 0 },
    workers: 1,
    deterministic: true,
    seed,
    device: request.device ?? 'cpu',
    architecture,
    finalShare: 1,
    finalEpochs: request.epochs,
    regularization: regularizationOf(named.name, request),
  }
  const crew = createProcessCrew({ workers: 1, folder: place.folder })
  return withRun(place, crew, async (store) => {
    for (const event of store.append([{ type: 'run-started', config, since }])) hooks.onEvent?.(event)
    return conduct({ place, store, crew, examples: dataset.train.count }, hooks)
  })
}

/** What is asked for; with another frame, what the space's paper adds to it, otherwise nothing. */
function regularizationOf(space: string, { stack, channels, dropPath, auxiliary }: TrainRequest): RunConfig['regularization'] {
  const deployed = stack === undefined && channels === undefined ? undefined : findEntry(space).deployed
  const wanted = { dropPath: dropPath ?? deployed?.dropPath ?? 0, auxiliary: auxiliary ?? deployed?.auxiliary ?? 0 }
  return wanted.dropPath === 0 && wanted.auxiliary === 0 ? undefined : wanted
}

/** The architecture in the frame that is asked for: the same cells, stacked to another depth and width. */
async function inFrame(chosen: Chosen, { stack, channels }: TrainRequest): Promise<Chosen> {
  if (stack === undefined && channels === undefined) return chosen
  const { named, architecture } = chosen
  if (named.hash !== undefined || isObjectSpace(named.name))
    throw new UserError(
      '--stack and --channels need a ready space with cells (nascent spaces); this space is of your own: change its numbers there.',
    )
  const framed = { name: framedName(named.name, { cells: stack, channels }) }
  const space = await loadSpace(framed)
  return { named: framed, space, architecture: canonical(space, architecture) }
}

/** Which architecture is meant: with --space, or when it looks like one, the text itself; a published network of that name; else a run's. */
async function choose({ architecture: text, space: spaceName, trial }: TrainRequest): Promise<Chosen> {
  if (spaceName !== undefined) {
    const named = resolveSpace(spaceName)
    const space = await loadSpace(named)
    return { named, space, architecture: canonical(space, text) }
  }
  const point = points.find(({ name }) => name === text)
  if (point) {
    const space = point.make()
    return { named: { name: space.name }, space, architecture: canonical(space, point.architecture) }
  }
  for (const entry of spaces) {
    const space = entry.make()
    if (parses(space, text)) return { named: { name: entry.name }, space, architecture: canonical(space, text) }
  }
  if (text.includes('=') && !existsSync(text)) {
    throw new UserError(
      `"${text}" is no architecture of any space known by name: say which space it belongs to with --space, then it is said what is wrong with it.`,
    )
  }
  const { state, trials, summary } = openRun(text)
  const named = { name: state.config.space, hash: state.config.spaceHash }
  const row = trial === undefined ? undefined : trials.find(({ number }) => number === trial)
  if (trial !== undefined && row === undefined) {
    throw new UserError(`Run ${summary.run} has no trial ${trial}; it has ${trials.length} (nascent show ${summary.run}).`)
  }
  const architecture = row?.architecture ?? state.final?.architecture ?? state.best?.architecture ?? state.config.architecture
  if (architecture === undefined)
    throw new UserError(`Run ${summary.run} has no finished trial yet: name one with --trial, or go on with nascent resume ${summary.run}.`)
  return { named, space: await loadSpace(named), architecture }
}

const canonical = (space: SearchSpace, text: string): string => space.print(space.parse(text))

function parses(space: SearchSpace, text: string): boolean {
  try {
    space.parse(text)
    return true
  } catch {
    return false
  }
}
