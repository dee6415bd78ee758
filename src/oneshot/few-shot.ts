import { parameterSpecs, type Weights } from '../network/index.ts'
import { UserError } from '../errors.ts'
import { everyDecision } from '../space/every-decision.ts'
import { type Architecture, printValue, type SearchSpace, valuesOf } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { totalSteps, type TrainSettings } from '../train/index.ts'
import type { OneShotContext, OneShotEntry, SupernetEpoch, SupernetPlan, SupernetState, SupernetTrainer } from './one-shot.ts'
import { pathOptions, ScheduledPaths } from './path-search.ts'
import { plainPaths } from './path-program.ts'
import { supernetSettings } from './plan.ts'
import { spos } from './spos.ts'

const specs = {
  ...pathOptions,
  shared: { summary: 'share of the training before the supernet is split', default: 0.5, from: 0, to: 1 },
  split: { summary: 'path of the decision along which it is split; empty: the choice of most alternatives', default: '' },
} satisfies OptionSpecs

/** Sub-supernets at most: each has a copy of all weights. */
const mostParts = 8

interface Learned {
  /** Whether the supernet is split already. */
  readonly split: boolean
}

/**
 * The decision along which a space's supernet is split: one that every architecture has, a choice rather than a number, with the most values.
 *
 * @param wanted its path; empty for the default
 * @returns its path; undefined when there is none
 * @throws UserError when the decision that is wanted is none that every architecture has, or has too many values
 */
export function splitDecision(space: SearchSpace, wanted: string): string | undefined {
  const always = new Set(everyDecision(space.definition).flatMap((each) => (each.always ? [each.decision.path] : [])))
  const candidates = space.decisions().filter((decision) => {
    const count = decision.kind === 'inputs' ? 0 : (valuesOf(decision)?.length ?? 0)
    return always.has(decision.path) && count >= 2 && count <= mostParts
  })
  if (wanted !== '' && !candidates.some(({ path }) => path === wanted))
    throw new UserError(
      `The supernet cannot be split along "${wanted}": take a decision of every architecture with 2 to ${mostParts} values, one of ${candidates.map(({ path }) => path).join(', ')}.`,
    )
  if (wanted !== '') return wanted
  const worth = (decision: (typeof candidates)[number]): number =>
    (decision.kind === 'choice' ? 100 : 0) + (valuesOf(decision)?.length ?? 0)
  return candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, other) => (best === undefined || worth(other) > worth(best) ? other : best),
    undefined,
  )?.path
}

/** Name of a tensor in the sub-supernet that an architecture belongs to. */
const partName = (name: string, path: string, architecture: Architecture): string => `${name}@${printValue(architecture[path])}`

/** Trains one supernet, then one for each value of a decision, which go on from the weights of the one. */
class FewShotTrainer implements SupernetTrainer {
  readonly #context: OneShotContext
  readonly #inner: ScheduledPaths
  readonly #share: number
  readonly #path: string | undefined
  #splitStep = Infinity
  #split = false

  constructor(context: OneShotContext, settings: TrainSettings, { shared, split }: { readonly shared: number; readonly split: string }) {
    this.#context = context
    this.#share = shared
    this.#path = splitDecision(context.space, split)
    const path = this.#path
    const renamed = (name: string, architecture: Architecture): string =>
      this.#split && path !== undefined ? partName(name, path, architecture) : name
    this.#inner = new ScheduledPaths(context, settings, {}, { ...plainPaths, renamed })
  }

  get batches(): number {
    return this.#inner.batches
  }

  get step(): number {
    return this.#inner.step
  }

  plan(seconds: number | undefined): Promise<SupernetPlan> {
    return this.#inner.plan(seconds)
  }

  begin(plan: SupernetPlan): void {
    this.#split = false
    this.#splitStep = this.#path === undefined ? Infinity : Math.round(this.#share * totalSteps(plan, this.batches))
    this.#inner.begin(plan)
  }

  advance(): Promise<number> {
    if (!this.#split && this.step >= this.#splitStep) this.#divide()
    return this.#inner.advance()
  }

  inspect(): Promise<Pick<SupernetEpoch, 'metrics'>> {
    return Promise.resolve({ metrics: { parts: this.#split ? this.#values().length : 1 } })
  }

  state(): SupernetState {
    const learned: Learned = { split: this.#split }
    return { ...this.#inner.state(), learned }
  }

  restore(state: SupernetState): void {
    this.#split = (state.learned as Learned).split
    this.#inner.restore(state)
  }

  release(): Promise<void> {
    return this.#inner.release()
  }

  #values(): readonly string[] {
    const decision = this.#context.space.decisions().find(({ path }) => path === this.#path)
    return decision ? (valuesOf(decision) ?? []).map(printValue) : []
  }

  /** Every sub-supernet begins with a copy of all weights and of the optimizer's vectors. */
  #divide(): void {
    const { step, tensors, learned } = this.#inner.state()
    const values = this.#values()
    const copies: Weights = new Map([...tensors].flatMap(([name, tensor]) => values.map((value) => [`${name}@${value}`, tensor] as const)))
    this.#split = true
    this.#inner.restore({ step, tensors: copies, learned })
  }
}

/** Few-shot search: after a shared phase one decision's alternatives have a supernet each, so that fewer paths share a weight. */
export const fewShot: OneShotEntry = {
  ...spos,
  name: 'few-shot',
  summary: 'weight sharing: after a shared phase the supernet is split along one decision; then evolves paths, each judged by its part',
  paper: 'Zhao, Wang, Tian, Fonseca, Guo 2021, arXiv:2006.06863',
  options: listed(specs),
  check(space, _, options) {
    const path = splitDecision(space, readOptions('few-shot', specs, options).split)
    return { notes: path === undefined ? ['No decision of this space can split its supernet: few-shot does what spos does.'] : [] }
  },
  trainer(context, options) {
    const { learningRate, ...given } = readOptions('few-shot', specs, options)
    return Promise.resolve(new FewShotTrainer(context, supernetSettings(context, learningRate || undefined), given))
  },
  inherit({ network, architecture }, shared, { space, learned, options }) {
    const path = splitDecision(space, readOptions('few-shot', specs, options).split)
    const split = (learned as Learned).split && path !== undefined
    return shared.take(parameterSpecs(network), (name) => (split ? partName(name, path, architecture) : name))
  },
  proposer: (context, learned) => spos.proposer(context, learned),
}
