import type { Attributes, Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'

/** A node's value in the form that a rule gives it. */
export type Lowered = { readonly blocked: string } | { readonly plain: string }

/**
 * Lowers a node on blocked data; undefined when it had better be lowered the standard way. A rule may read its inputs in whatever form
 * it wants; it does well to take a node only when an input is blocked already, or the blocked form is worth a conversion.
 */
export type Rule<A extends Attributes = Attributes> = (node: Tensor<A>, values: BlockedValues) => Lowered | undefined

/** What a blocked convolution does to its result before it writes it: adds a blocked tensor, then cuts off what is below 0. */
export interface After {
  readonly sum?: string
  readonly relu?: boolean
}
