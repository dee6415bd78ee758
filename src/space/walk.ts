import { segmentOf } from './builders.ts'
import { dividedChannels, type Part } from './divide.ts'
import { SpaceError } from './error.ts'
import { evaluate, toDecision, type DecisionExpression, type Expression, type Scope, type Value } from './expression.ts'
import { readsIndex } from './parts.ts'
import type { ChoiceTree, GraphNode, GraphTree, LayerTree, Merge, Tree } from './tree.ts'
import type { Decision, DecisionValue } from './types.ts'
import { sourcesOf } from './wiring.ts'

/** What a walk gives its visitor: decisions to take, and layers and merges in order. V is what flows through the network: a tensor, a shape, nothing. */
export interface Visitor<V> {
  /** Whether only decisions are looked at: shared parts are then walked the first time alone. */
  readonly decisionsOnly?: boolean
  decide(decision: Decision): DecisionValue
  /** Value of a size word at a place. */
  size(word: 'same' | 'classes', input: V): number
  /** Channels of the node around a place, in a graph whose channels are divided. Default: as they were divided. */
  part?(channels: number): number
  layer(path: string, layer: LayerTree['layer'], fields: Readonly<Record<string, Value>>, input: V): V
  merge(path: string, merge: Merge, inputs: readonly V[]): V
  /** Called before an alternative: what flows into it. Default: the choice's input. */
  enter?(choice: ChoiceTree, taken: string, input: V): V
  /** Called after an alternative, so that it can be brought to the shape that its choice gives. */
  adapt(path: string, choice: ChoiceTree, channels: (() => number) | undefined, input: V, output: V): V
}

/** Where a walk stands: prefix of decisions' paths, prefix of layers' paths, index of the repeat around. */
export interface Place<V = unknown> {
  readonly scope: string
  readonly path: string
  readonly index?: number
  /** Output of the cell before the last of a stack. */
  readonly before?: V
  /** Channels of the node around it, in a graph whose channels are divided. */
  readonly part?: number
}

const ROOT = { scope: '', path: '' }

/** One walk through a space with all decisions taken: the one way in which everything about an architecture is found. */
export class Walk<V> {
  readonly #visitor: Visitor<V>
  /** Decisions taken in this walk: a shared one is asked for once. */
  readonly #decided = new Map<string, DecisionValue>()
  /** Shared parts that were walked. */
  readonly #walked = new Set<string>()

  constructor(visitor: Visitor<V>) {
    this.#visitor = visitor
  }

  /** Walks a tree from its root; `before` is what a cell that is walked alone reads under that name. */
  tree(root: Tree, input: V, before?: V): V {
    return this.#step(root, alone(root), before === undefined ? ROOT : { ...ROOT, before }, input)
  }

  /** Value of an expression that stands at the root, such as a hyper-parameter. */
  value(expression: Expression): Value {
    return evaluate(expression, this.#scope(ROOT, undefined))
  }

  #decide(decision: Decision): DecisionValue {
    const known = this.#decided.get(decision.path)
    if (known !== undefined) return known
    const value = this.#visitor.decide(decision)
    this.#decided.set(decision.path, value)
    return value
  }

  #scope(place: Place<V>, input: V | undefined): Scope {
    return {
      index: place.index,
      decide: (expression: DecisionExpression, shared: boolean) =>
        this.#decide(toDecision(expression, shared ? expression.name : place.scope + expression.name)),
      size: (word) => (word === 'part' ? this.#part(place) : this.#visitor.size(word, input as V)),
    }
  }

