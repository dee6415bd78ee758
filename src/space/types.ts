import type { ArchitectureGraph } from './architecture-graph.ts'
import type { SpaceDefinition } from './definition.ts'
import type { Cost, InputSpec, Network } from '../network/network.ts'

/** A random source. `next()` gives uniform [0, 1). Built on pure-rand; see random.ts for integers, choices and normal numbers. */
export interface Random {
  next(): number
}

/** What a decision was set to: the name of an alternative, a number, or indices of the inputs taken. */
export type DecisionValue = string | number | readonly number[]

/**
 * One point of a search space: the value of every ACTIVE decision, keyed by the decision's path (with the branches taken),
 * in the order of a walk of the tree. Plain JSON.
 */
export type Architecture = Readonly<Record<string, DecisionValue>>

/** One decision as strategies see it: no layers, only its path, its kind and its range. */
export type Decision =
  | { readonly path: string; readonly kind: 'choice'; readonly alternatives: readonly string[] }
  /** One of a list of numbers, in a meaningful order. */
  | { readonly path: string; readonly kind: 'number'; readonly values: readonly number[] }
  | { readonly path: string; readonly kind: 'integer'; readonly from: number; readonly to: number; readonly step: number }
  | { readonly path: string; readonly kind: 'float'; readonly from: number; readonly to: number; readonly log: boolean }
  | { readonly path: string; readonly kind: 'inputs'; readonly from: number; readonly count: number | readonly [number, number] }

/** What the space needs to know of the data to make a network. */
export interface NetworkContext {
  readonly input: InputSpec
  readonly outputs: number
}

/** Hyper-parameters that a space may search jointly; names as in the train room's settings. */
export type Hyperparameters = Readonly<Record<string, number | string>>

/** A fault of an architecture, as a value; a formatter makes the sentence. */
export interface Issue {
  readonly path: string
  readonly message: string
}

/** Everything that comes from one definition of a space. All pure. */
export interface SearchSpace {
  readonly name: string
  readonly summary: string
  /** The tree that everything else is derived from. */
  readonly definition: SpaceDefinition
  /** Exact number of architectures; undefined when a float decision makes it uncountable. */
  readonly size: bigint | undefined
  /** The active decisions of an architecture, in walk order; of the first architecture when none is given. */
  decisions(architecture?: Architecture): readonly Decision[]
  /** The architecture whose active decisions, in walk order, `decide` takes one after the other: how a strategy makes its own. */
  build(decide: (decision: Decision) => DecisionValue): Architecture
  /** Every decision at random, all its values equally likely: small branches are as likely as large ones. */
  sample(random: Random): Architecture
  /** All architectures equally likely: large branches are likelier. */
  sampleUniform(random: Random): Architecture
  /** All architectures in a fixed order; only for countable spaces. */
  enumerate(): Iterable<Architecture>
  /** Readable string; `parse(print(a))` equals `a`. */
  print(architecture: Architecture): string
  /** Throws SpaceError with what, where and the mend. */
  parse(text: string): Architecture
  /** What is wrong with an architecture; empty when nothing. */
  check(architecture: Architecture): readonly Issue[]
  /** All architectures that differ in exactly one decision (floats: a fixed number of steps). */
  neighbours(architecture: Architecture): readonly Architecture[]
  /** Changes exactly one decision; decisions that become active are sampled, those of other branches dropped. */
  mutate(architecture: Architecture, random: Random): Architecture
  /** Each decision from one of the parents (uniform), decisions whose path is only in one parent follow the branch taken. */
  crossover(a: Architecture, b: Architecture, random: Random): Architecture
  /** The architecture as a graph of labelled operations: of its cells where shared cells hold all decisions, else of the whole network. */
  graph(architecture: Architecture): ArchitectureGraph
  /** The same text for architectures that are one network up to names (zeros pruned, identities contracted) and have the same hyper-parameters. */
  canonical(architecture: Architecture): string
  child(architecture: Architecture, context: NetworkContext): Network
  hyperparameters(architecture: Architecture): Hyperparameters
  /** Cost before building. */
  cost(architecture: Architecture, context: NetworkContext): Cost
}
