import type { InputSpec, Layer } from '../network/network.ts'
import { segmentOf } from './builders.ts'
import { commonChannels } from './channels.ts'
import type { SpaceDefinition } from './definition.ts'
import { AUTO_BIAS, passes, toLayer } from './emitter.ts'
import { SpaceError } from './error.ts'
import type { Expression, Value } from './expression.ts'
import { always, combine, given, listed, onlyValue, type Outcomes, outcomes, type OutcomeScope, reduced } from './outcomes.ts'
import { outputShape } from './shapes.ts'
import type { ChoiceTree, GraphNode, GraphTree, Inputs, LayerTree, Merge, Tree } from './tree.ts'
import type { Decision, NetworkContext } from './types.ts'
import { type Place, sharedScope } from './walk.ts'
import { inputsDecisions } from './wiring.ts'

type InputsDecision = Extract<Decision, { kind: 'inputs' }>

/** How a node of a supernet is computed. */
export type SupernetLayer =
  /** A layer at its largest size; of its kernel only the centre of so many places counts. */
  | { readonly kind: 'layer'; readonly layer: Layer; readonly window?: Outcomes<number> }
  /** One of the inputs, or none (-1): which, by the decisions. */
  | { readonly kind: 'mixture'; readonly which: Outcomes<number> }
  /** The sum of the inputs that the decision takes; `edges` are the paths of the choices on the way from each, if there are any. */
  | { readonly kind: 'sources'; readonly decision: InputsDecision; readonly edges: readonly string[] }
  /** Only the first channels count, so many. */
  | { readonly kind: 'mask'; readonly sizes: Outcomes<number> }
  /** The first channels alone, so many. */
  | { readonly kind: 'head'; readonly channels: number }
  /** The channels of the second input that its head left out, and after them the first input: what was bypassed is first in the next head. */
  | { readonly kind: 'rejoin' }
  /** Zeros behind the channels, up to so many. */
  | { readonly kind: 'widen'; readonly channels: number }

export interface SupernetNode {
  /** Of layers: the path that they have in every child. */
  readonly path: string
  readonly how: SupernetLayer
  readonly inputs: readonly string[]
  /** Without the batch. */
  readonly shape: readonly number[]
}

/** All networks of a space as one: each choice as a mixture of its alternatives, widths and kernels at their largest, repeats at their longest. */
export interface Supernet {
  readonly input: InputSpec
  readonly outputs: number
  /** In topological order. */
  readonly nodes: readonly SupernetNode[]
  readonly output: string
  /** Every decision once, in the order of the walk. */
  readonly decisions: readonly Decision[]
  /** Alternatives that could not be mixed with the others, by decision: they change the extents. */
  readonly dropped: ReadonlyMap<string, readonly string[]>
  /** Alternatives that give nothing, as `decision=alternative`. */
  readonly zeros: ReadonlySet<string>
  /** Alternatives that give their input on as it is, as `decision=alternative`. */
  readonly skips: ReadonlySet<string>
}

interface Flow {
  readonly path: string
  readonly shape: readonly number[]
  readonly zero?: boolean
  /** Channels that count, where a decision says so and nothing has put the others to zero yet. */
  readonly sizes?: Outcomes<number>
}

const INPUT = 'input'

/** How a supernet differs from one in which every alternative sees all channels. */
export interface SupernetOptions {
  /** Alternatives that keep the shape see one of so many parts of the channels, the others go past them; sums of edges are weighted (PC-DARTS). */
  readonly partial?: number
}

/**
 * The supernet of a space. Names of layers are those of the children, so that weights go from one to the other by name.
 *
 * @throws SpaceError for what cannot be mixed: alternatives of different extents, searched strides, real numbers
 */
export function supernetOf(definition: SpaceDefinition, context: NetworkContext, options: SupernetOptions = {}): Supernet {
  const builder = new SupernetBuilder(context, options)
  const output = builder.settled(
    'output',
    builder.step(definition.root, alone(definition.root), { scope: '', path: '' }, { path: INPUT, shape: context.input.shape }),
  )
  if (output.shape.length !== 1 || output.shape[0] !== context.outputs)
    throw new SpaceError(
      `The space "${definition.name}" ends in [${output.shape.join(', ')}], but ${context.outputs} outputs are needed: end it with dense('classes').`,
    )
  return builder.finish(output.path)
}

