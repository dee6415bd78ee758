import { always, type Condition, conditionOf, eitherOf, excludes, implies, type Segment, segmentsOf } from '../conditions.ts'
import { conditionalDomain } from '../ops/conditional.ts'
import { type Inner, ModelParts } from './conditional-parts.ts'
import type { NodeProto } from './onnx_pb.ts'

/** Places of joined vectors in the order in which they come. */
type Order = (number | Order)[]

/** A node with the condition under which it is needed. */
interface Item {
  readonly node: NodeProto
  readonly on: Condition
  /** Of sums and joins: the condition of each input. */
  readonly conditions?: readonly Condition[]
  /** Of joins: the place of each input among those of the whole. */
  readonly order?: Order
}

/** Items of a scope that are computed in one `If`, or in one chain of them. */
interface Block {
  /** Alternatives, at most one of which is on; the condition of each and what is computed in it. */
  readonly branches: { readonly on: Condition; readonly items: Item[] }[]
  /** Sums and joins over the branches. */
  readonly merged: Item[]
}

export interface Conditional {
  readonly nodes: readonly NodeProto[]
  /** Conditions that are fed, each as one boolean: any of its own. */
  readonly flags: readonly (readonly Condition[])[]
  /** For each output that joins vectors, their places in the order in which they come. */
  readonly orders: Readonly<Record<string, readonly number[]>>
}

export const isConditional = ({ opType, domain }: NodeProto): boolean =>
  domain === conditionalDomain && (opType === 'GatedSum' || opType === 'GatedConcat')

/**
 * Makes `If` operators of sums and joins that say under which conditions their inputs count. Each node is needed under the narrowest condition that all its
 * readers have in common, and is put into a branch with that condition; branches of one choice become a chain, which runs what is on and nothing else.
 *
 * @param nodes in topological order, all of them needed
 * @param parts what else is in the model; gets the constants that are needed besides
 */
export function placeInBranches(nodes: readonly NodeProto[], outputs: readonly string[], parts: ModelParts): Conditional {
  const placer = new Placer(placed(withOwnShapes(nodes, parts), outputs), outputs, parts)
  return placer.place()
}

const textOf = ({ attribute }: NodeProto, name: string): string => {
  const found = attribute.find((other) => other.name === name)
  return new TextDecoder().decode(found?.s)
}

/** Other shapes of the same data cost nothing where they are read, and a copy where a branch hands them out: each reader has its own. */
function withOwnShapes(nodes: readonly NodeProto[], parts: ModelParts): NodeProto[] {
  const shaped = new Map<string, NodeProto>()
  const read = new Set<string>()
  return nodes.flatMap((node): NodeProto[] => {
    if (node.opType === 'Reshape') shaped.set(node.output[0], node)
    if (isConditional(node)) return [node]
    const copies: NodeProto[] = []
    const input = node.input.map((name) => {
      const source = shaped.get(name)
      if (!source) return name
      if (!read.has(name)) {
        read.add(name)
        return name
      }
      const copy = parts.node('Reshape', source.input, parts.fresh('shaped'))
      copies.push(copy)
      return copy.output[0]
    })
    return copies.length === 0 ? [node] : [...copies, { ...node, input }]
  })
}

/** Nodes with the conditions under which they are needed; a sum of one value that counts wherever the sum is needed is that value. */
function placed(nodes: readonly NodeProto[], outputs: readonly string[]): Item[] {
  const results = new Set(outputs)
  const same = new Map<string, string>()
  const items = demanded(nodes, outputs).flatMap((item): Item[] => {
    const { node, on, conditions, order } = item
    const input = node.input.map((name) => same.get(name) ?? name)
    if (!conditions || order || input.length !== 1 || conditions[0] !== on || results.has(node.output[0]))
      return [{ ...item, node: { ...node, input } }]
    same.set(node.output[0], input[0])
    return []
  })
  return items
}

