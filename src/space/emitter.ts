import type { Activation, Layer, NetworkNode, RecurrentActivation } from '../network/network.ts'
import { commonChannels } from './channels.ts'
import { SpaceError } from './error.ts'
import type { Value } from './expression.ts'
import { outputShape } from './shapes.ts'
import type { ChoiceTree, LayerTree, Merge } from './tree.ts'
import type { Decision, DecisionValue, NetworkContext } from './types.ts'
import type { Visitor } from './walk.ts'

/** A value on its way through the network: the node that makes it, and its shape without the batch. */
export interface Flow {
  readonly path: string
  readonly shape: readonly number[]
  /** Zeros only: leaves a sum as it is. */
  readonly zero?: boolean
}

/** Writes the layers of a walk down as a network's nodes, resolving sizes at their places and bringing shapes together where paths meet. */
export class Emitter implements Visitor<Flow> {
  readonly nodes: NetworkNode[] = []
  readonly #paths = new Set<string>()
  readonly #context: NetworkContext
  readonly decide: (decision: Decision) => DecisionValue

  constructor(context: NetworkContext, decide: (decision: Decision) => DecisionValue) {
    this.#context = context
    this.decide = decide
  }

  size(word: 'same' | 'classes', input: Flow): number {
    return word === 'classes' ? this.#context.outputs : input.shape[0]
  }

  layer(path: string, kind: LayerTree['layer'], fields: Readonly<Record<string, Value>>, input: Flow): Flow {
    const flat = kind === 'dense' && input.shape.length > 1 ? this.emit(`${path}/flatten`, { kind: 'flatten' }, [input]) : input
    const layer = toLayer(path, kind, fields, flat)
    return passes(layer, flat) ? flat : this.emit(path, layer, [flat])
  }

  merge(path: string, merge: Merge, all: readonly Flow[]): Flow {
    const some = merge === 'add' && all.some((flow) => !flow.zero)
    const inputs = some ? all.filter((flow) => !flow.zero) : all
    const target = meetingShape(path, merge, inputs)
    const fitted = inputs.map((flow, i) =>
      this.project(`${path}/project${i}`, flow, [merge === 'add' ? target[0] : flow.shape[0], ...target.slice(1)]),
    )
    return fitted.length === 1 ? fitted[0] : this.emit(path, { kind: merge }, fitted)
  }

