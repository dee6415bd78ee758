import type { Dataset } from '../../data/index.ts'
import { openDataset } from '../../data/index.ts'
import { UserError } from '../../errors.ts'
import { spaces } from '../../hub/index.ts'
import { randomFor } from '../../space/random.ts'
import type { SearchSpace } from '../../space/types.ts'
import { searchedSpace } from '../../oneshot/index.ts'
import { defaultSettings } from '../../train/index.ts'
import { findStrategy, strategies, validate } from '../../strategy/index.ts'
import { type OptionSpecs, readOptions } from '../../strategy/options.ts'
import type { Objective } from '../../strategy/strategy.ts'
import { outputsOf } from '../bench.ts'
import { affordable, type CostLimit, parseLimits } from '../limits.ts'
import type { NamedProxy } from '../events.ts'
import { findProxy } from '../../proxy/registry.ts'
import { parseObjectives } from '../objectives.ts'
import { parseProxies, proxiesOf } from '../proxies.ts'
import { defaultWorkers } from './processes.ts'
import { isOneShot, type Searcher } from '../searchers.ts'
import { type KnownSearcher, knownSearcher } from './known-searcher.ts'
import { type RunHooks, resolveData, type SearchOptions } from './options.ts'
import { type KnownReward, knownReward } from './rewards.ts'
import { knownSpace, type NamedSpace } from './spaces.ts'

/** All that a search needs, looked up and checked before anything is written. */
export interface Prepared {
  readonly data: string
  readonly dataset: Dataset
  readonly named: NamedSpace
  readonly space: SearchSpace
  readonly strategy: KnownSearcher
  readonly objectives: readonly Objective[]
  readonly limits: readonly CostLimit[] | undefined
  readonly reward: KnownReward | undefined
  /** Whether trials begin from their parents' weights. */
  readonly inherit: boolean
  readonly proxies: readonly NamedProxy[] | undefined
}

type Wanted = Pick<
  SearchOptions,
  | 'data'
  | 'target'
  | 'seed'
  | 'space'
  | 'strategy'
  | 'strategyOptions'
  | 'objectives'
  | 'reward'
  | 'limits'
  | 'inherit'
  | 'proxy'
  | 'proxyOptions'
  | 'deterministic'
  | 'workers'
>

/** @throws UserError for the first thing that is not as it must be */
export async function prepare(options: Wanted, hooks: RunHooks): Promise<Prepared> {
  // Names first: a slip is said at once, before data are decoded.
  const { strategy: wanted = 'evolution' } = options
  const known = await knownSearcher(wanted)
  const strategy = known.searcher
  const inherit = inheritsWeights(strategy, options.inherit)
  const proxies = proxiesFor(strategy, options)
  const limits = options.limits === undefined ? undefined : parseLimits(options.limits)
  const reward = options.reward === undefined ? undefined : await knownReward(options.reward)
  const given = options.space === undefined ? undefined : await knownSpace(options.space)
  const data = resolveData(options.data)
  const dataset = await openDataset(data, { target: options.target, seed: options.seed ?? 0, onNote: hooks.onNote })
  for (const note of dataset.notes) hooks.onNote?.(note)
  const { named, space } = given ?? (await knownSpace(suitedSpace(strategy, dataset)))
  for (const note of fits(space, strategy, dataset, options.strategyOptions)) hooks.onNote?.(note)
  const objectives = parseObjectives(options.objectives, dataset.task, reward !== undefined)
  // Drawn once to refuse limits that no network meets.
  affordable(space, { limits }, { input: dataset.input, outputs: outputsOf(dataset) }).sample(randomFor(options.seed ?? 0, 'limits'))
  // Made once to refuse options that it does not have.
  if (isOneShot(strategy)) {
    readOptions(strategy.name, strategy.options as OptionSpecs, options.strategyOptions)
    strategy.finalWeights?.(options.strategyOptions)
  } else strategy.make({ space, seed: options.seed ?? 0, objectives }, options.strategyOptions)
  if (proxies) {
    const [objective] = objectives
    if (costNames.has(objective.metric))
      throw new UserError(
        `Proxies judge how well a network learns, but the first objective is ${objective.metric}: put accuracy (or another validation metric) first.`,
      )
    proxiesOf({ proxies }, { space, seed: options.seed ?? 0, objective })
  }
  return { data, dataset, named, space, strategy: known, objectives, limits, reward, inherit, proxies }
}