class SupernetBuilder {
  readonly #context: NetworkContext
  readonly #nodes: SupernetNode[] = []
  readonly #decisions = new Map<string, Decision>()
  readonly #dropped = new Map<string, readonly string[]>()
  readonly #zeros = new Set<string>()
  /** Decisions that had to be taken beforehand. */
  readonly #fixed = new Map<string, Value>()
  readonly #skips = new Set<string>()

  readonly #options: SupernetOptions

  constructor(context: NetworkContext, options: SupernetOptions) {
    this.#context = context
    this.#options = options
  }

  finish(output: string): Supernet {
    const needed = new Set([output])
    for (const node of this.#nodes.toReversed()) if (needed.has(node.path)) for (const source of node.inputs) needed.add(source)
    const nodes = this.#nodes.filter(({ path }) => needed.has(path))
    const readers = new Map<string, SupernetNode[]>()
    for (const node of nodes) for (const source of node.inputs) readers.set(source, [...(readers.get(source) ?? []), node])
    const settled = nodes.map((node): SupernetNode => {
      const { how } = node
      if (how.kind !== 'layer' || !('bias' in how.layer) || how.layer.bias !== AUTO_BIAS) return node
      const [reader, another] = readers.get(node.path) ?? []
      const normalized = another === undefined && reader?.how.kind === 'layer' && reader.how.layer.kind === 'batch-norm'
      return { ...node, how: { ...how, layer: { ...how.layer, bias: !normalized } } }
    })
    return {
      ...this.#context,
      nodes: settled,
      output,
      decisions: [...this.#decisions.values()],
      dropped: this.#dropped,
      zeros: this.#zeros,
      skips: this.#skips,
    }
  }

  step(tree: Tree, segment: string, place: Place<Flow>, input: Flow): Flow {
    switch (tree.kind) {
      case 'layer':
        return this.#layer(tree, place.path + segment, place, input)
      case 'sequence':
        return tree.items.reduce((value, item, i) => this.step(item, tree.segments[i], place, value), input)
      case 'scope':
        return this.#inside(tree.body, { ...place, scope: `${place.scope}${tree.name}/`, path: `${place.path}${segment}/` }, input)
      case 'choice':
        return this.#partial(tree, segment, place, input) ?? this.#choice(tree, segment, place, input)
      case 'repeat': {
        const times = this.#outcomes(tree.times, place, input) as Outcomes<number>
        const most = Math.max(...times.values)
        const after = [input]
        for (let i = 0; i < most; i++) {
          const inside = { ...place, scope: `${place.scope}${tree.name}/${i}/`, path: `${place.path}${segment}/${i}/`, index: i }
          after.push(this.#inside(tree.body, inside, after[i]))
        }
        return this.#mixture(`${place.path}${segment}`, times, after)
      }
      case 'parallel': {
        const results = tree.branches.map(({ name, tree: branch }) => {
          const scope = tree.scoped ? `${place.scope}${name}/` : place.scope
          return this.#inside(branch, { ...place, scope, path: `${place.path}${segment}/${name}/` }, input)
        })
        return this.#merge(place.path + segment, tree.merge, results)
      }
      case 'graph':
        return this.#graph(tree, segment, place, input)
      case 'when': {
        const which = combine([this.#outcomes(tree.condition, place, input)], ([holds]) => (holds === true ? 0 : 1))
        const branches = (['met', 'otherwise'] as const).map((name) =>
          this.#inside(tree[name], { ...place, path: `${place.path}${segment}/${name}/` }, input),
        )
        return this.#mixture(`${place.path}${segment}`, which, branches)
      }
      case 'stack': {
        let [before, last] = [input, input]
        for (const [i, cell] of tree.cells.entries()) {
          const inside = { ...place, scope: `${place.scope}${tree.name}/${i}/`, path: `${place.path}${segment}/${i}/`, before }
          ;[before, last] = [last, this.#inside(cell, inside, last)]
        }
        return last
      }
      case 'shared':
        return this.step(tree.body, segment, { ...place, scope: sharedScope(tree) }, input)
    }
  }

  /** A value whose channels that do not count are zeros. */
  settled(path: string, flow: Flow): Flow {
    if (flow.sizes === undefined) return flow
    return this.#emit(`${path}/mask`, { kind: 'mask', sizes: flow.sizes }, [flow], flow.shape)
  }

  #inside(tree: Tree, place: Place<Flow>, input: Flow): Flow {
    return this.step(tree, alone(tree), place, input)
  }

  #outcomes(expression: Expression, place: Place<Flow>, input: Flow): Outcomes<Value> {
    const scope: OutcomeScope = {
      index: place.index,
      path: (decision, shared) => (shared ? decision.name : place.scope + decision.name),
      size: (word) => (word === 'classes' ? always(this.#context.outputs) : (input.sizes ?? always(input.shape[0]))),
    }
    const found = outcomes(expression, scope)
    for (const decision of found.decisions) {
      if (!this.#fixed.has(decision.path)) this.#decisions.set(decision.path, decision)
    }
    return found.decisions.reduce(
      (left, { path: name }) => (this.#fixed.has(name) ? given(left, name, this.#fixed.get(name) as Value) : left),
      found,
    )
  }

  #layer(tree: LayerTree, path: string, place: Place<Flow>, input: Flow): Flow {
    const fields = Object.entries(tree.fields).map(
      ([name, expression]) => [name, this.#mixable(name, this.#outcomes(expression, place, input))] as const,
    )
    const searched = fields.filter(([, field]) => onlyValue(field) === undefined)
    const sized = (name: string): Outcomes<number> | undefined =>
      searched.find(([field]) => field === name)?.[1] as Outcomes<number> | undefined
    const words = searched.find(([name]) => name === 'activation')?.[1]
    if (words) {
      const kinds = [...new Set(words.values)]
      const each = kinds.map((kind) => this.#emitLayer(`${path}/${String(kind)}`, tree.layer, { activation: kind }, input))
      const which = combine([words], ([kind]) => kinds.indexOf(kind))
      return this.#mixture(path, which, each)
    }
    const depthwise = tree.fields.groups === 'same' && tree.fields.channels === 'same'
    // Each channel by itself: those that do not count stay apart from the others.
    const apart = depthwise || !['convolution', 'dense'].includes(tree.layer)
    const source = apart ? input : this.settled(`${path}/in`, input)
    const values = Object.fromEntries(fields.map(([name, field]) => [name, largest(name, field)]))
    if (depthwise) Object.assign(values, { channels: input.shape[0], groups: input.shape[0] })
    const output = this.#emitLayer(path, tree.layer, values, source, sized('kernel'))
    const sizes = apart ? input.sizes : (sized('channels') ?? sized('units'))
    return sizes && output.shape[0] === Math.max(...sizes.values) ? { ...output, sizes } : output
  }

  /** Of a field whose values cannot be mixed only one stays: the largest stride, which costs least, or the first. */
  #mixable(name: string, field: Outcomes<Value>): Outcomes<Value> {
    if (onlyValue(field) !== undefined || mixed.has(name)) return field
    const numbers = field.values as readonly number[]
    const at = name === 'stride' ? numbers.indexOf(Math.max(...numbers)) : 0
    let stride = 1
    for (const decision of field.decisions.toReversed()) {
      const values = listed(decision)
      const value = values[Math.floor(at / stride) % values.length]
      stride *= values.length
      this.#fixed.set(decision.path, value)
      this.#dropped.set(decision.path, values.filter((other) => other !== value).map(String))
      this.#decisions.set(decision.path, only(decision, value))
    }
    return always(field.values[at])
  }

  #emitLayer(
    path: string,
    kind: LayerTree['layer'],
    fields: Readonly<Record<string, Value>>,
    input: Flow,
    window?: Outcomes<number>,
  ): Flow {
    const flat = kind === 'dense' && input.shape.length > 1
    const source = flat ? this.#emitPlain(`${path}/flatten`, { kind: 'flatten' }, [input]) : input
    const layer = toLayer(path, kind, fields, source)
    return passes(layer, source) ? source : this.#emitPlain(path, layer, [source], window)
  }

  /** A choice on the first part of the channels; undefined where it does not keep the shape, or all channels are asked for. */
  #partial(tree: ChoiceTree, segment: string, place: Place<Flow>, input: Flow): Flow | undefined {
    const { partial = 1 } = this.#options
    const channels = input.shape[0] / partial
    if (partial <= 1 || input.shape.length < 2 || input.sizes !== undefined || !Number.isInteger(channels)) return undefined
    const shape = [channels, ...input.shape.slice(1)]
    // Tried first, where it leaves no trace.
    const trial = new SupernetBuilder(this.#context, {}).#choice(tree, segment, place, { path: INPUT, shape })
    if (trial.shape.join() !== shape.join() || trial.sizes !== undefined) return undefined
    const path = `${place.path}${segment}`
    const head = this.#emit(`${path}/head`, { kind: 'head', channels }, [input], shape)
    const mixed = this.#choice(tree, segment, place, head)
    return this.#emit(`${path}/rejoin`, { kind: 'rejoin' }, [mixed, input], input.shape)
  }

  #choice(tree: ChoiceTree, segment: string, place: Place<Flow>, input: Flow): Flow {
    const names = Object.keys(tree.alternatives)
    const width = commonChannels(Object.values(tree.alternatives), input.shape[0], this.#context.outputs)
    const wanted = tree.channels === undefined ? width : largest('channels', this.#outcomes(tree.channels, place, input))
    const results = names.map((name) => {
      const path = `${place.path}${segment}=${name}/`
      const output = this.#inside(tree.alternatives[name], { ...place, scope: `${place.scope}${tree.name}=${name}/`, path }, input)
      return wanted === undefined ? output : this.#project(`${path}project`, output, [wanted as number, ...output.shape.slice(1)])
    })
    // What changes the extents is no candidate beside what keeps them: the smallest extents stay, which cost least.
    const places = results.map(({ shape }) => shape.slice(1).reduce((product, extent) => product * extent, 1))
    const kept = names.map((_, i) => i).filter((i) => places[i] === Math.min(...places))
    const decision: Decision = { path: place.scope + tree.name, kind: 'choice', alternatives: kept.map((i) => names[i]) }
    this.#decisions.set(decision.path, decision)
    if (kept.length < names.length)
      this.#dropped.set(
        decision.path,
        names.filter((_, i) => !kept.includes(i)),
      )
    const flows = kept.map((i) => results[i])
    for (const [i, flow] of flows.entries()) {
      const name = `${decision.path}=${decision.alternatives[i]}`
      if (flow.zero) this.#zeros.add(name)
      else if (flow.path === input.path) this.#skips.add(name)
    }
    return this.#mixture(`${place.path}${segment}`, { decisions: [decision], values: kept.map((_, i) => i) }, flows)
  }

  #graph(tree: GraphTree, segment: string, place: Place<Flow>, input: Flow): Flow {
    if (tree.divide !== undefined)
      throw new SpaceError(
        `${place.path}: channels divided by the wiring cannot be mixed in one supernet: search with single paths (spos, enas).`,
      )
    const values = new Map<string, Flow>([['input', input]])
    if (place.before !== undefined) values.set('before', place.before)
    const path = segment === '' ? place.path : `${place.path}${segment}/`
    for (const node of tree.nodes) {
      const inside = { ...place, scope: `${place.scope}${node.name}/`, path: `${path}${node.name}/` }
      values.set(node.name, this.#node(node, inside, values))
    }
    const at = { ...place, scope: `${place.scope}output/`, path: `${path}output` }
    if (tree.output.kind === 'inputs') return this.#sources(tree.output, at, at.path, (name) => values.get(name) as Flow)
    if (tree.nodes.some(({ inputs }) => inputsDecisions(inputs, '').length > 0))
      throw new SpaceError(
        `${at.path}: which nodes are loose ends depends on decisions, which one supernet cannot hold: name the output's inputs.`,
      )
    const read = new Set(tree.nodes.flatMap(({ inputs }) => [...inputs.always, ...inputs.from]))
    const loose = tree.nodes.filter(({ name }) => !read.has(name)).map(({ name }) => values.get(name) as Flow)
    return loose.length === 1 ? loose[0] : this.#merge(at.path, tree.output.merge, loose)
  }

  #node(node: GraphNode, place: Place<Flow>, values: ReadonlyMap<string, Flow>): Flow {
    const merged = this.#sources(node.inputs, place, `${place.path}${node.inputs.merge}`, (source) => {
      const edge = node.edges?.[source]
      const value = values.get(source) as Flow
      return edge ? this.#inside(edge, place, value) : value
    })
    return node.body ? this.#inside(node.body, place, merged) : merged
  }

  /** What a node reads, merged; a searched set of sources is a sum in which each source has its weight. */
  #sources(inputs: Inputs, place: Place<Flow>, path: string, valueOf: (source: string) => Flow): Flow {
    const [decision] = inputsDecisions(inputs, place.scope)
    if (inputs.count === 'any')
      throw new SpaceError(
        `${path}: sources that are each read or not cannot be mixed in one supernet: search with single paths (spos, enas).`,
      )
    if (decision === undefined || decision.kind !== 'inputs') {
      const all = [...inputs.always, ...inputs.from.slice(0, inputs.count[0])].map(valueOf)
      if (all.length === 1) return all[0]
      const weighted =
        (this.#options.partial ?? 1) > 1 && inputs.merge === 'add' && all.every(({ shape }) => shape.join() === all[0].shape.join())
      return weighted ? this.#edges(inputs, place, path, all) : this.#merge(path, inputs.merge, all)
    }
    if (inputs.merge !== 'add')
      throw new SpaceError(`${path}: a searched set of sources can be mixed as a sum only, not joined: merge by 'add'.`)
    this.#decisions.set(decision.path, decision)
    const taken = this.#aligned(`${path}/from`, inputs.from.map(valueOf))
    const sum = this.#emit(
      `${path}/sources`,
      { kind: 'sources', decision, edges: inputs.from.map((source) => place.scope + source) },
      taken,
      taken[0].shape,
    )
    return inputs.always.length === 0 ? sum : this.#merge(path, 'add', [...inputs.always.map(valueOf), sum])
  }

  /** A sum of all sources in which each has its weight. */
  #edges(inputs: Inputs, place: Place<Flow>, path: string, all: readonly Flow[]): Flow {
    const decision: InputsDecision = { path: `${place.scope}edges`, kind: 'inputs', from: all.length, count: all.length }
    this.#decisions.set(decision.path, decision)
    const edges = [...inputs.always, ...inputs.from].map((source) => place.scope + source)
    return this.#emit(`${path}/sources`, { kind: 'sources', decision, edges }, this.#aligned(`${path}/from`, all), all[0].shape)
  }

  /** One of some values, by decisions. */
  #mixture(path: string, which: Outcomes<number>, all: readonly Flow[]): Flow {
    const only = onlyValue(which)
    if (only !== undefined) return all[only]
    // A repeat may never end where the body has not brought the value to its shape yet.
    const used = [...new Set(which.values)].sort((a, b) => a - b)
    const aligned = this.#aligned(
      path,
      used.map((i) => all[i]),
    )
    const flows = all.map((flow, i) => aligned[used.indexOf(i)] ?? flow)
    const live = aligned.filter((flow) => !flow.zero)
    if (live.length === 0) return aligned[0]
    const cases = combine([which], ([i]) => live.indexOf(flows[i]))
    const mixed = this.#emit(`${path}/mixture`, { kind: 'mixture', which: cases }, live, live[0].shape)
    const sizes = mixedSizes(which, all, used)
    return sizes && Math.max(...sizes.values) === mixed.shape[0] ? { ...mixed, sizes } : mixed
  }