/** Nodes with the conditions under which they are needed. */
function demanded(nodes: readonly NodeProto[], outputs: readonly string[]): Item[] {
  const needed = new Map<string, Condition>(outputs.map((name) => [name, always]))
  const need = (name: string, on: Condition): unknown => needed.set(name, needed.has(name) ? eitherOf(needed.get(name) ?? always, on) : on)
  const items: Item[] = []
  for (const node of nodes.toReversed()) {
    const own = node.output.flatMap((name) => (needed.has(name) ? [needed.get(name) ?? always] : []))
    if (own.length === 0) continue
    const on = own.reduce(eitherOf)
    if (!isConditional(node)) {
      for (const name of node.input) if (name !== '') need(name, on)
      items.push({ node, on })
      continue
    }
    const all = JSON.parse(textOf(node, 'conditions')) as readonly Condition[]
    const places = all.map((_, i) => i).filter((i) => !excludes(on, all[i]))
    // One that holds wherever the node is needed says nothing; one that lies elsewhere is as good a reason to compute a value as any.
    const conditions = places.map((i) => (implies(on, all[i]) ? on : all[i]))
    const input = places.map((i) => node.input[i])
    for (const [i, name] of input.entries()) need(name, conditions[i])
    items.push({ node: { ...node, input }, on, conditions, ...(node.opType === 'GatedConcat' ? { order: places } : {}) })
  }
  return items.toReversed()
}

/** Of a condition inside a scope: the first segment in which it is narrower, and the one before. */
function below(scope: Condition, on: Condition): { readonly outer: readonly Segment[]; readonly segment: Segment } {
  const [outer, inner] = [segmentsOf(scope), segmentsOf(on)]
  const last = outer.length - 1
  const at = last >= 0 && outer[last].members.length !== inner[last].members.length ? last : outer.length
  return { outer: inner.slice(0, at), segment: inner[at] }
}

class Placer {
  readonly #items: readonly Item[]
  readonly #parts: ModelParts
  readonly #outputs: ReadonlySet<string>
  readonly #readers = new Map<string, Set<Item | 'result'>>()
  /** What a value is called outside of the branch that makes it. */
  readonly #names = new Map<string, string>()
  readonly #orders = new Map<string, Order>()
  readonly #flags = new Map<string, { readonly name: string; readonly any: readonly Condition[] }>()

  constructor(items: readonly Item[], outputs: readonly string[], parts: ModelParts) {
    this.#items = items
    this.#outputs = new Set(outputs)
    this.#parts = parts
    for (const item of items) this.#read(item)
    for (const name of outputs) this.#readersOf(name).add('result')
  }

  place(): Conditional {
    const nodes = this.#scope(always, this.#items)
    const flags = [...this.#flags.values()]
    const orders = Object.fromEntries([...this.#orders].map(([name, order]) => [name, flattened(order)]))
    return {
      nodes: [...this.#parts.splitFlags(flags.map(({ name }) => name)), ...nodes],
      flags: flags.map(({ any }) => any),
      orders,
    }
  }

  #readersOf(name: string): Set<Item | 'result'> {
    const known = this.#readers.get(name)
    if (known) return known
    const made = new Set<Item | 'result'>()
    this.#readers.set(name, made)
    return made
  }

  #read(item: Item): Item {
    for (const name of item.node.input) if (name !== '') this.#readersOf(name).add(item)
    return item
  }

  #unread(item: Item): void {
    for (const name of item.node.input) this.#readersOf(name).delete(item)
  }

  #named(name: string): string {
    return this.#names.get(name) ?? name
  }

