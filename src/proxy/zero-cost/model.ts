import { buildNetwork, type InputSpec, type Layer, type Network, parameterSpecs, type ParameterSpec } from '../../network/index.ts'
import { buildSupernet, supernetParameters } from '../../oneshot/build-supernet.ts'
import type { SampledGraph } from '../../oneshot/sampled-graph.ts'
import type { Supernet } from '../../space/supernet.ts'
import { always, type Condition, type Tensor } from '../../tensor/index.ts'

/** A layer of a model. */
export interface ModelLayer {
  readonly path: string
  readonly layer: Layer
  readonly inputs: readonly string[]
}

/** A forward pass in the graph. */
export interface Pass {
  readonly output: Tensor
  /** By path; of layers that were computed together with the next one there is none. */
  readonly values: ReadonlyMap<string, Tensor>
}

/** What scores are computed of: one network, or all networks of a space at once. */
export interface Model {
  readonly input: InputSpec
  /** Path of the layer whose value is the result. */
  readonly output: string
  /** Those that the output can depend on, in topological order. */
  readonly layers: readonly ModelLayer[]
  /** Parameters and statistics of all layers. */
  readonly specs: readonly ParameterSpec[]
  /** When a layer is there. */
  on(path: string): Condition
  /**
   * A forward pass; batch norm with the batch's statistics, nothing dropped.
   *
   * @param input [N, …input shape], normalised
   * @param normalizes false: normalising layers are left out
   */
  pass(input: Tensor, get: (name: string) => Tensor, normalizes: boolean): Pass
}

const normalizing = ({ kind }: Layer): boolean => kind === 'batch-norm' || kind === 'layer-norm'
const identity: Layer = { kind: 'identity' }

/** Paths of the layers that the output depends on: not those that only a layer of zeros reads, or none. */
function livePaths(network: Network): ReadonlySet<string> {
  const live = new Set([network.output])
  for (const { path, layer, inputs } of network.nodes.toReversed())
    if (live.has(path) && layer.kind !== 'zero') for (const source of inputs) live.add(source)
  return live
}

/** One network. */
export function networkModel(network: Network): Model {
  const bare: Network = { ...network, nodes: network.nodes.map((node) => (normalizing(node.layer) ? { ...node, layer: identity } : node)) }
  const live = livePaths(network)
  return {
    input: network.input,
    output: network.output,
    layers: network.nodes.filter(({ path }) => live.has(path)),
    specs: parameterSpecs(network),
    on: () => always,
    pass: (input, get, normalizes) => buildNetwork(normalizes ? network : bare, input, get, { training: true }),
  }
}

/** All networks of a space, of which one is chosen when the graph runs. */
export function sampledModel({ supernet, condition, mix, read, sum }: SampledGraph): Model {
  const gates = { weights: () => undefined, mix, read, sum }
  const bare: Supernet = {
    ...supernet,
    nodes: supernet.nodes.map((node) =>
      node.how.kind === 'layer' && normalizing(node.how.layer) ? { ...node, how: { kind: 'layer', layer: identity } } : node,
    ),
  }
  return {
    input: supernet.input,
    output: supernet.output,
    layers: supernet.nodes.flatMap(({ path, how, inputs }) => (how.kind === 'layer' ? [{ path, layer: how.layer, inputs }] : [])),
    specs: supernetParameters(supernet),
    on: condition,
    pass: (input, get, normalizes) => buildSupernet(normalizes ? supernet : bare, input, get, gates),
  }
}
