import { type Shape, sizeOf } from '../tensor/index.ts'
import { definitionOf } from './layers/index.ts'
import type { Cost, LayerKind, Network } from './network.ts'
import { nodeParameters } from './parameters.ts'
import { inputShapes, nodeShapes } from './shapes.ts'

/** What one node costs, for one example. */
export interface NodeCost extends Cost {
  readonly path: string
  readonly kind: LayerKind
  /** Shape of its value, without the batch dimension. */
  readonly shape: Shape
}

/** Layers whose value is their input's memory at inference. */
const views: ReadonlySet<LayerKind> = new Set(['identity', 'flatten', 'dropout'])

/** Cost of each node in order. Parameters are the trained ones: batch norm's running statistics do not count. */
export function nodeCosts(network: Network): readonly NodeCost[] {
  const shapes = nodeShapes(network)
  return network.nodes.map((node) => {
    const shape = shapes.get(node.path) as Shape
    return {
      path: node.path,
      kind: node.layer.kind,
      shape,
      parameters: nodeParameters(network, node, shapes).reduce((sum, spec) => sum + (spec.trained ? sizeOf(spec.shape) : 0), 0),
      flops: definitionOf(node.layer).flops(node.layer, inputShapes(node, shapes), shape),
      activationBytes: views.has(node.layer.kind) ? 0 : 4 * sizeOf(shape),
    }
  })
}

/** So many FLOPs take as long as moving one byte of activations through a training step: fitted by `benchmarks/cost-model`. */
const flopsPerByte = 10

/** Work of training on one example, in FLOPs of a forward pass and what moving activations costs beside them: in proportion to a step's time. */
export const trainingWork = ({ flops, activationBytes }: Cost): number => flops + flopsPerByte * activationBytes

/** What a network costs: trained parameters; operations and bytes of activations of a forward pass for one example. */
export function networkCost(network: Network): Cost {
  const total = { parameters: 0, flops: 0, activationBytes: 0 }
  for (const cost of nodeCosts(network)) {
    total.parameters += cost.parameters
    total.flops += cost.flops
    total.activationBytes += cost.activationBytes
  }
  return total
}
