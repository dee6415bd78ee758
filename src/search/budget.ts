import { UserError } from '../errors.ts'
import type { Budget, Fidelity } from './events.ts'

/** Used when no budget is given; named, and said first. */
export const defaultBudget = '10m'

const examples = 'for example 10m, 90s, 1h30m, 200trials, or both: 10m,200trials'
const unitSeconds: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 }

/**
 * Reads a budget: wall time (`90s`, `10m`, `1h30m`), a number of trials (`200trials`), or both with a comma.
 *
 * @throws UserError naming what is wrong, with examples
 */
export function parseBudget(text: string): Budget {
  const parts = text.split(',').map((part) => part.trim())
  const budget: { seconds?: number; trials?: number } = {}
  for (const part of parts) {
    const trials = /^(\d+)\s*trials?$/i.exec(part)
    const kind = trials ? 'trials' : 'seconds'
    const value = trials ? Number(trials[1]) : parseSeconds(part)
    if (value === undefined) throw new UserError(`"${text}" is no budget: give wall time, a number of trials, or both, ${examples}.`)
    if (budget[kind] !== undefined) throw new UserError(`The budget "${text}" names ${kind} twice: give each once, ${examples}.`)
    if (!(value > 0) || !Number.isSafeInteger(Math.ceil(value)))
      throw new UserError(`The budget "${text}" must be more than nothing, ${examples}.`)
    budget[kind] = value
  }
  if (budget.seconds !== undefined && budget.seconds < 5) {
    throw new UserError(`A budget of "${text}" is too short to train anything: give 5s or more, ${examples}.`)
  }
  return budget
}

/** `1h30m` → 5400; undefined when it is no time. */
function parseSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?\s*(s|sec|m|min|h|d)\s*)+$/i.test(text)) return undefined
  let seconds = 0
  for (const [, value, , unit] of text.matchAll(/(\d+(\.\d+)?)\s*(sec|min|s|m|h|d)/gi)) {
    seconds += Number(value) * unitSeconds[unit.toLowerCase()]
  }
  return seconds
}

/** Parts of a fidelity by how they are written. */
const fidelityParts: readonly {
  readonly name: keyof Fidelity
  readonly pattern: RegExp
  readonly from: number
  readonly to: number
  readonly scale?: number
}[] = [
  { name: 'epochs', pattern: /^(\d+)\s*ep(ochs?)?$/i, from: 1, to: 10_000 },
  { name: 'share', pattern: /^(\d+(?:\.\d+)?)\s*%\s*data$/i, from: Number.MIN_VALUE, to: 1, scale: 0.01 },
  { name: 'side', pattern: /^(\d+)\s*px$/i, from: 2, to: 10_000 },
  { name: 'channels', pattern: /^(\d+)\s*channels?$/i, from: 1, to: 10_000 },
  { name: 'cells', pattern: /^(\d+)\s*cells?$/i, from: 1, to: 10_000 },
]

/**
 * Reads how far a trial is trained: epochs (`3ep`), a share of the data (`20%data`), smaller pictures (`14px`), channels and cells of a smaller network
 * (`8channels`, `1cell`), or several with commas.
 *
 * @throws UserError naming what is wrong, with examples
 */
export function parseFidelity(text: string): Fidelity {
  const found: { -readonly [K in keyof Fidelity]?: number } = {}
  for (const piece of text.split(',').map((part) => part.trim())) {
    const part = fidelityParts.find(({ pattern }) => pattern.test(piece))
    if (part === undefined || found[part.name] !== undefined)
      throw new UserError(
        `"${text}" is no fidelity: give epochs, a share of the data, or both, for example 3ep, 20%data or 3ep,20%data; also smaller pictures and networks: 14px, 8channels, 1cell.`,
      )
    const { name, pattern, from, to, scale = 1 } = part
    const value = Number(pattern.exec(piece)?.[1]) * scale
    if (!(value >= from && value <= to)) {
      const range =
        name === 'share'
          ? 'more than 0 % and at most 100 % of the data'
          : `from ${from} to ${to} ${name === 'side' ? 'pixels' : name}, for example 3ep`
      throw new UserError(`The fidelity "${text}" must be ${range}.`)
    }
    found[name] = value
  }
  const { epochs = 1, share, ...smaller } = found
  return { epochs, ...(share === undefined || share === 1 ? {} : { share }), ...smaller }
}

/** `3 epochs of 20 % of the data`. */
export function describeFidelity({ epochs, share, side, channels, cells }: Fidelity): string {
  const parts = [
    `${epochs} epoch${epochs === 1 ? '' : 's'}${share === undefined ? '' : ` of ${Math.round(share * 100)} % of the data`}`,
    ...(side === undefined ? [] : [`pictures of ${side}×${side}`]),
    ...(channels === undefined ? [] : [`${channels} channels`]),
    ...(cells === undefined ? [] : [`${cells} cell${cells === 1 ? '' : 's'}`]),
  ]
  return parts.join(', ')
}

/** What a run's time is divided into; times in ms since 1970. */
export interface TimePlan {
  /** When the search stops and the final training begins. */
  readonly searchUntil: number
  /** When the final training must have ended, so that test, export and report end in the budget. */
  readonly trainUntil: number
  readonly until: number
}

