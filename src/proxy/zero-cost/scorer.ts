import { type Cost, type Network, networkCost } from '../../network/index.ts'
import { sampledGraph } from '../../oneshot/sampled-graph.ts'
import type { Architecture, NetworkContext, SearchSpace } from '../../space/types.ts'
import type { Selection } from '../../tensor/index.ts'
import { targetWidth } from '../../train/objective.ts'
import { networkModel, sampledModel } from './model.ts'
import { createScoreProgram, type ScoreProgram, type Scores, type ScoringOptions } from './program.ts'

export interface ScorerOptions extends ScoringOptions {
  readonly space: SearchSpace
  /** How many networks will be scored, as far as that is known: for many of them a space becomes one graph where it can. */
  readonly expected?: number
}

/** From so many networks on, all networks of a space as one graph cost less than a graph each. */
const worthAll = 12

interface Whole {
  readonly program: ScoreProgram
  select(architecture: Architecture): Selection | undefined
}

/** Scores one network. */
export async function scoreNetwork(network: Network, options: ScoringOptions): Promise<Scores> {
  const program = await createScoreProgram(networkModel(network), options)
  try {
    return await program.score(() => networkCost(network))
  } finally {
    await program.release()
  }
}

/**
 * Scores networks of a space, equal ones (`SearchSpace.canonical`) once: a parameter's first values depend on its name and the seed, so of equal networks whose
 * parameters have other names the first one's score counts for all. Not for concurrent calls.
 */
export class Scorer {
  readonly #options: ScorerOptions
  readonly #context: NetworkContext
  readonly #known = new Map<string, Scores>()
  #whole: Promise<Whole | undefined> | undefined

  constructor(options: ScorerOptions) {
    this.#options = options
    this.#context = { input: options.data.input, outputs: targetWidth(options.data) }
  }

  /** Networks that were scored, equal ones once. */
  get distinct(): number {
    return this.#known.size
  }

  async score(architecture: Architecture): Promise<Scores> {
    const key = this.#options.space.canonical(architecture)
    const known = this.#known.get(key)
    if (known) return known
    const scores = await this.#compute(architecture)
    this.#known.set(key, scores)
    return scores
  }

  /** Compiles the space as one graph, where it is one, before the first network asks for it. */
  async prepare(): Promise<void> {
    if ((this.#options.expected ?? 1) < worthAll || this.#options.scores.every(({ outputs }) => outputs === undefined)) return
    this.#whole ??= this.#compileAll()
    await this.#whole
  }

  async release(): Promise<void> {
    await (await this.#whole)?.program.release()
    this.#whole = undefined
  }

  async #compute(architecture: Architecture): Promise<Scores> {
    const { space } = this.#options
    await this.prepare()
    const whole = await this.#whole
    const selection = whole?.select(architecture)
    const cost = (): Cost => space.cost(architecture, this.#context)
    if (whole && selection) return whole.program.score(cost, selection)
    return scoreNetwork(space.child(architecture, this.#context), this.#options)
  }

  async #compileAll(): Promise<Whole | undefined> {
    const graph = sampledGraph(this.#options.space, this.#context)
    if (graph === undefined) return undefined
    return { program: await createScoreProgram(sampledModel(graph), this.#options), select: graph.select }
  }
}