  #part({ part, path }: Place<V>): number {
    if (part === undefined) throw new SpaceError(`${path}: 'part' stands outside of a graph with { divide }.`)
    return this.#visitor.part ? this.#visitor.part(part) : part
  }

  #step(tree: Tree, segment: string, place: Place<V>, input: V): V {
    switch (tree.kind) {
      case 'layer':
        return this.#layer(tree, segment, place, input)
      case 'sequence': {
        let value = input
        for (let i = 0; i < tree.items.length; i++) value = this.#step(tree.items[i], tree.segments[i], place, value)
        return value
      }
      case 'scope':
        return this.#inside(tree.body, { ...place, scope: `${place.scope}${tree.name}/`, path: `${place.path}${segment}/` }, input)
      case 'choice':
        return this.#choice(tree, segment, place, input)
      case 'repeat': {
        const times = evaluate(tree.times, this.#scope(place, undefined))
        if (!Number.isInteger(times) || (times as number) < 0)
          throw new SpaceError(
            `The repeat "${place.scope}${tree.name}" came out as ${times} times: its count must be a whole number, 0 or more.`,
          )
        let value = input
        for (let i = 0; i < (times as number); i++)
          value = this.#inside(
            tree.body,
            { ...place, scope: `${place.scope}${tree.name}/${i}/`, path: `${place.path}${segment}/${i}/`, index: i },
            value,
          )
        return value
      }
      case 'parallel': {
        const results = tree.branches.map(({ name, tree: branch }) =>
          this.#inside(
            branch,
            { ...place, scope: tree.scoped ? `${place.scope}${name}/` : place.scope, path: `${place.path}${segment}/${name}/` },
            input,
          ),
        )
        return this.#visitor.merge(place.path + segment, tree.merge, results)
      }
      case 'graph':
        return this.#graph(tree, segment, place, input)
      case 'when': {
        const holds = evaluate(tree.condition, this.#scope(place, undefined)) === true
        return this.#inside(
          holds ? tree.met : tree.otherwise,
          { ...place, path: `${place.path}${segment}/${holds ? 'met' : 'otherwise'}/` },
          input,
        )
      }
      case 'stack': {
        let [before, last] = [input, input]
        tree.cells.forEach((cell, i) => {
          const inside = { ...place, scope: `${place.scope}${tree.name}/${i}/`, path: `${place.path}${segment}/${i}/`, before }
          ;[before, last] = [last, this.#inside(cell, inside, last)]
        })
        return last
      }
      case 'shared':
        if (this.#visitor.decisionsOnly && this.#walked.has(tree.name) && !readsIndex(tree)) return input
        this.#walked.add(tree.name)
        return this.#step(tree.body, segment, { ...place, scope: sharedScope(tree) }, input)
    }
  }

  #inside(tree: Tree, place: Place<V>, input: V): V {
    return this.#step(tree, alone(tree), place, input)
  }

  #layer(tree: LayerTree, segment: string, place: Place<V>, input: V): V {
    const scope = this.#scope(place, input)
    const fields: Record<string, Value> = {}
    for (const field in tree.fields) fields[field] = evaluate(tree.fields[field], scope)
    return this.#visitor.layer(place.path + segment, tree.layer, fields, input)
  }

  #choice(tree: ChoiceTree, segment: string, place: Place<V>, input: V): V {
    const taken = this.#decide({ path: place.scope + tree.name, kind: 'choice', alternatives: Object.keys(tree.alternatives) }) as string
    const alternative = tree.alternatives[taken]
    if (alternative === undefined) throw new SpaceError(`${place.scope}${tree.name} cannot be "${taken}".`)
    const path = `${place.path}${segment}=${taken}/`
    const entering = this.#visitor.enter ? this.#visitor.enter(tree, taken, input) : input
    const output = this.#inside(alternative, { ...place, scope: `${place.scope}${tree.name}=${taken}/`, path }, entering)
    const { channels } = tree
    const target = channels === undefined ? undefined : () => evaluate(channels, this.#scope(place, input)) as number
    return this.#visitor.adapt(path, tree, target, input, output)
  }

  #graph(tree: GraphTree, segment: string, place: Place<V>, input: V): V {
    const values = new Map<string, V>([['input', input]])
    if (place.before !== undefined) values.set('before', place.before)
    const read = new Set<string>()
    const path = segment === '' ? place.path : `${place.path}${segment}/`
    const inside = (name: string): Place<V> => ({ ...place, scope: `${place.scope}${name}/`, path: `${path}${name}/` })
    const sources = ({ name, inputs }: Pick<GraphNode, 'name' | 'inputs'>): readonly string[] =>
      sourcesOf(inputs, inside(name).scope, (decision) => this.#decide(decision))
    const ends = (): readonly string[] =>
      tree.output.kind === 'inputs'
        ? sources({ name: 'output', inputs: tree.output })
        : tree.nodes.map(({ name }) => name).filter((name) => !read.has(name))
    const parts = tree.divide === undefined ? undefined : this.#divide(tree, tree.divide, place, sources, ends)
    for (const node of tree.nodes) {
      const part = parts?.get(node.name)
      const taken = part?.sources ?? sources(node)
      for (const source of taken) read.add(source)
      values.set(node.name, this.#node(node, { ...inside(node.name), part: part?.channels ?? place.part }, values, taken))
    }
    return this.#join(
      `${path}output`,
      tree.output.merge,
      ends().map((name) => values.get(name) as V),
      input,
    )
  }

  /** What the nodes of a graph read and how many channels they have, when all of that is decided first. */
  #divide(
    tree: GraphTree,
    channels: Expression,
    place: Place<V>,
    sources: (node: GraphNode) => readonly string[],
    ends: () => readonly string[],
  ): ReadonlyMap<string, Part> {
    const reads = new Map(tree.nodes.map((node) => [node.name, sources(node)]))
    return dividedChannels(tree, reads, ends(), evaluate(channels, this.#scope(place, undefined)) as number)
  }

  #node(node: GraphNode, place: Place<V>, values: ReadonlyMap<string, V>, sources: readonly string[]): V {
    const incoming = sources.map((source) => {
      const value = values.get(source) as V
      const edge = node.edges?.[source]
      return edge ? this.#inside(edge, place, value) : value
    })
    const merged = this.#join(`${place.path}${node.inputs.merge}`, node.inputs.merge, incoming, values.get('input') as V)
    return node.body ? this.#inside(node.body, place, merged) : merged
  }

  /** What comes together; zeros, as large as the input, where nothing does. */
  #join(path: string, merge: Merge, values: readonly V[], input: V): V {
    if (values.length === 0) return this.#visitor.layer(`${path}/zero`, 'zero', {}, input)
    return values.length === 1 ? values[0] : this.#visitor.merge(path, merge, values)
  }
}

/** Segment of a tree that stands alone in its place: a graph needs none, for its nodes have names. */
const alone = (tree: Tree): string => (tree.kind === 'graph' ? '' : segmentOf(tree))

/** Scope of the decisions in a shared part: a choice or a repeat has the shared name itself. */
export function sharedScope(tree: Extract<Tree, { kind: 'shared' }>): string {
  return tree.body.kind === 'choice' || tree.body.kind === 'scope' ? '' : `${tree.name}/`
}