  #flag(...any: Condition[]): string {
    const key = any.join('\n')
    const known = this.#flags.get(key)
    if (known) return known.name
    const name = this.#parts.fresh('on')
    this.#flags.set(key, { name, any })
    return name
  }

  /** Nodes of a scope: what is always computed in it, and its branches, in an order that opens as few branches as can be. */
  #scope(scope: Condition, given: readonly Item[]): NodeProto[] {
    const blocks = blocksOf(scope, given)
    const items = given.flatMap((item) => this.#split(scope, item, blocks))
    const keys = new Map<Item, Block | undefined>()
    for (const block of new Set(blocks.values())) {
      for (const { items: inside } of block.branches) for (const item of inside) keys.set(item, block)
    }
    for (const item of items) {
      const block = mergingBlock(scope, item, blocks)
      if (!block) continue
      keys.set(item, block)
      block.merged.push(item)
    }
    const levels = levelsOf(items, (item) => keys.get(item))
    const nodes: NodeProto[] = []
    for (const level of [...new Set(levels.values())].sort((a, b) => a - b)) {
      const now = items.filter((item) => levels.get(item) === level)
      for (const item of now) if (!keys.get(item)) nodes.push(...this.#own(item))
      for (const block of new Set(now.map((item) => keys.get(item)))) {
        if (block)
          nodes.push(
            ...this.#block(
              block,
              now.filter((item) => keys.get(item) === block),
            ),
          )
      }
    }
    return nodes
  }

  /** A join of a scope becomes one for each block, and one of those. */
  #split(scope: Condition, item: Item, blocks: ReadonlyMap<string, Block>): Item[] {
    const { node, conditions, order } = item
    if (!conditions || !order || item.on !== scope) return [item]
    const blockAt = conditions.map((condition) => (condition === scope ? undefined : blocks.get(keyOf(scope, condition))))
    const inBlocks = [...new Set(blockAt)].filter((block) => block !== undefined)
    if (inBlocks.length === 0 || (inBlocks.length === 1 && blockAt.every((block) => block !== undefined))) return [item]
    this.#unread(item)
    const placesOf = (block: Block | undefined): number[] => conditions.map((_, i) => i).filter((i) => blockAt[i] === block)
    const own = placesOf(undefined)
    const joins = inBlocks.map((block) => {
      const places = placesOf(block)
      const name = this.#parts.fresh('join')
      const input = places.map((i) => node.input[i])
      return this.#read({
        node: this.#parts.gated(node, input, name),
        on: scope,
        conditions: places.map((i) => conditions[i]),
        order: places.map((i) => order[i]),
      })
    })
    const input = [...own.map((i) => node.input[i]), ...joins.map((join) => join.node.output[0])]
    reorder(order, [...own.map((i) => order[i]), ...joins.map((join) => join.order as Order)])
    const whole: Item = { node: this.#parts.gated(node, input, node.output[0]), on: scope, conditions: input.map(() => scope), order }
    return [...joins, this.#read(whole)]
  }

  /** A node outside of all branches. */
  #own({ node, on, conditions, order }: Item): NodeProto[] {
    const input = node.input.map((name) => this.#named(name))
    if (!conditions) return [{ ...node, input }]
    const [output] = node.output
    if (order) {
      if (this.#outputs.has(output)) this.#orders.set(output, order)
      return [this.#parts.concat(input, output)]
    }
    if (input.length === 1 && implies(on, conditions[0]) && !this.#outputs.has(output)) {
      this.#names.set(output, input[0])
      return []
    }
    return this.#sum(input, conditions, on, { output, shape: this.#parts.shapeOf(node) })
  }

  /** Adds up one value after the other; what comes before the first that is on is not computed. */
  #sum(
    input: readonly string[],
    conditions: readonly Condition[],
    on: Condition,
    { output, shape }: { readonly output: string; readonly shape: readonly number[] },
  ): NodeProto[] {
    const parts = this.#parts
    const sure = input.filter((_, i) => implies(on, conditions[i]))
    const unsure = input.map((name, i) => ({ name, condition: conditions[i] })).filter(({ condition }) => !implies(on, condition))
    const nodes: NodeProto[] = []
    let sum: string | undefined
    for (const [i, name] of sure.entries()) {
      if (sum === undefined) sum = name
      else {
        const next = unsure.length === 0 && i === sure.length - 1 ? output : parts.fresh('sum')
        nodes.push(parts.node('Add', [sum, name], next))
        sum = next
      }
    }
    const before: Condition[] = []
    for (const [i, { name, condition }] of unsure.entries()) {
      const next = i === unsure.length - 1 ? output : parts.fresh('sum')
      const last = i === unsure.length - 1
      const earlier = sum
      const added: Inner = (to) => (earlier === undefined ? [parts.node('Identity', [name], to)] : [parts.node('Add', [earlier, name], to)])
      const alone: Inner = (to) => [parts.node('Identity', [name], to)]
      const kept: Inner = (to) =>
        earlier === undefined ? [parts.nothing(to, last ? shape : undefined)] : [parts.node('Identity', [earlier], to)]
      const none: Inner = (to) => [parts.nothing(to, last ? shape : undefined)]
      const any = before.length === 0 || sure.length > 0 ? undefined : this.#flag(...before)
      const taken: Inner = any === undefined ? added : (to) => [parts.choose(any, added, alone, to)]
      const left: Inner = any === undefined || !last ? kept : (to) => [parts.choose(any, kept, none, to)]
      nodes.push(parts.choose(this.#flag(condition), taken, left, next))
      sum = next
      before.push(condition)
    }
    if (unsure.length === 0 && sure.length === 1) nodes.push(parts.node('Identity', [sure[0]], output))
    return nodes
  }

  /** One run of a block: a chain of `If`s, whose outputs are what others read of it. */
  #block(block: Block, run: readonly Item[]): NodeProto[] {
    const inside = new Set(run)
    const merged = run.filter((item) => block.merged.includes(item))
    // What a branch hands out for each sum or join comes first, then what is read outside.
    const orders = merged.map((): Order => [])
    const branches = block.branches.map(({ on, items }) => {
      const own = items.filter((item) => inside.has(item))
      const results = merged.map((item, i) => this.#part(item, on, own, orders[i]))
      return { on, own, results }
    })
    for (const [i, { order }] of merged.entries()) if (order) reorder(order, orders[i])
    for (const item of merged) this.#unread(item)
    for (const { results } of branches) for (const name of results) if (name !== undefined) this.#readersOf(name).add('result')
    const made = branches.map(({ on, own, results }) => {
      const read = (name: string): boolean =>
        [...this.#readersOf(name)].some((reader) => reader === 'result' || (!inside.has(reader) && !own.includes(reader)))
      const values = own.flatMap(({ node }) => node.output).filter(read)
      return { on, own, nodes: this.#scope(on, own), results, values: values.filter((name) => !results.includes(name)) }
    })
    // Values of branches further inside may have one name by now.
    const inner = made.map(({ results, values }) => {
      const handed = new Set(results.map((name) => name && this.#named(name)))
      return [...new Set(values.map((name) => this.#named(name)))].filter((name) => !handed.has(name))
    })
    const slots = this.#parts.slots(
      merged.map(({ node, order }) => ({ shape: order ? undefined : this.#parts.shapeOf(node), name: node.output[0] })),
      inner,
    )
    const chain = made.map(({ on, nodes, results }, at) => {
      const given = new Map<string, string>()
      for (const [i, name] of results.entries()) if (name !== undefined) given.set(slots.results[i], this.#named(name))
      for (const name of inner[at]) given.set(slots.of(name), name)
      return { flag: this.#flag(on), nodes, given }
    })
    const nodes = this.#parts.chain(chain, slots)
    for (const { own, results, values } of made) {
      const made = new Set(own.flatMap(({ node }) => node.output))
      const outside = new Map<string, string>()
      for (const [i, name] of results.entries()) if (name !== undefined && made.has(name)) outside.set(this.#named(name), slots.results[i])
      for (const name of [...values, ...results]) {
        if (name === undefined || !made.has(name)) continue
        const now = this.#named(name)
        this.#names.set(name, outside.get(now) ?? slots.of(now))
      }
    }
    for (const [i, { node, order }] of merged.entries()) {
      this.#names.set(node.output[0], slots.results[i])
      if (!this.#outputs.has(node.output[0])) continue
      if (order) this.#orders.set(node.output[0], order)
      nodes.push(this.#parts.node('Identity', [slots.results[i]], node.output[0]))
    }
    return nodes
  }

  /** What a branch contributes to a sum or a join: a value's name, for which it gets a sum or a join of its own if need be. */
  #part({ node, conditions = [], order }: Item, on: Condition, own: Item[], whole: Order): string | undefined {
    const places = conditions.map((_, i) => i).filter((i) => implies(conditions[i], on))
    if (places.length === 0) return undefined
    const input = places.map((i) => node.input[i])
    const part: Order | undefined = order && places.map((i) => order[i])
    if (part) whole.push(part)
    if (places.length === 1 && conditions[places[0]] === on) return input[0]
    const name = this.#parts.fresh(order ? 'join' : 'sum')
    const made: Item = {
      node: this.#parts.gated(node, input, name),
      on,
      conditions: places.map((i) => conditions[i]),
      ...(part ? { order: part } : {}),
    }
    own.push(this.#read(made))
    return name
  }
}

const flattened = (order: Order): number[] => order.flatMap((place) => (typeof place === 'number' ? [place] : flattened(place)))

function reorder(order: Order, wanted: readonly (number | Order)[]): void {
  order.splice(0, order.length, ...wanted)
}

/** Top of a condition inside a scope. */
function keyOf(scope: Condition, on: Condition): Condition {
  const { outer, segment } = below(scope, on)
  return conditionOf([...outer, segment])
}

/** The blocks of a scope, by the tops of the conditions in it. */
function blocksOf(scope: Condition, items: readonly Item[]): Map<Condition, Block> {
  const tops = new Map<Condition, Segment>()
  const see = (on: Condition): void => {
    if (on === scope) return
    const { outer, segment } = below(scope, on)
    tops.set(conditionOf([...outer, segment]), segment)
  }
  for (const { on, conditions } of items) {
    see(on)
    if (on === scope) for (const condition of conditions ?? []) if (implies(condition, scope)) see(condition)
  }
  const groups = new Map<string, { readonly top: Condition; readonly segment: Segment }[]>()
  for (const [top, segment] of tops) groups.set(segment.group, [...(groups.get(segment.group) ?? []), { top, segment }])
  const blocks = new Map<Condition, Block>()
  for (const group of groups.values()) {
    const sets = componentsOf(group.map(({ segment }) => segment.members))
    const { outer, segment } = below(scope, group[0].top)
    const conditions = sets.map((members) => conditionOf([...outer, { ...segment, members }]))
    const chained = !conditions.includes(scope)
    if (chained) {
      const block: Block = { branches: conditions.map((on) => ({ on, items: [] })), merged: [] }
      for (const { top } of group) blocks.set(top, block)
    } else for (const { top } of group) blocks.set(top, { branches: [{ on: top, items: [] }], merged: [] })
  }
  for (const item of items) {
    if (item.on === scope) continue
    blocks
      .get(keyOf(scope, item.on))
      ?.branches.find(({ on }) => implies(item.on, on))
      ?.items.push(item)
  }
  return blocks
}

/** Sets of alternatives, those that overlap taken together. */
function componentsOf(sets: readonly (readonly number[])[]): number[][] {
  let components: number[][] = []
  for (const set of sets) {
    const near = components.filter((other) => other.some((member) => set.includes(member)))
    const joined = [...new Set([...near.flat(), ...set])].sort((a, b) => a - b)
    components = [...components.filter((other) => !near.includes(other)), joined]
  }
  return components.sort((a, b) => a[0] - b[0])
}

/** The block in which a sum or a join is made, if all that it may read lies in one. */
function mergingBlock(scope: Condition, { on, conditions }: Item, blocks: ReadonlyMap<Condition, Block>): Block | undefined {
  if (!conditions || on !== scope) return undefined
  if (conditions.some((condition) => condition === scope || !implies(condition, scope))) return undefined
  const [first, ...others] = conditions.map((condition) => blocks.get(keyOf(scope, condition)))
  return others.every((block) => block === first) ? first : undefined
}

/**
 * Runs of items: those of one level and one block are computed together. What depends on another block, or on what belongs to none, comes a level later;
 * what depends on nothing in the scope, and what only gives data another shape, waits for its first reader.
 */
function levelsOf(items: readonly Item[], blockOf: (item: Item) => Block | undefined): Map<Item, number> {
  const makers = new Map(items.flatMap((item) => item.node.output.map((name) => [name, item] as const)))
  const levels = new Map<Item, number>()
  const readers = new Map<Item, Item[]>()
  // A sum over branches is known after them only.
  const step = (from: Item, to: Item): number => (blockOf(from) === blockOf(to) && !blockOf(from)?.merged.includes(from) ? 0 : 1)
  for (const item of items) {
    let level = 0
    for (const name of item.node.input) {
      const maker = makers.get(name)
      if (!maker) continue
      level = Math.max(level, (levels.get(maker) ?? 0) + step(maker, item))
      readers.set(maker, [...(readers.get(maker) ?? []), item])
    }
    levels.set(item, level)
  }
  for (const item of items.toReversed()) {
    if (!blockOf(item) || (levels.get(item) !== 0 && item.node.opType !== 'Reshape')) continue
    const wanted = (readers.get(item) ?? []).map((reader) => (levels.get(reader) ?? 0) - step(item, reader))
    if (wanted.length > 0) levels.set(item, Math.min(...wanted))
  }
  return levels
}
