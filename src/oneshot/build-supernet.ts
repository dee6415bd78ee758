import type { Network, NetworkNode, ParameterSpec } from '../network/index.ts'
import { planFusions } from '../network/fuse.ts'
import { definitionOf } from '../network/layers/index.ts'
import type { ForwardContext } from '../network/layers/layer.ts'
import { normalizeBatch } from '../network/layers/normalization.ts'
import type { Outcomes } from '../space/outcomes.ts'
import type { Supernet, SupernetNode } from '../space/supernet.ts'
import type { Decision } from '../space/types.ts'
import {
  add,
  addAll,
  channelAffine,
  concat,
  constant,
  matmul,
  mul,
  type NoiseKey,
  pad,
  reshape,
  type Shape,
  sizeOf,
  sliceAxis,
  type Tensor,
  zeros,
} from '../tensor/index.ts'

/** What the decisions of a supernet are set to, in the graph. */
export interface Gates {
  /** Weight of each value of a decision, [values]; of each source of an inputs decision, or undefined: each counts fully. */
  weights(decision: Decision): Tensor | undefined
  /** Another way than a weighted sum to make one of some values. */
  readonly mix?: (node: SupernetNode, inputs: readonly Tensor[]) => Tensor | undefined
  /** What a node reads of another. */
  readonly read?: (node: SupernetNode, source: string, value: Tensor) => Tensor
  /** Another way to add up some values. */
  readonly sum?: (node: SupernetNode, inputs: readonly Tensor[]) => Tensor
}

/** Every parameter and statistic of a supernet, at its largest. */
export function supernetParameters({ input, nodes, output }: Supernet): readonly ParameterSpec[] {
  const shapes = new Map<string, Shape>([['input', input.shape], ...nodes.map(({ path, shape }) => [path, shape] as const)])
  return nodes.flatMap(({ path, how, inputs }) =>
    how.kind !== 'layer'
      ? []
      : definitionOf(how.layer)
          .parameters(
            how.layer,
            inputs.map((source) => shapes.get(source) as Shape),
            { input, last: path === output },
          )
          .map((spec) => ({ ...spec, name: `${path}/${spec.name}` })),
  )
}

/**
 * The graph of a supernet in training: batch norm with the batch's statistics.
 *
 * @param input [N, …input shape], normalised
 * @returns `values` of all nodes by path, those inside a fused pass left out
 */
export function buildSupernet(
  supernet: Supernet,
  input: Tensor,
  get: (name: string) => Tensor,
  gates: Gates,
  noise?: NoiseKey,
): { readonly output: Tensor; readonly statistics: Map<string, Tensor>; readonly values: ReadonlyMap<string, Tensor> } {
  const statistics = new Map<string, Tensor>()
  const values = new Map<string, Tensor>([['input', input]])
  const value = (path: string): Tensor => values.get(path) as Tensor
  const fusions = planFusions(asNetwork(supernet))
  const indices = new Map(supernet.nodes.map((node, i) => [node.path, i]))
  const contextOf = (path: string, window?: Outcomes<number>): ForwardContext => ({
    input: supernet.input,
    last: path === supernet.output,
    get: (name) => (name === 'weight' && window ? centred(get(`${path}/${name}`), window, gates) : get(`${path}/${name}`)),
    training: true,
    noise,
    index: indices.get(path) as number,
    momentum: 0.1,
    update: (name, tensor) => void statistics.set(`${path}/${name}`, tensor),
  })
  for (const node of supernet.nodes) {
    if (fusions.inside.has(node.path)) continue
    const fusion = fusions.at.get(node.path)
    if (fusion) {
      const { norm, relu } = fusion
      const addend = fusion.add === undefined ? undefined : value(fusion.add)
      values.set(node.path, normalizeBatch(value(norm.inputs[0]), contextOf(norm.path), { add: addend, relu }))
      continue
    }
    const inputs = node.inputs.map((source) => gates.read?.(node, source, value(source)) ?? value(source))
    const { how } = node
    values.set(
      node.path,
      how.kind !== 'layer'
        ? combined(node, inputs, gates)
        : how.layer.kind === 'add' && gates.sum
          ? gates.sum(node, inputs)
          : definitionOf(how.layer).forward(how.layer, inputs, contextOf(node.path, how.window)),
    )
  }
  return { output: value(supernet.output), statistics, values }
}

