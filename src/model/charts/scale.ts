import { digits, percent, quantity, whole } from '../report/format.ts'

/** Where values lie along an axis. */
export interface Scale {
  /** Pixels of a value. */
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
  readonly format: (value: number) => string
}

export type NumberStyle = 'plain' | 'whole' | 'percent' | 'quantity'

const formats: Readonly<Record<NumberStyle, (value: number) => string>> = {
  plain: (value) => digits(value),
  whole,
  percent: (value) => percent(value),
  quantity,
}

/** A range with some width, where values are equal or nearly so. */
export function widened(low: number, high: number): readonly [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (high - low > Math.max(size * 1e-6, 1e-12)) return [low, high]
  const margin = Math.max(size * 0.1, 1e-3)
  return [low - margin, high + margin]
}

/** Round numbers, about `count` of them and at least `least` apart, that span the values. */
export function niceTicks(from: number, to: number, count: number, least = 0): number[] {
  const rough = Math.max((to - from) / Math.max(count, 1), least)
  const power = 10 ** Math.floor(Math.log10(rough))
  const factors = least >= 1 && power < 10 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]
  const step = (factors.find((factor) => factor * power >= rough * 0.999) ?? 10) * power
  const first = Math.floor(from / step + 1e-9)
  const last = Math.ceil(to / step - 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** An axis that begins and ends at round numbers around the values. */
export function linearScale(
  values: readonly number[],
  [start, end]: readonly [number, number],
  style: NumberStyle = 'plain',
  count = 5,
): Scale {
  const finite = values.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite, Number.POSITIVE_INFINITY), Math.max(...finite, Number.NEGATIVE_INFINITY)]
  const empty = finite.length === 0
  const [from, to] = empty ? [0, 1] : widened(low, high)
  const ticks = niceTicks(from, to, count, style === 'whole' ? 1 : 0)
  const [first, last] = [ticks[0], ticks[ticks.length - 1]]
  return { at: (value) => start + ((value - first) / (last - first)) * (end - start), ticks, format: formats[style] }
}

/** A logarithmic axis; values must be above 0. Ticks at 1, 2 and 5 where there is room, else at powers of ten. */
export function logScale(values: readonly number[], [start, end]: readonly [number, number], style: NumberStyle = 'quantity'): Scale {
  const finite = values.filter((value) => Number.isFinite(value) && value > 0)
  const [low, high] = finite.length === 0 ? [1, 10] : [Math.min(...finite), Math.max(...finite)]
  const from = Math.log10(low) - 0.08
  const to = Math.log10(high) + 0.08
  const powers = Array.from({ length: Math.ceil(to) - Math.floor(from) + 1 }, (_, i) => Math.floor(from) + i)
  const within = (factors: readonly number[]): number[] =>
    powers
      .flatMap((power) => factors.map((factor) => factor * 10 ** power))
      .filter((value) => Math.log10(value) >= from && Math.log10(value) <= to)
  const candidates = [within([1]), within([1, 3]), within([1, 2, 5]), within([1, 2, 3, 4, 5, 6, 7, 8, 9])]
  const ticks = candidates.find((some) => some.length >= 3) ?? [low, high]
  const few = ticks.length > 6 ? ticks.filter((_, i) => i % Math.ceil(ticks.length / 6) === 0) : ticks
  return { at: (value) => start + ((Math.log10(value) - from) / (to - from)) * (end - start), ticks: few, format: formats[style] }
}
