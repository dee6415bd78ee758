import { type SpaceDefinition, resolve } from './definition.ts'
import { fault, firstValue, mutateValue, otherValues, sampleValue, valueCount, valuesOf } from './domain.ts'
import { pick } from './random.ts'
import type { Architecture, Decision, DecisionValue, Random } from './types.ts'

/** An architecture with every decision at random. */
export function sampleArchitecture(definition: SpaceDefinition, random: Random): Architecture {
  return resolve(definition, (decision) => sampleValue(decision, random)).architecture
}

/** All architectures in the order of their decisions' values; throws a RangeError when a real number makes them uncountable. */
export function* enumerateArchitectures(definition: SpaceDefinition): Generator<Architecture> {
  const table = new Map<string, readonly DecisionValue[]>()
  const values = (decision: Decision): readonly DecisionValue[] => {
    const known = table.get(decision.path) ?? valuesOf(decision)
    if (known === undefined) throw new RangeError(`${decision.path} is a real number: the space cannot be enumerated`)
    table.set(decision.path, known)
    return known
  }
  let counters: number[] = []
  for (;;) {
    let depth = 0
    const limits: number[] = []
    const { architecture } = resolve(definition, (decision) => {
      const choices = values(decision)
      const counter = counters[depth] ?? 0
      counters[depth++] = counter
      limits.push(choices.length)
      return choices[counter]
    })
    yield architecture
    let last = depth - 1
    while (last >= 0 && counters[last] + 1 === limits[last]) last--
    if (last < 0) return
    counters = counters.slice(0, last + 1)
    counters[last] = counters[last] + 1
  }
}

/** All architectures that differ in exactly one decision; those that become active with it are taken over from what was there, else first. */
export function neighbourArchitectures(definition: SpaceDefinition, architecture: Architecture): readonly Architecture[] {
  return resolve(definition, lookUp(architecture, firstValue)).decisions.flatMap((decision) =>
    otherValues(decision, architecture[decision.path]).map((value) => withDecision(definition, architecture, decision, value, firstValue)),
  )
}

/** Changes one decision, all active ones being equally likely, to another value; decisions that become active are sampled. */
export function mutateArchitecture(definition: SpaceDefinition, architecture: Architecture, random: Random): Architecture {
  const { decisions } = resolve(definition, lookUp(architecture, firstValue))
  const open = decisions.filter((decision) => valueCount(decision) !== 1n)
  if (open.length === 0) return architecture
  const decision = pick(random, open)
  const value = mutateValue(decision, architecture[decision.path], random)
  return resolve(definition, (other) => (other.path === decision.path ? value : (architecture[other.path] ?? sampleValue(other, random))))
    .architecture
}

/** Each decision from one of the parents that have it, both equally likely; sampled when neither has it. */
export function crossoverArchitectures(definition: SpaceDefinition, a: Architecture, b: Architecture, random: Random): Architecture {
  return resolve(definition, (decision) => {
    const [first, second] = random.next() < 0.5 ? [a, b] : [b, a]
    return first[decision.path] ?? second[decision.path] ?? sampleValue(decision, random)
  }).architecture
}

const lookUp =
  (architecture: Architecture, otherwise: (decision: Decision) => DecisionValue) =>
  (decision: Decision): DecisionValue =>
    architecture[decision.path] ?? otherwise(decision)

/** The architecture with one decision set; newly active decisions keep the value of their namesake in what was left, or in the round before. */
function withDecision(
  definition: SpaceDefinition,
  architecture: Architecture,
  changed: Decision,
  value: DecisionValue,
  otherwise: (decision: Decision) => DecisionValue,
): Architecture {
  const left = `${changed.path}=${String(architecture[changed.path])}/`
  const entered = `${changed.path}=${String(value)}/`
  return resolve(definition, (decision) => {
    const { path } = decision
    if (path === changed.path) return value
    const known = architecture[path]
    if (known !== undefined) return known
    const namesake = path.startsWith(entered)
      ? left + path.slice(entered.length)
      : lastRound(path, changed.path, Number(architecture[changed.path]) - 1)
    const inherited = namesake === undefined ? undefined : architecture[namesake]
    return inherited !== undefined && fault(decision, inherited) === undefined ? inherited : otherwise(decision)
  }).architecture
}

/** `stage/3/op` → `stage/1/op` when the repeat `stage` grew from two rounds. */
function lastRound(path: string, repeat: string, round: number): string | undefined {
  const rest = path.startsWith(`${repeat}/`) ? /^\d+(\/.*)$/.exec(path.slice(repeat.length + 1)) : null
  return rest && round >= 0 ? `${repeat}/${round}${rest[1]}` : undefined
}
