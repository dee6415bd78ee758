import type { Network, NetworkNode } from '../network/network.ts'
import type { SpaceDefinition } from './definition.ts'
import { Emitter, settleBiases } from './emitter.ts'
import { SpaceError } from './error.ts'
import type { Architecture, NetworkContext } from './types.ts'
import { Walk } from './walk.ts'

/** The input's path in a network. */
const INPUT = 'input'

/**
 * The network of an architecture for data of a shape: layers in topological order, named by their place (with the branches taken and the rounds of
 * repeats), sizes resolved, shapes brought together by 1×1 projections. Nodes that do not reach the output are left out.
 *
 * @throws SpaceError when the architecture lacks a decision, or a layer cannot read what comes to it
 */
export function childNetwork(definition: SpaceDefinition, architecture: Architecture, context: NetworkContext): Network {
  const emitter = new Emitter(context, ({ path }) => {
    const value = architecture[path]
    if (value === undefined) throw new SpaceError(`The architecture lacks the decision "${path}" of the space "${definition.name}".`)
    return value
  })
  const output = new Walk(emitter).tree(definition.root, { path: INPUT, shape: context.input.shape })
  if (output.path === INPUT) throw new SpaceError(`The space "${definition.name}" gives a network without a layer.`)
  if (output.shape.length !== 1 || output.shape[0] !== context.outputs)
    throw new SpaceError(
      `The space "${definition.name}" ends in [${output.shape.join(', ')}], but ${context.outputs} outputs are needed: end it with dense('classes').`,
    )
  return { input: context.input, outputs: context.outputs, nodes: settleBiases(reaching(emitter.nodes, output.path)), output: output.path }
}

/** The nodes that the output depends on, in their order. */
function reaching(nodes: readonly NetworkNode[], output: string): readonly NetworkNode[] {
  const needed = new Set([output])
  for (const node of nodes.toReversed()) if (needed.has(node.path)) for (const source of node.inputs) needed.add(source)
  return nodes.filter(({ path }) => needed.has(path))
}
