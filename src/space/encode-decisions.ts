import type { SpaceDefinition } from './definition.ts'
import { sameValue, toUnit, valueCount, valuesOf } from './domain.ts'
import type { Encoder } from './encoder.ts'
import { everyDecision, type PossibleDecision } from './every-decision.ts'
import type { Decision, DecisionValue } from './types.ts'

/** Places of one decision in the vector. */
interface Slot extends PossibleDecision {
  readonly from: number
}

/** Every possible decision of a space at its own places; those that are not active stay zero. */
export function decisionEncoder(definition: SpaceDefinition): Encoder {
  let length = 0
  const slots = everyDecision(definition).map((possible): Slot => {
    const slot = { ...possible, from: length }
    length += width(possible)
    return slot
  })
  return {
    kind: 'decision',
    length,
    encode(architecture) {
      const vector = new Float64Array(length)
      for (const slot of slots) {
        const value = architecture[slot.decision.path]
        if (value !== undefined) write(vector, slot, value)
      }
      return vector
    },
  }
}

function width({ decision, always }: PossibleDecision): number {
  if (decision.kind === 'choice') return decision.alternatives.length
  if (decision.kind === 'inputs') return decision.from
  return always ? 1 : 2
}

function write(vector: Float64Array, { decision, always, from }: Slot, value: DecisionValue): void {
  if (decision.kind === 'choice') vector[from + decision.alternatives.indexOf(value as string)] = 1
  else if (decision.kind === 'inputs') for (const source of value as readonly number[]) vector[from + source] = 1
  else if (always) vector[from] = unit(decision, value)
  else {
    vector[from] = 1
    vector[from + 1] = unit(decision, value)
  }
}

/** Place of a number among its decision's, 0 to 1: on the scale of a real number, by rank in a list. */
function unit(decision: Extract<Decision, { kind: 'number' | 'integer' | 'float' }>, value: DecisionValue): number {
  if (decision.kind === 'float') return toUnit(decision, value as number)
  const last = Number(valueCount(decision)) - 1
  if (last === 0) return 0
  if (decision.kind === 'integer') return ((value as number) - decision.from) / decision.step / last
  return (valuesOf(decision) as readonly DecisionValue[]).findIndex((other) => sameValue(other, value)) / last
}
