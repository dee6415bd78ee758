import { nodeCosts, type NodeCost } from './cost.ts'
import type { Layer, Network } from './network.ts'
import { inputPath } from './shapes.ts'

/** A node as a diagram draws it. */
export interface DescribedNode extends Omit<NodeCost, 'kind'> {
  readonly kind: Layer['kind'] | 'input'
  /** Short and readable: `convolution 3×3, 32, stride 2`. */
  readonly label: string
}

export interface NetworkDescription {
  readonly nodes: readonly DescribedNode[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  readonly output: string
}

/** Nodes (the input first) and edges with shapes, parameters and operations. */
export function describeNetwork(network: Network): NetworkDescription {
  const layers = new Map(network.nodes.map((node) => [node.path, node.layer]))
  const input: DescribedNode = {
    path: inputPath,
    kind: 'input',
    label: `input ${network.input.shape.join('×')}`,
    shape: network.input.shape,
    parameters: 0,
    flops: 0,
    activationBytes: 0,
  }
  const dimensions = network.input.shape.length - 1
  const nodes = nodeCosts(network).map((cost) => ({ ...cost, label: layerLabel(layers.get(cost.path) as Layer, dimensions) }))
  const edges = network.nodes.flatMap((node) => node.inputs.map((from) => ({ from, to: node.path })))
  return { nodes: [input, ...nodes], edges, output: network.output }
}

/** A layer in a few words; `dimensions` of space its input has (2 for images). */
export function layerLabel(layer: Layer, dimensions = 2): string {
  const window = (size: number): string => Array.from({ length: Math.max(dimensions, 1) }, () => size).join('×')
  const stride = (steps: number): string => (steps > 1 ? `, stride ${steps}` : '')
  switch (layer.kind) {
    case 'convolution': {
      const groups = layer.groups > 1 ? (layer.groups === layer.channels ? ', depthwise' : `, ${layer.groups} groups`) : ''
      const dilation = layer.dilation > 1 ? `, dilation ${layer.dilation}` : ''
      const kernel = layer.width === undefined || dimensions < 2 ? window(layer.kernel) : `${layer.kernel}×${layer.width}`
      return `convolution ${kernel}, ${layer.channels}${stride(layer.stride)}${groups}${dilation}`
    }
    case 'dense':
      return `dense ${layer.units}`
    case 'activation':
      return layer.activation
    case 'max-pool':
    case 'average-pool':
      return `${layer.kind} ${window(layer.size)}${stride(layer.stride)}`
    case 'squeeze-excite':
      return `squeeze and excite ${layer.squeezed}`
    case 'dropout':
    case 'drop-path':
      return `${layer.kind} ${layer.rate}`
    case 'recurrent':
      return `recurrent cell ${layer.units}, ${layer.nodes.length} nodes`
    case 'token-embedding':
      return `token embedding ${layer.width}`
    case 'take-channels':
      return `first ${layer.channels} channels`
    case 'column-embedding':
      return `column embedding ${layer.width}`
    default:
      return layer.kind
  }
}