  /** Values of one shape: channels that do not count become zeros, and so do those that are missing. */
  #aligned(path: string, all: readonly Flow[]): readonly Flow[] {
    const flows = all.map((flow, i) => this.settled(`${path}/${i}`, flow))
    const [first] = flows
    const odd = flows.find((flow) => flow.shape.slice(1).join() !== first.shape.slice(1).join() || flow.shape.length !== first.shape.length)
    if (odd)
      throw new SpaceError(
        `${path}: a [${first.shape.join(', ')}] and a [${odd.shape.join(', ')}] value cannot be mixed: alternatives must keep one height and width.`,
      )
    const channels = Math.max(...flows.map((flow) => flow.shape[0]))
    return flows.map((flow, i) =>
      flow.shape[0] === channels
        ? flow
        : { ...this.#emit(`${path}/${i}/widen`, { kind: 'widen', channels }, [flow], [channels, ...flow.shape.slice(1)]), zero: flow.zero },
    )
  }

  #merge(path: string, merge: Merge, all: readonly Flow[]): Flow {
    const settled = all.map((flow, i) => this.settled(`${path}/${i}`, flow))
    const inputs = merge === 'add' && settled.some((flow) => !flow.zero) ? settled.filter((flow) => !flow.zero) : settled
    const [first] = inputs
    const extents = first.shape.slice(1).map((_, axis) => Math.min(...inputs.map((flow) => flow.shape[axis + 1])))
    const fitted = inputs.map((flow, i) =>
      this.#project(`${path}/project${i}`, flow, [merge === 'add' ? first.shape[0] : flow.shape[0], ...extents]),
    )
    return fitted.length === 1 ? fitted[0] : this.#emitPlain(path, { kind: merge }, fitted)
  }

  /** As in a child: a 1×1 convolution (or a dense layer, for vectors) with batch norm; nothing when it has the shape. */
  #project(path: string, flow: Flow, shape: readonly number[]): Flow {
    if (flow.shape.length === shape.length && flow.shape.every((size, i) => size === shape[i])) return flow
    if (flow.shape.length !== shape.length)
      throw new SpaceError(
        `${path}: a [${flow.shape.join(', ')}] and a [${shape.join(', ')}] value meet; put a globalPool() or flatten() before.`,
      )
    const source = this.settled(`${path}/in`, flow)
    const stride = shape.length === 1 ? 1 : Math.max(1, Math.round(flow.shape[1] / shape[1]))
    const layer: Layer =
      shape.length === 1
        ? { kind: 'dense', units: shape[0], bias: false }
        : { kind: 'convolution', channels: shape[0], kernel: 1, stride, dilation: 1, groups: 1, bias: false }
    const projected = this.#emitPlain(`${path}/${shape.length === 1 ? 'dense' : 'conv'}`, layer, [source])
    return this.#emitPlain(`${path}/norm`, { kind: 'batch-norm' }, [projected])
  }

  #emitPlain(path: string, layer: Layer, inputs: readonly Flow[], window?: Outcomes<number>): Flow {
    const shape = outputShape(
      path,
      layer,
      inputs.map((input) => input.shape),
      this.#context.input,
    )
    const zero = layer.kind === 'zero' || (layer.kind === 'add' && inputs.every((input) => input.zero))
    return { ...this.#emit(path, { kind: 'layer', layer, window }, inputs, shape), ...(zero ? { zero } : {}) }
  }

  #emit(path: string, how: SupernetLayer, inputs: readonly Flow[], shape: readonly number[]): Flow {
    this.#nodes.push({ path, how, inputs: inputs.map((input) => input.path), shape })
    return { path, shape }
  }
}

