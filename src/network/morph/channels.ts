import type { RandomStream } from '../random.ts'

/** For each channel of a value, the channel of the parent's value that it equals; `foreign` for one that the parent has not. */
export type Channels = readonly number[]

export const foreign = -1

export const sameChannels = (count: number): Channels => Array.from({ length: count }, (_, i) => i)

export const foreignChannels = (count: number): Channels => Array<number>(count).fill(foreign)

/**
 * Which channel each channel of a widened value repeats: the first ones are the old ones, those after them repeat these from the first on. It depends on
 * the widths alone, so values that meet in a sum are widened alike.
 */
export const widened = (from: number, to: number): Channels => Array.from({ length: to }, (_, i) => i % from)

export const compose = (outer: Channels, inner: Channels): Channels => outer.map((i) => (i === foreign ? foreign : inner[i]))

/** Whether the channels are all of the parent's, in their order. */
export const isSame = (channels: Channels, count: number): boolean => channels.length === count && channels.every((from, i) => from === i)

export const equalChannels = (a: Channels, b: Channels): boolean => a.length === b.length && a.every((from, i) => from === b[i])

/** Whether each of so many channels of the parent is there: what reads the value needs them all. */
export const covers = (channels: Channels, count: number): boolean => new Set(channels.filter((from) => from !== foreign)).size === count

/** Channels of an image as the values of a vector: each channel stands for `size` values in a row. */
export const flattened = (channels: Channels, size: number): Channels =>
  channels.flatMap((from) => Array.from({ length: size }, (_, i) => (from === foreign ? foreign : from * size + i)))

/**
 * Divides what each channel of the parent gives to a reader among the channels that repeat it: shares of at least a third of an equal part that add up
 * to one, 0 for foreign channels. They are drawn anew for every reader, so that equal channels get different gradients and do not stay equal.
 */
export function divider(channels: Channels): (random: RandomStream) => Float64Array {
  const groups = new Map<number, number[]>()
  for (const [i, from] of channels.entries()) if (from !== foreign) groups.set(from, [...(groups.get(from) ?? []), i])
  const repeated = [...groups.values()].filter((group) => group.length > 1)
  const whole = Float64Array.from(channels, (from) => (from === foreign ? 0 : 1))
  return (random) => {
    if (repeated.length === 0) return whole
    const shares = whole.slice()
    for (const group of repeated) {
      const drawn = group.map(() => 0.5 + random.uniform())
      const sum = drawn.reduce((a, b) => a + b, 0)
      for (const [i, channel] of group.entries()) shares[channel] = drawn[i] / sum
    }
    return shares
  }
}
