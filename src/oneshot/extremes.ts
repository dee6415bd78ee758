import { trainingWork } from '../network/index.ts'
import { everyDecision } from '../space/every-decision.ts'
import { SpaceError } from '../space/error.ts'
import { type Architecture, type Decision, type DecisionValue, type NetworkContext, type SearchSpace, valuesOf } from '../space/index.ts'

/** The values of each decision from that which makes the smallest network to that which makes the largest. */
export interface ValueOrder {
  smallest(decision: Decision): DecisionValue
  largest(decision: Decision): DecisionValue
  /** From the smallest on. */
  ordered(decision: Decision): readonly DecisionValue[]
}

/** Decisions with more values than this are only looked at from both ends. */
const MANY = 64

/**
 * Numbers are in their own order, inputs by their number, alternatives (whose names say nothing of size) by the work of the networks that they make, all else
 * being largest; of alternatives of equal work the later is taken: what gives nothing at all stands before what gives its input on.
 */
export function valueOrder(space: SearchSpace, context: NetworkContext): ValueOrder {
  const known = new Map<string, readonly Ranked[]>()
  const work = (decision: Decision, value: DecisionValue): number | undefined => {
    // The decision is active only where the branches in its path are taken.
    const branch = (other: Decision): DecisionValue | undefined =>
      other.kind === 'choice' ? other.alternatives.find((name) => decision.path.startsWith(`${other.path}=${name}/`)) : undefined
    const architecture = space.build((other) => {
      if (other.path === decision.path) return value
      return branch(other) ?? (other.kind === 'choice' ? other.alternatives[0] : (inOrder(other).at(-1) as DecisionValue))
    })
    try {
      return trainingWork(space.cost(architecture, context))
    } catch (error) {
      // An alternative that cannot be built beside the largest of all else.
      if (error instanceof SpaceError) return undefined
      throw error
    }
  }
  const ranked = (decision: Extract<Decision, { kind: 'choice' }>): readonly Ranked[] => {
    const before = known.get(decision.path)
    if (before) return before
    const built = decision.alternatives.flatMap((value): Ranked[] => {
      const cost = work(decision, value)
      return cost === undefined ? [] : [{ value, work: cost }]
    })
    const all = built.length > 0 ? built : decision.alternatives.map((value): Ranked => ({ value, work: 0 }))
    const sorted = all.toSorted((a, b) => a.work - b.work)
    known.set(decision.path, sorted)
    return sorted
  }
  const ordered = (decision: Decision): readonly DecisionValue[] =>
    decision.kind === 'choice' ? ranked(decision).map(({ value }) => value) : inOrder(decision)
  return {
    ordered,
    smallest(decision) {
      if (decision.kind !== 'choice') return inOrder(decision)[0]
      const all = ranked(decision)
      return (all.findLast((each) => each.work === all[0].work) as Ranked).value
    },
    largest: (decision) => ordered(decision).at(-1) as DecisionValue,
  }
}

interface Ranked {
  readonly value: DecisionValue
  readonly work: number
}

/** Values of what is no choice, the smallest first; of real numbers and very long ranges both ends. */
function inOrder(decision: Exclude<Decision, { kind: 'choice' }>): readonly DecisionValue[] {
  if (decision.kind === 'float') return [decision.from, decision.to]
  if (decision.kind === 'integer' && (decision.to - decision.from) / decision.step >= MANY) return [decision.from, decision.to]
  return valuesOf(decision) as readonly DecisionValue[]
}

/**
 * The largest network of a space; where it is limited, the smallest one with each decision in turn raised as far as the limit allows.
 *
 * @returns undefined when not even the smallest one meets the limit
 */
export function largestWithin(space: SearchSpace, order: ValueOrder): Architecture | undefined {
  const allowed = (architecture: Architecture): boolean => space.check(architecture).length === 0
  const whole = space.build(order.largest)
  if (allowed(whole)) return whole
  let best = space.build(order.smallest)
  if (!allowed(best)) return undefined
  const raised = new Map<string, DecisionValue>()
  for (;;) {
    const next = space.decisions(best).find(({ path }) => !raised.has(path))
    if (next === undefined) return best
    for (const value of order.ordered(next).toReversed()) {
      const candidate = space.build((decision) =>
        decision.path === next.path ? value : (raised.get(decision.path) ?? order.smallest(decision)),
      )
      if (!allowed(candidate)) continue
      best = candidate
      raised.set(next.path, value)
      break
    }
    if (!raised.has(next.path)) raised.set(next.path, best[next.path])
  }
}

/** Roles of the decisions that come in at each stage of a shrinking: kernels and whatever else stands at a place, then depths, then widths. */
const stages = [new Set(['kernel', 'operation', 'wiring', 'other']), new Set(['depth']), new Set(['width'])] as const

/** Paths of the decisions that are open at each stage; the first has none, stages at which none would come in are left out. */
export function openAtStage(space: SearchSpace): readonly ReadonlySet<string>[] {
  const all = everyDecision(space.definition)
  let open: ReadonlySet<string> = new Set()
  const list = [open]
  for (const roles of stages) {
    const coming = all.filter(({ role }) => roles.has(role)).map(({ decision }) => decision.path)
    if (coming.length === 0) continue
    open = new Set([...open, ...coming])
    list.push(open)
  }
  return list
}