const costNames: ReadonlySet<string> = new Set(['parameters', 'flops', 'bytes', 'latencyMs'])

/** @throws UserError for names and options that there are not, and searches in which no trial is trained by itself */
function proxiesFor(searcher: Searcher, { proxy, proxyOptions, deterministic, workers }: Wanted): readonly NamedProxy[] | undefined {
  if (proxy === undefined) {
    if (proxyOptions) throw new UserError('Options of a proxy were given, but no proxy: name it with --proxy (nascent proxies).')
    return undefined
  }
  if (isOneShot(searcher))
    throw new UserError(
      `With ${searcher.name} no trial is trained by itself, so there is nothing that a proxy could cut short: leave out --proxy.`,
    )
  const proxies = parseProxies(proxy, proxyOptions)
  const pausing = proxies.find(({ name }) => findProxy(name).promotes)
  if (pausing && deterministic && (workers ?? defaultWorkers()) > 1)
    throw new UserError(`With several workers the proxy ${pausing.name} decides by who comes first: give --workers 1 with --deterministic.`)
  return proxies
}

/** Whether a search hands weights down: asked for, or what its strategy is about. @throws UserError when nothing descends from anything */
function inheritsWeights(searcher: Searcher, asked = false): boolean {
  if (isOneShot(searcher)) {
    if (asked)
      throw new UserError(
        `${searcher.name} shares one set of weights among all networks, so nothing is left to inherit: leave out --inherit.`,
      )
    return false
  }
  if (asked && !searcher.descends) {
    const able = strategies.filter(({ descends }) => descends).map(({ name }) => name)
    throw new UserError(
      `Networks of the strategy ${searcher.name} have no parents to inherit from; with --inherit take one of: ${able.join(', ')}.`,
    )
  }
  return asked || searcher.inherits === true
}

/** Spaces that serve well where nothing is said, the first that is for such data. */
const preferred = ['signal', 'chain', 'mlp']

/** The space of a method that names one for images; else by the kind of data. */
const suitedSpace = (strategy: Searcher, dataset: Dataset): string =>
  isOneShot(strategy) && strategy.space !== undefined && dataset.kind === 'image' ? strategy.space : defaultSpace(dataset)

export function defaultSpace({ kind }: Pick<Dataset, 'kind'>): string {
  const suitable = spaces.filter((entry) => entry.kinds.includes(kind)).map(({ name }) => name)
  const name = preferred.find((candidate) => suitable.includes(candidate)) ?? suitable[0]
  if (name === undefined) throw new UserError(`No search space is for data of the kind "${kind}": name one with --space (nascent spaces).`)
  return name
}

/** Whether the strategy can take the space, and the space can make networks for the data. @throws UserError with what hinders it, and which spaces can */
export function fits(
  space: SearchSpace,
  strategy: Searcher | undefined,
  dataset: Dataset,
  options?: SearchOptions['strategyOptions'],
): readonly string[] {
  const entry = spaces.find(({ name }) => name === space.name.split('@')[0])
  const others = spaces.filter(({ kinds }) => kinds.includes(dataset.kind)).map(({ name }) => name)
  const instead = others.length > 0 ? ` Spaces for it: ${others.join(', ')}.` : ''
  if (entry && !entry.kinds.includes(dataset.kind)) {
    throw new UserError(
      `The space "${space.name}" is for ${entry.kinds.join(' and ')} data, but ${dataset.name} is ${dataset.kind} data.${instead}`,
    )
  }
  const shape = dataset.input.shape.join(', ')
  const [issue] = validate(space, strategy ?? anyStrategy, { input: dataset.input, outputs: outputsOf(dataset) })
  if (issue) throw new UserError(`The space "${space.name}" cannot be used for ${dataset.name} ([${shape}]): ${issue.message}.${instead}`)
  if (strategy === undefined || !isOneShot(strategy)) return []
  const searched = searchedSpace(space, defaultSettings(dataset))
  const checked = strategy.check?.(searched, { input: dataset.input, outputs: outputsOf(dataset) }, options)
  if (checked?.fault !== undefined)
    throw new UserError(
      `The method ${strategy.name} cannot take the space "${space.name}": ${checked.fault} Or take spos, which takes any space.`,
    )
  return checked?.notes ?? []
}

/** Where nothing is searched, no strategy has an objection. */
const anyStrategy = findStrategy('random')
