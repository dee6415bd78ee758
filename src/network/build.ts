import { type NoiseKey, type Shape, ShapeError, type Tensor } from '../tensor/index.ts'
import { planFusions } from './fuse.ts'
import { definitionOf } from './layers/index.ts'
import type { ForwardContext } from './layers/layer.ts'
import { normalizeBatch } from './layers/normalization.ts'
import type { Network, NetworkNode } from './network.ts'
import { nodeParameters, parameterName } from './parameters.ts'
import { inputPath, nodeShapes, placeOf } from './shapes.ts'

export interface BuildMode {
  /** Batch norm with the batch's statistics, dropout on; else the forward pass of a finished network. */
  readonly training: boolean
  /** Where dropout's noise comes from; without it nothing is dropped. */
  readonly noise?: NoiseKey
  /** Share of the training that is done, a scalar in [0, 1], for what grows with it; without it, all. */
  readonly progress?: Tensor
  /** Share of the batch in batch norm's new running statistics, in (0, 1]; default 0.1. */
  readonly momentum?: number
}

export interface BuiltNetwork {
  /** [N, outputs]: logits, or the (standardised) regression value. */
  readonly output: Tensor
  /** New values of running statistics by name; empty unless training. */
  readonly statistics: Map<string, Tensor>
  /** Every node's value by path, those inside a fused pass left out. */
  readonly values: ReadonlyMap<string, Tensor>
}

/**
 * The graph of a network.
 * @param input [N, …input shape], float32, already normalised
 * @param get gives the parameter or statistic of a name, of that shape
 * @throws ShapeError when the network does not fit together, or the input does not fit it
 */
export function buildNetwork(network: Network, input: Tensor, get: (name: string, shape: Shape) => Tensor, mode: BuildMode): BuiltNetwork {
  const shapes = nodeShapes(network)
  if (input.shape.slice(1).join() !== network.input.shape.join()) {
    throw new ShapeError(`network: the input is [${input.shape.join(', ')}], wanted [N, ${network.input.shape.join(', ')}]`)
  }
  const fusions = planFusions(network)
  const values = new Map<string, Tensor>([[inputPath, input]])
  const statistics = new Map<string, Tensor>()
  const value = (path: string): Tensor => values.get(path) as Tensor

  const contextOf = (node: NetworkNode): ForwardContext => {
    const specs = new Map(nodeParameters(network, node, shapes).map((spec) => [spec.name, spec.shape]))
    return {
      ...placeOf(network, node),
      get: (name) => get(parameterName(node.path, name), specs.get(parameterName(node.path, name)) as Shape),
      training: mode.training,
      noise: mode.noise,
      progress: mode.progress,
      index: indices.get(node.path) as number,
      momentum: mode.momentum ?? 0.1,
      update: (name, tensor) => void statistics.set(parameterName(node.path, name), tensor),
    }
  }
  const indices = new Map(network.nodes.map((node, i) => [node.path, i]))

  for (const node of network.nodes) {
    if (fusions.inside.has(node.path)) continue
    const fusion = fusions.at.get(node.path)
    if (fusion) {
      const add = fusion.add === undefined ? undefined : value(fusion.add)
      values.set(node.path, normalizeBatch(value(fusion.norm.inputs[0]), contextOf(fusion.norm), { add, relu: fusion.relu }))
    } else {
      values.set(node.path, definitionOf(node.layer).forward(node.layer, node.inputs.map(value), contextOf(node)))
    }
  }
  return { output: value(network.output), statistics, values }
}