/** Fields whose values can be mixed in one layer, or are the same for all. */
const mixed: ReadonlySet<string> = new Set(['channels', 'units', 'kernel', 'activation', 'groups', 'rate'])

/** A decision with one value left. */
function only(decision: Decision, value: Value): Decision {
  if (decision.kind === 'choice') return { ...decision, alternatives: [value as string] }
  return { path: decision.path, kind: 'number', values: [value as number] }
}

/** Combinations of decisions that are told apart at most. */
const mostCombinations = 256

/** Channels that count in a mixture, where decisions have a say in it; undefined where all do, or too many decisions have. */
function mixedSizes(which: Outcomes<number>, all: readonly Flow[], used: readonly number[]): Outcomes<number> | undefined {
  const flows = used.map((i) => all[i])
  if (flows.every(({ sizes, shape }) => sizes === undefined && shape[0] === flows[0].shape[0])) return undefined
  const sizes = flows.map((flow) => flow.sizes ?? always(flow.shape[0]))
  const decisions = new Map([which, ...sizes].flatMap((part) => part.decisions).map((decision) => [decision.path, decision]))
  const combinations = [...decisions.values()].reduce((product, decision) => product * listed(decision).length, 1)
  if (combinations > mostCombinations) return undefined
  const joined = reduced(combine([which, ...sizes], ([i, ...counts]) => counts[used.indexOf(i)]))
  return onlyValue(joined) === undefined ? joined : undefined
}

/** The value of a field in a supernet: the largest of a size, the lowest of a rate. */
function largest(name: string, field: Outcomes<Value>): Value {
  const only = onlyValue(field)
  if (only !== undefined) return only
  return name === 'rate' ? Math.min(...(field.values as readonly number[])) : Math.max(...(field.values as readonly number[]))
}

const alone = (tree: Tree): string => (tree.kind === 'graph' ? '' : segmentOf(tree))
