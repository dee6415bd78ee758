import { type Channels, equalChannels, foreign, foreignChannels } from './channels.ts'
import type { Image } from './rule.ts'

/** What is to be done with a branch so that a sum stays what it was: its part of the value that all carriers give; 0: it is silenced. */
export type Parts = readonly number[]

export interface Merged {
  readonly image: Image
  /** One for each input; absent where nothing is scaled. */
  readonly parts?: Parts
}

/** A branch that can be scaled, because its last layer with parameters is new. */
export type CanScale = (input: number) => boolean

/**
 * A sum that the parent has, too: its terms are there, what came to them is silenced.
 *
 * @param wanted the parent's terms
 */
export function carrySum(wanted: readonly string[], source: string, inputs: readonly Image[], canScale: CanScale): Merged | undefined {
  const terms = matched(wanted, inputs)
  if (terms === undefined) return undefined
  const [first, ...others] = terms.map((term) => inputs[term])
  if (others.some(({ channels }) => !equalChannels(channels, first.channels))) return undefined
  const parts = inputs.map((_, i) => (terms.includes(i) ? 1 : 0))
  if (parts.some((part, i) => part === 0 && !canScale(i))) return undefined
  return { image: { source, channels: first.channels, positive: terms.every((term) => inputs[term].positive) }, parts }
}

/**
 * A new sum. Where one input is a value that cannot be scaled it goes on, and the branches beside it begin silent (a skip connection, a residual block);
 * where all are new branches of one value each gives a part of it (a split).
 */
export function insertSum(inputs: readonly Image[], canScale: CanScale): Merged | undefined {
  const fixed = inputs.flatMap((_, i) => (canScale(i) ? [] : [i]))
  if (fixed.length > 1) return undefined
  if (fixed.length === 1) {
    const image = inputs[fixed[0]]
    return image.source === undefined ? undefined : { image, parts: inputs.map((_, i) => (i === fixed[0] ? 1 : 0)) }
  }
  const first = inputs.find(({ source }) => source !== undefined)
  if (first === undefined) return undefined
  const carries = inputs.map((image) => image.source === first.source && equalChannels(image.channels, first.channels))
  const count = carries.filter(Boolean).length
  return { image: first, parts: carries.map((carrier) => (carrier ? 1 / count : 0)) }
}

/** A concatenation that the parent has, too: the places of its values move, those of others are new. */
export function carryConcat(
  wanted: readonly { readonly source: string; readonly channels: number }[],
  source: string,
  inputs: readonly Image[],
): Merged | undefined {
  const terms = matched(
    wanted.map((term) => term.source),
    inputs,
  )
  if (terms === undefined) return undefined
  const offsets = wanted.map((_, i) => wanted.slice(0, i).reduce((sum, { channels }) => sum + channels, 0))
  const channels = inputs.flatMap((image, i): Channels => {
    const term = terms.indexOf(i)
    if (term < 0) return foreignChannels(image.channels.length)
    return image.channels.map((from) => (from === foreign ? foreign : offsets[term] + from))
  })
  return { image: { source, channels, positive: inputs.every(({ positive }) => positive) } }
}

/** A new concatenation: one value goes on, the others are new to all readers. An old value goes before one that a new layer repeats. */
export function insertConcat(inputs: readonly Image[], isNew: (input: number) => boolean): Merged | undefined {
  const shown = inputs.flatMap(({ source }, i) => (source === undefined ? [] : [i]))
  const goesOn = shown.find((i) => !isNew(i)) ?? shown[0]
  if (goesOn === undefined) return undefined
  const channels = inputs.flatMap((image, i) => (i === goesOn ? image.channels : foreignChannels(image.channels.length)))
  return { image: { source: inputs[goesOn].source, channels, positive: inputs.every(({ positive }) => positive) } }
}

/** Which input shows each of the parent's, none twice; undefined when one is missing. */
function matched(wanted: readonly string[], inputs: readonly Image[]): readonly number[] | undefined {
  const taken: number[] = []
  for (const source of wanted) {
    const found = inputs.findIndex((image, i) => image.source === source && !taken.includes(i))
    if (found < 0) return undefined
    taken.push(found)
  }
  return taken
}