/** Fusions are found among the layers; what mixes them is a reader like any other. */
const asNetwork = ({ input, outputs, nodes, output }: Supernet): Network => ({
  input,
  outputs,
  output,
  nodes: nodes.map(
    ({ path, how, inputs }): NetworkNode => ({ path, inputs, layer: how.kind === 'layer' ? how.layer : { kind: 'identity' } }),
  ),
})

function combined(node: SupernetNode, inputs: readonly Tensor[], gates: Gates): Tensor {
  const { how } = node
  const other = gates.mix?.(node, inputs)
  if (other) return other
  switch (how.kind) {
    case 'mixture':
      return weightedSum(inputs, inputWeights(how.which, inputs.length, gates))
    case 'sources': {
      const weights = gates.weights(how.decision)
      return weights ? weightedSum(inputs, weights) : addAll(inputs)
    }
    case 'mask': {
      const channels = node.shape[0]
      return byChannel(
        inputs[0],
        blend(how.sizes, channels, (size, c) => (c < size ? 1 : 0), gates),
      )
    }
    case 'head':
      return sliceAxis(inputs[0], 1, 0, how.channels)
    case 'rejoin': {
      const [mixed, whole] = inputs
      return concat([sliceAxis(whole, 1, mixed.shape[1], whole.shape[1]), mixed], 1)
    }
    case 'widen': {
      const [x] = inputs
      const none = x.shape.map(() => 0)
      return pad(x, none, [0, how.channels - x.shape[1], ...none.slice(2)])
    }
    case 'layer':
      throw new Error('a layer is computed by its definition')
  }
}

/** Probability of each combination of the decisions, [combinations]. */
function joint(decisions: readonly Decision[], gates: Gates): Tensor {
  return decisions
    .map((decision) => gates.weights(decision) as Tensor)
    .reduce((all, weights) => reshape(mul(reshape(all, [-1, 1]), reshape(weights, [1, -1])), [all.shape[0] * weights.shape[0]]))
}

/** Σ over the combinations of their probability times what `at` says for each place. */
function blend<V>({ decisions, values }: Outcomes<V>, places: number, at: (value: V, place: number) => number, gates: Gates): Tensor {
  const table = constant(
    Float32Array.from({ length: values.length * places }, (_, i) => at(values[Math.floor(i / places)], i % places)),
    [values.length, places],
  )
  return reshape(matmul(reshape(joint(decisions, gates), [1, values.length]), table), [places])
}

/** Weight of each input of a mixture. */
export function inputWeights(which: Outcomes<number>, inputs: number, gates: Gates): Tensor {
  const plain = which.decisions.length === 1 && which.values.length === inputs && which.values.every((input, i) => input === i)
  return plain ? (gates.weights(which.decisions[0]) as Tensor) : blend(which, inputs, (input, place) => (input === place ? 1 : 0), gates)
}

function weightedSum(inputs: readonly Tensor[], weights: Tensor): Tensor {
  return inputs.map((x, i) => mul(x, reshape(sliceAxis(weights, 0, i, i + 1), []))).reduce((sum, term) => add(sum, term))
}

function byChannel(x: Tensor, mask: Tensor): Tensor {
  return x.shape.length > 2 ? channelAffine(x, mask, zeros(mask.shape)) : mul(x, reshape(mask, [1, sizeOf(mask.shape)]))
}

/** Filters of which only the centre of the decided extent counts. */
function centred(filters: Tensor, window: Outcomes<number>, gates: Gates): Tensor {
  const space = filters.shape.slice(2)
  const inside = (size: number, place: number): number => {
    let rest = place
    for (const extent of space.toReversed()) {
      const start = Math.floor((extent - size) / 2)
      const at = rest % extent
      rest = Math.floor(rest / extent)
      if (at < start || at >= start + size) return 0
    }
    return 1
  }
  return mul(filters, reshape(blend(window, sizeOf(space), inside, gates), [1, 1, ...space]))
}
