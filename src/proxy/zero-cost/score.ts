import type { Cost } from '../../network/index.ts'
import type { Condition, Tensor } from '../../tensor/index.ts'
import type { Passes } from './passes.ts'

/** Some numbers that a graph gives, with the condition under which they are computed. */
export interface Part {
  /** Of the parameter or the node that they belong to. */
  readonly name: string
  /** One dimension. */
  readonly vector: Tensor
  readonly on: Condition
}

/** Numbers by the name of the parameter or node that they belong to. */
export type Parts = ReadonlyMap<string, Float32Array>

/** What a network gave, as a score reads it. */
export interface Seen {
  /** The parts of an output that are on the network's path. */
  parts(output: string): Parts
  /** Examples in the batch. */
  readonly batch: number
  /** Factor by which the input and the output of the pass of absolute values were multiplied. */
  readonly scale: number
  cost(): Cost
}

/**
 * A zero-cost score: what a network's first weights, one batch and at most a few passes say of how good it will be. Larger is expected to be better. Data,
 * so that help, docs and the page read the same.
 *
 * Every score is a number or −Infinity, never NaN: −Infinity means that the network cannot be judged, because nothing reaches its output, nothing tells
 * its examples apart, or numbers grow beyond float32. Such networks rank last.
 */
export interface ZeroCostScore {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper?: string
  /** What is computed for it, by name; a name means the same for all scores. Absent: nothing, the network's cost says it. */
  outputs?(passes: Passes): Readonly<Record<string, readonly Part[]>>
  value(seen: Seen): number
}

/** A score that is defined: −Infinity for what is no number or grew beyond all bounds. */
export const defined = (value: number): number => (Number.isNaN(value) || value === Infinity ? -Infinity : value)

/** Sum of all numbers. */
export function total(parts: Parts): number {
  let sum = 0
  for (const numbers of parts.values()) for (const number of numbers) sum += number
  return sum
}
