import { type Shape, ShapeError } from '../tensor/index.ts'
import { definitionOf } from './layers/index.ts'
import type { LayerPlace } from './layers/layer.ts'
import type { Network, NetworkNode } from './network.ts'

/** Name under which nodes read the network's input. */
export const inputPath = 'input'

/** The place of a node, as its layer sees it. */
export const placeOf = (network: Network, node: NetworkNode): LayerPlace => ({ input: network.input, last: node.path === network.output })

/**
 * Shape of every node's value, without the batch dimension, by path; `input` included.
 * @throws ShapeError naming the node that does not fit, a path that comes twice or is not known, or a result of the wrong shape
 */
export function nodeShapes(network: Network): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>([[inputPath, checkedInput(network)]])
  for (const node of network.nodes) {
    if (shapes.has(node.path)) throw new ShapeError(`network: the path ${node.path} comes twice`)
    shapes.set(node.path, outputShape(network, node, inputShapes(node, shapes)))
  }
  const result = shapes.get(network.output)
  if (!result) throw new ShapeError(`network: there is no node ${network.output} to be the output`)
  if (result.length !== 1 || result[0] !== network.outputs) {
    throw new ShapeError(`network: the output ${network.output} is [${result.join(', ')}], wanted [${network.outputs}]`)
  }
  return shapes
}

/** Shapes of what a node reads. @throws ShapeError when a node is unknown or comes later */
export function inputShapes(node: NetworkNode, shapes: ReadonlyMap<string, Shape>): readonly Shape[] {
  return node.inputs.map((path) => {
    const shape = shapes.get(path)
    if (!shape) throw new ShapeError(`network: ${node.path} reads ${path}, which no node before it is`)
    return shape
  })
}

function outputShape(network: Network, node: NetworkNode, inputs: readonly Shape[]): Shape {
  try {
    return definitionOf(node.layer).outputShape(node.layer, inputs, placeOf(network, node))
  } catch (error) {
    if (error instanceof ShapeError) throw new ShapeError(`network: ${node.path} (${node.layer.kind}) ${error.message}`)
    throw error
  }
}

function checkedInput({ input }: Network): Shape {
  const { shape, categories = [] } = input
  if (shape.length < 1 || shape.length > 3 || shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new ShapeError(`network: the input must be [channels, height, width], [channels, length] or [columns], got [${shape.join(', ')}]`)
  }
  if (categories.length > 0 && (shape.length !== 1 || categories.length > shape[0])) {
    throw new ShapeError(`network: ${categories.length} columns of categories do not fit an input of [${shape.join(', ')}]`)
  }
  return shape
}