/** Kept for what follows the final training: testing, writing and checking the model, the report. */
const tailSeconds = (seconds: number): number => Math.min(15, Math.max(2, 0.05 * seconds))

/**
 * @param since begin of the time that still counts: process start, later by what earlier stretches of work took
 * @param seconds the whole budget
 * @param used seconds that earlier stretches took
 */
export function planTime(since: number, seconds: number, used: number, finalShare: number): TimePlan {
  const until = since + Math.max(0, seconds - used) * 1000
  const trainUntil = until - tailSeconds(seconds) * 1000
  // The final training's share includes its tail.
  const searchUntil = Math.min(trainUntil, until - finalShare * seconds * 1000)
  return { searchUntil, trainUntil, until }
}

/** What a trial of a typical network takes, as measured. */
export interface TrialCost {
  /** One pass over the training part. */
  readonly epochSeconds: number
  /** Evaluating the validation part once. */
  readonly validSeconds: number
  /** Making the network's sessions, measuring latency, saving. */
  readonly fixedSeconds: number
  /** Training batches in a pass over the training part. */
  readonly batches: number
  /** Work of the network that was measured, for one example (`trainingWork`). */
  readonly work: number
  /** Work of random networks of the space, in ascending order. */
  readonly spread: readonly number[]
}

/** Epochs that a final training should have at least, by the number of examples: small data need more of them. */
export const wantedFinalEpochs = (examples: number): number => Math.min(40, Math.max(8, Math.round(480_000 / examples)))

/** However little time there is, this share of the space stays open. */
const leastOpen = 0.15

/**
 * The dearest network that is worth trying: one whose final training still gets enough epochs in its time. Undefined when nearly all do.
 *
 * @param seconds of the final training
 * @param speed of the final training against one worker's: more than one core for one network
 */
export function planCostLimit(cost: TrialCost, seconds: number, speed: number, examples: number): number | undefined {
  const { work, spread, epochSeconds } = cost
  const epochs = (seconds * speed) / Math.max(1e-9, epochSeconds)
  const affordable = (work * epochs) / wantedFinalEpochs(examples)
  const open = spread[Math.floor(leastOpen * spread.length)] ?? work
  const limit = Math.max(affordable, open)
  return spread.filter((value) => value > limit).length > 0.05 * spread.length ? Math.round(limit) : undefined
}

/** What a typical network within a limit takes: time grows with work. */
export function costWithin(cost: TrialCost, limit: number | undefined): TrialCost {
  if (limit === undefined) return cost
  const within = cost.spread.filter((value) => value <= limit)
  const work = within[Math.floor(within.length / 2)] ?? cost.work
  const scale = Math.min(1, work / cost.work)
  return { ...cost, work, epochSeconds: cost.epochSeconds * scale, validSeconds: cost.validSeconds * scale }
}

/** Trials to aim for; more when full trials are cheap, fewer (down to the least) when even a short one is dear. */
const aim = { least: 10, usual: 24, most: 60 } as const
/** Where weights are inherited a trial goes on from what its parents learned: so many times as many, shorter ones. */
const inheriting = 2
const mostEpochs = 12
const leastSteps = 60

/**
 * Chooses how far each trial is trained, so that a sensible number of trials fits into the search's time.
 *
 * @param seconds of the search, times the workers
 * @param inherit whether trials begin from their parents' weights
 */
export function planFidelity(cost: TrialCost, seconds: number, trials?: number, inherit = false): Fidelity {
  const usual = inherit ? inheriting * aim.usual : aim.usual
  const wanted = trials === undefined ? usual : Math.min(trials, aim.most)
  const perTrial = (count: number): number => seconds / count - cost.fixedSeconds
  const epochs = Math.floor(perTrial(wanted) / (cost.epochSeconds + cost.validSeconds))
  if (epochs >= 1) return { epochs: Math.min(epochs, mostEpochs) }
  // Not one epoch each: a share of the data, with fewer trials before the share gets too small to tell networks apart.
  const shareFor = (count: number): number => (perTrial(count) - cost.validSeconds) / cost.epochSeconds
  const floor = Math.min(1, leastSteps / cost.batches)
  const share = shareFor(wanted) >= floor ? shareFor(wanted) : Math.max(floor, Math.min(shareFor(Math.min(wanted, aim.least)), floor))
  const rounded = Math.min(1, Math.ceil(share * 100) / 100)
  return rounded >= 1 ? { epochs: 1 } : { epochs: 1, share: rounded }
}

/** Fidelity when only trials are counted: by the data's size alone, so that the same command always searches the same. */
export function fidelityBySize(examples: number): Fidelity {
  const wanted = 10_000
  if (examples >= wanted) return { epochs: 1, ...(examples > wanted ? { share: Math.ceil((100 * wanted) / examples) / 100 } : {}) }
  return { epochs: Math.min(mostEpochs, Math.round(wanted / examples)) }
}

/** Epochs of the final training when no time is set: by the data's size alone. */
export function finalEpochsBySize(examples: number): number {
  return Math.min(40, Math.max(6, Math.round(240_000 / examples)))
}
