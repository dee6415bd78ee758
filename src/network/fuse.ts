import type { Network, NetworkNode } from './network.ts'

/** A batch norm that is computed in one pass with what follows it. */
export interface Fusion {
  readonly norm: NetworkNode
  /** Path of a value that is added after the norm. */
  readonly add?: string
  readonly relu: boolean
}

export interface FusionPlan {
  /** By path of the node whose value the fused pass gives. */
  readonly at: ReadonlyMap<string, Fusion>
  /** Paths of nodes that have no value of their own: they are inside a fused pass. */
  readonly inside: ReadonlySet<string>
}

/**
 * Finds batch norms that nothing reads but a ReLU, a sum of two, or a sum and then a ReLU: one pass over the data does all of it.
 */
export function planFusions(network: Network): FusionPlan {
  const byPath = new Map(network.nodes.map((node) => [node.path, node]))
  const readers = new Map<string, NetworkNode[]>()
  for (const node of network.nodes) for (const path of node.inputs) readers.set(path, [...(readers.get(path) ?? []), node])
  /** The only node that reads this one, if its value is needed nowhere else. */
  const onlyReader = (node: NetworkNode): NetworkNode | undefined => {
    const all = readers.get(node.path) ?? []
    return all.length === 1 && node.path !== network.output ? all[0] : undefined
  }
  const isRelu = (node: NetworkNode | undefined): node is NetworkNode =>
    node?.layer.kind === 'activation' && node.layer.activation === 'relu'
  const at = new Map<string, Fusion>()
  const inside = new Set<string>()

  for (const node of network.nodes) {
    if (node.layer.kind === 'add' && node.inputs.length === 2) {
      const norm = node.inputs
        .map((path) => byPath.get(path))
        .find((candidate) => candidate?.layer.kind === 'batch-norm' && onlyReader(candidate) === node)
      if (!norm) continue
      const relu = onlyReader(node)
      const add = node.inputs.find((path) => path !== norm.path) as string
      inside.add(norm.path)
      if (isRelu(relu)) inside.add(node.path)
      at.set(isRelu(relu) ? relu.path : node.path, { norm, add, relu: isRelu(relu) })
    } else if (node.layer.kind === 'batch-norm') {
      const relu = onlyReader(node)
      if (!isRelu(relu)) continue
      inside.add(node.path)
      at.set(relu.path, { norm: node, relu: true })
    }
  }
  return { at, inside }
}
