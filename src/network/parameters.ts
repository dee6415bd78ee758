import { definitionOf } from './layers/index.ts'
import type { Network, NetworkNode, ParameterSpec } from './network.ts'
import { inputShapes, nodeShapes, placeOf } from './shapes.ts'
import type { Shape } from '../tensor/index.ts'

/** Full name of a parameter: the path of its node and its name within the layer. */
export const parameterName = (path: string, name: string): string => `${path}/${name}`

/** Parameters and statistics of one node, with full names. */
export const nodeParameters = (network: Network, node: NetworkNode, shapes: ReadonlyMap<string, Shape>): readonly ParameterSpec[] =>
  definitionOf(node.layer)
    .parameters(node.layer, inputShapes(node, shapes), placeOf(network, node))
    .map((parameter) => ({ ...parameter, name: parameterName(node.path, parameter.name) }))

/**
 * Every parameter and statistic of a network, in the order of its nodes.
 * @throws ShapeError when the network does not fit together
 */
export function parameterSpecs(network: Network): readonly ParameterSpec[] {
  const shapes = nodeShapes(network)
  return network.nodes.flatMap((node) => nodeParameters(network, node, shapes))
}
