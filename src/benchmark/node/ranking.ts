import { availableParallelism } from 'node:os'
import { openBatches, openDataset } from '../../data/index.ts'
import { UserError } from '../../errors.ts'
import {
  findOneShot,
  judgePath,
  type OneShotContext,
  type OneShotEntry,
  oneShotMethods,
  searchedSpace,
  type SharedWeights,
  sharedWeightsOf,
  trainSupernet,
} from '../../oneshot/index.ts'
import { parseObjectives } from '../../search/objectives.ts'
import { knownSpace } from '../../search/node/spaces.ts'
import { fits } from '../../search/node/prepare.ts'
import { outputsOf } from '../../search/bench.ts'
import { type Architecture, randomFor, type SearchSpace } from '../../space/index.ts'
import { createSessionCache } from '../../tensor/index.ts'
import { createNodeRuntime } from '../../tensor/node/index.ts'
import { defaultSettings, trainNetwork } from '../../train/index.ts'
import { type Agreement, agreementOf } from '../ranking.ts'
import { openTruths } from './truths.ts'

/** What is to be measured; names as on the command line. */
export interface RankingOptions {
  readonly data: string
  /** A name in the hub, or a module and its export. */
  readonly space: string
  readonly methods: readonly string[]
  /** Networks that are compared. */
  readonly architectures: number
  /** Seconds for training each supernet. */
  readonly seconds: number
  /** Epochs for each network by itself. */
  readonly epochs: number
  readonly seed?: number
  /** Where results of networks by themselves are kept. */
  readonly truths?: string
  readonly threads?: number
  /** Plain sentences on the way. */
  readonly onNote?: (note: string) => void
}

export interface MethodRanking extends Agreement {
  readonly method: string
  /** Of training the supernet. */
  readonly seconds: number
  readonly steps: number
  /** With shared weights, in the order of the architectures. */
  readonly scores: readonly number[]
}

export interface RankingResult {
  readonly data: string
  readonly space: string
  readonly metric: string
  readonly direction: 'maximize' | 'minimize'
  readonly seed: number
  readonly epochs: number
  readonly budget: number
  readonly threads: number
  readonly architectures: readonly { readonly text: string; readonly truth: number }[]
  readonly methods: readonly MethodRanking[]
}

/**
 * Trains some networks of a space by themselves, then the supernet of each method, and says how well the scores with shared weights agree.
 *
 * @throws UserError for a name that there is not, and a space that a method cannot take
 */
export async function runRanking(options: RankingOptions): Promise<RankingResult> {
  const { seed = 0, epochs, seconds, onNote = () => {} } = options
  const threads = options.threads ?? availableParallelism()
  const entries = options.methods.map(methodOf)
  const { named, space: whole } = await knownSpace(options.space)
  const dataset = await openDataset(options.data, { seed, onNote })
  for (const entry of entries) for (const note of fits(whole, entry, dataset)) onNote(`${entry.name}: ${note}`)
  const [objective] = parseObjectives(undefined, dataset.task)
  const { metric, direction } = objective
  const settings = defaultSettings(dataset, { epochs, seed })
  const space = searchedSpace(whole, settings)
  const runtime = await createNodeRuntime()
  const cache = createSessionCache()
  const context: OneShotContext = { runtime, dataset, space, openBatches, seed, objectives: [objective], threads, cache }
  const truths = openTruths(options.truths, { data: options.data, space: named.name, epochs, seed, metric })
  const architectures: { text: string; architecture: Architecture; truth: number }[] = []
  for (const architecture of distinct(space, options.architectures, seed)) {
    const text = space.print(architecture)
    const truth = truths.get(text) ?? (await alone(context, architecture, settings, metric))
    truths.set(text, truth)
    architectures.push({ text, architecture, truth })
    onNote(`${architectures.length} of ${options.architectures} by itself: ${metric} ${truth.toFixed(4)} ${text}`)
  }
  const methods: MethodRanking[] = []
  for (const entry of entries) {
    const made = await shared(context, entry, seconds)
    const scores: number[] = []
    for (const { architecture } of architectures) scores.push((await judgePath(context, made.weights, architecture)).metrics[metric])
    const truth = architectures.map((one) => one.truth)
    methods.push({ method: entry.name, seconds: made.seconds, steps: made.steps, scores, ...agreementOf(truth, scores, direction) })
    onNote(`${entry.name}: supernet trained ${made.steps} steps in ${made.seconds.toFixed(0)} s`)
  }
  await cache.clear()
  return {
    data: options.data,
    space: named.name,
    metric,
    direction,
    seed,
    epochs,
    budget: seconds,
    threads,
    architectures: architectures.map(({ text, truth }) => ({ text, truth })),
    methods,
  }
}

function methodOf(name: string): OneShotEntry {
  const entry = findOneShot(name)
  if (entry) return entry
  const all = oneShotMethods.map((other) => other.name).join(', ')
  throw new UserError(`There is no weight-sharing method "${name}"; there are ${all}.`)
}

/** Draws of one architecture before the space is taken to have no more. */
const tries = 100

/** Different architectures, the same ones for a seed. */
function distinct(space: SearchSpace, count: number, seed: number): readonly Architecture[] {
  const found = new Map<string, Architecture>()
  for (let draw = 0; found.size < count; draw++) {
    if (draw >= tries * count)
      throw new UserError(`The space ${space.name} has no ${count} different networks: ask for ${found.size} or fewer.`)
    const architecture = space.sample(randomFor(seed, 'ranking', draw))
    // Networks that are equal but for how they are written are one.
    const key = space.canonical(architecture)
    if (!found.has(key)) found.set(key, architecture)
  }
  return [...found.values()]
}

/** What a network is worth that is trained by itself. */
async function alone(
  { runtime, dataset, space, threads, cache }: OneShotContext,
  architecture: Architecture,
  settings: ReturnType<typeof defaultSettings>,
  metric: string,
): Promise<number> {
  const network = space.child(architecture, { input: dataset.input, outputs: outputsOf(dataset) })
  const { batchSize, seed, augmentation } = settings
  const batches = openBatches(dataset, { batchSize, seed, augmentation })
  try {
    const { metrics, reason } = await trainNetwork({ runtime, network, dataset, settings, batches, threads, cache })
    const value = metrics[metric]
    if (value === undefined) throw new UserError(`${space.print(architecture)} could not be trained: ${reason ?? `it has no ${metric}`}.`)
    return value
  } finally {
    await batches.close()
  }
}

async function shared(
  context: OneShotContext,
  entry: OneShotEntry,
  seconds: number,
): Promise<{ readonly weights: SharedWeights; readonly steps: number; readonly seconds: number }> {
  const began = performance.now()
  const deadline = Date.now() + 1000 * seconds
  const left = (): number => Math.max(0.1, (deadline - Date.now()) / 1000)
  const { state, status, reason } = await trainSupernet(entry, context, { seconds: left, planned() {} }, {}, { onEpoch() {}, deadline })
  if (status === 'failed') throw new UserError(`The supernet of ${entry.name} could not be trained: ${reason ?? 'its loss is no number'}.`)
  return { weights: sharedWeightsOf(state, context.seed), steps: state.step, seconds: (performance.now() - began) / 1000 }
}