  adapt(path: string, choice: ChoiceTree, channels: (() => number) | undefined, input: Flow, output: Flow): Flow {
    const width = channels ? channels() : commonChannels(Object.values(choice.alternatives), input.shape[0], this.#context.outputs)
    return width === undefined ? output : this.project(`${path}project`, output, [width, ...output.shape.slice(1)])
  }

  /** Brings a value to a shape by a 1×1 convolution (or a dense layer, for vectors) with batch norm; nothing when it has the shape. */
  project(path: string, flow: Flow, shape: readonly number[]): Flow {
    if (flow.shape.length !== shape.length)
      throw new SpaceError(
        `${path}: a [${flow.shape.join(', ')}] and a [${shape.join(', ')}] value meet; put a globalPool() or flatten() before.`,
      )
    if (flow.shape.every((size, i) => size === shape[i])) return flow
    const channels = shape[0]
    const stride = strideTo(path, flow.shape.slice(1), shape.slice(1))
    const layer: Layer =
      shape.length === 1
        ? { kind: 'dense', units: channels, bias: false }
        : { kind: 'convolution', channels, kernel: 1, stride, dilation: 1, groups: 1, bias: false }
    return this.emit(`${path}/norm`, { kind: 'batch-norm' }, [this.emit(`${path}/${shape.length === 1 ? 'dense' : 'conv'}`, layer, [flow])])
  }

  emit(path: string, layer: Layer, inputs: readonly Flow[]): Flow {
    if (this.#paths.has(path)) throw new SpaceError(`Two layers have the path "${path}": put them into scopes of different names.`)
    this.#paths.add(path)
    const shape = outputShape(
      path,
      layer,
      inputs.map((input) => input.shape),
      this.#context.input,
    )
    this.nodes.push({ path, layer, inputs: inputs.map((input) => input.path) })
    const zero = layer.kind === 'zero' || (layer.kind === 'add' && inputs.every((input) => input.zero))
    return zero ? { path, shape, zero } : { path, shape }
  }
}

/** Shape that merged values are brought to: the first one's channels, the smallest extents. */
function meetingShape(path: string, merge: Merge, inputs: readonly Flow[]): readonly number[] {
  const [first] = inputs as [Flow]
  const rank = first.shape.length
  const other = inputs.find((flow) => flow.shape.length !== rank)
  if (other)
    throw new SpaceError(
      `${path}: cannot ${merge} a [${first.shape.join(', ')}] and a [${other.shape.join(', ')}] value; put a globalPool() or flatten() before.`,
    )
  return first.shape.map((size, axis) => (axis === 0 ? size : Math.min(...inputs.map((flow) => flow.shape[axis]))))
}

/** The stride that takes extents to smaller ones. */
function strideTo(path: string, from: readonly number[], to: readonly number[]): number {
  const largest = Math.max(1, ...from)
  for (let stride = 1; stride <= largest; stride++) if (from.every((extent, i) => Math.ceil(extent / stride) === to[i])) return stride
  throw new SpaceError(`${path}: no stride takes ${from.join('×')} to ${to.join('×')}; reduce both by the same strides.`)
}

/** Layers that would do nothing here: identities, pooling of a single point, pooling or flattening of vectors. */
export function passes(layer: Layer, input: Flow): boolean {
  switch (layer.kind) {
    case 'identity':
      return true
    case 'dropout':
      return layer.rate === 0
    case 'take-channels':
      return layer.channels === input.shape[0]
    case 'max-pool':
    case 'average-pool':
      return input.shape.length > 1 && input.shape.slice(1).every((extent) => extent === 1)
    case 'global-average-pool':
    case 'flatten':
      return input.shape.length === 1
    default:
      return false
  }
}

/** A layer with its fields as final numbers. */
export function toLayer(path: string, kind: LayerTree['layer'], fields: Readonly<Record<string, Value>>, input: Flow): Layer {
  const count = (field: string): number => {
    const value = Math.round(fields[field] as number)
    if (!(value >= 1)) throw new SpaceError(`${path}: ${field} came out as ${String(fields[field])}, but must be 1 or more.`)
    return value
  }
  const padding = fields.padding === 'auto' ? {} : { padding: fields.padding as number }
  const bias = fields.bias === 'auto' ? AUTO_BIAS : (fields.bias as boolean)
  switch (kind) {
    case 'convolution': {
      const layer = {
        kind,
        channels: count('channels'),
        kernel: count('kernel'),
        stride: count('stride'),
        dilation: count('dilation'),
        groups: count('groups'),
        bias,
        ...padding,
        ...(fields.width === undefined ? {} : { width: count('width') }),
      }
      if (layer.channels % layer.groups !== 0 || input.shape[0] % layer.groups !== 0)
        throw new SpaceError(`${path}: ${layer.groups} groups do not divide ${input.shape[0]} channels in and ${layer.channels} out.`)
      return layer
    }
    case 'dense':
      return { kind, units: count('units'), bias }
    case 'activation':
      return { kind, activation: fields.activation as Activation }
    case 'max-pool':
    case 'average-pool':
      return { kind, size: count('size'), stride: count('stride'), ...padding }
    case 'squeeze-excite':
      return { kind, squeezed: count('squeezed'), gate: fields.gate as 'sigmoid' | 'hard-sigmoid' }
    case 'dropout':
      return { kind, rate: fields.rate as number }
    case 'recurrent':
      return {
        kind,
        units: count('units'),
        first: fields.activation0 as RecurrentActivation,
        nodes: Array.from({ length: count('nodes') }, (_, i) => ({
          from: Number((fields[`from${i + 1}`] as string).slice(1)),
          activation: fields[`activation${i + 1}`] as RecurrentActivation,
        })),
        output: fields.output as 'mean' | 'loose-ends',
      }
    case 'column-embedding':
    case 'token-embedding':
      return { kind, width: count('width') }
    case 'take-channels':
      return { kind, channels: Math.min(count('channels'), input.shape[0]) }
    default:
      return { kind }
  }
}

/** Stands for "a bias unless a batch norm follows at once" until the whole network is known. */
export const AUTO_BIAS = 'auto' as unknown as boolean

/** Decides the biases that were left open: none where the only reader is a batch norm. */
export function settleBiases(nodes: readonly NetworkNode[]): readonly NetworkNode[] {
  const readers = new Map<string, Layer['kind'][]>()
  for (const node of nodes) for (const source of node.inputs) readers.set(source, [...(readers.get(source) ?? []), node.layer.kind])
  return nodes.map((node) => {
    const { layer } = node
    if ((layer.kind !== 'convolution' && layer.kind !== 'dense') || layer.bias !== AUTO_BIAS) return node
    return { ...node, layer: { ...layer, bias: readers.get(node.path)?.join() !== 'batch-norm' } }
  })
}
