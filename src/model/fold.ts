import type { Layer, Network, NetworkNode, Weights } from '../network/index.ts'
import { nodeShapes, parameterName } from '../network/index.ts'

type NamedTensor = { readonly shape: readonly number[]; readonly data: Float32Array }
type LinearLayer = Extract<Layer, { readonly kind: 'convolution' | 'dense' }>

/** What a finished batch norm does to each channel: x · factor + offset. */
interface Affine {
  readonly factor: Float64Array
  readonly offset: Float64Array
}

/** The value of batch norm that is added to the variance (tensor/functions/batch-norm.ts). */
const epsilon = 1e-5

/**
 * The same function with fewer layers, for inference: a batch norm after a convolution or dense layer that nothing else reads becomes part of
 * that layer; any other on an image or signal becomes a depthwise 1×1 convolution (a scale and shift), and on a vector its statistics become
 * mean 0 and variance 1 − ε, which is a scale and shift too. Dropout and identity layers go away. Equal up to the rounding of float32.
 * @returns a new network and its weights; those given are not changed
 */
export function foldBatchNorm(network: Network, weights: Weights): { readonly network: Network; readonly weights: Weights } {
  const shapes = nodeShapes(network)
  const nodes = new Map(network.nodes.map((node) => [node.path, node]))
  const readers = countReaders(network)
  const folded = new Map<string, NamedTensor>(weights)
  /** Paths that went away, and what stands for them. */
  const instead = new Map<string, string>()
  const result = new Map<string, NetworkNode>()
  const current = (path: string): string => instead.get(path) ?? path

  for (const original of network.nodes) {
    const node = { ...original, inputs: original.inputs.map(current) }
    if (node.layer.kind === 'identity' || node.layer.kind === 'dropout') {
      instead.set(node.path, node.inputs[0])
      continue
    }
    if (node.layer.kind !== 'batch-norm') {
      result.set(node.path, node)
      continue
    }
    const affine = takeAffine(node.path, folded)
    const before = result.get(node.inputs[0])
    // Every step from that layer to here must be read once only, or another reader would get the normalised value too.
    const alone = before && onlyChain(original.inputs[0], before.path, nodes, readers, network.output)
    if (before && alone && isLinear(before.layer)) {
      result.set(before.path, { ...before, layer: { ...before.layer, bias: true } })
      foldInto(before.path, before.layer, affine, folded)
      instead.set(node.path, before.path)
    } else {
      result.set(node.path, scaleAndShift(node, affine, (shapes.get(node.path) as readonly number[]).length - 1, folded))
    }
  }
  return { network: { ...network, nodes: [...result.values()], output: current(network.output) }, weights: folded }
}

const isLinear = (layer: Layer): layer is LinearLayer => layer.kind === 'convolution' || layer.kind === 'dense'

function countReaders(network: Network): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const path of network.nodes.flatMap((node) => node.inputs)) counts.set(path, (counts.get(path) ?? 0) + 1)
  return counts
}

/** Whether each node from `path` back to `target` has one reader and is not the result. */
function onlyChain(
  path: string,
  target: string,
  nodes: ReadonlyMap<string, NetworkNode>,
  readers: ReadonlyMap<string, number>,
  output: string,
): boolean {
  for (let at: string | undefined = path; at !== undefined; at = nodes.get(at)?.inputs[0]) {
    if (readers.get(at) !== 1 || at === output) return false
    if (at === target) return true
  }
  return false
}

/** Takes a batch norm's four vectors out of the weights and sums them up. */
function takeAffine(path: string, weights: Map<string, NamedTensor>): Affine {
  const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map((name) => {
    const full = parameterName(path, name)
    const tensor = weights.get(full)
    if (!tensor) throw new RangeError(`the weights lack ${full}`)
    weights.delete(full)
    return tensor.data
  })
  const factor = Float64Array.from(scale, (value, c) => value / Math.sqrt(variance[c] + epsilon))
  return { factor, offset: factor.map((value, c) => shift[c] - mean[c] * value) }
}

/** Multiplies a layer's outputs: filters of a convolution lie first, columns of a dense layer last. */
function foldInto(path: string, layer: LinearLayer, { factor, offset }: Affine, weights: Map<string, NamedTensor>): void {
  const [weightName, biasName] = [parameterName(path, 'weight'), parameterName(path, 'bias')]
  const weight = weights.get(weightName)
  if (!weight) throw new RangeError(`the weights lack ${weightName}`)
  const perOutput = weight.data.length / factor.length
  const outputOf = (i: number): number => (layer.kind === 'convolution' ? Math.floor(i / perOutput) : i % factor.length)
  weights.set(weightName, { shape: weight.shape, data: weight.data.map((value, i) => value * factor[outputOf(i)]) })
  const bias = layer.bias ? weights.get(biasName)?.data : undefined
  const data = Float32Array.from(offset, (value, c) => (bias?.[c] ?? 0) * factor[c] + value)
  weights.set(biasName, { shape: [data.length], data })
}

/** A batch norm that no layer before it can take over. */
function scaleAndShift(node: NetworkNode, { factor, offset }: Affine, dimensions: number, weights: Map<string, NamedTensor>): NetworkNode {
  const channels = factor.length
  const put = (name: string, data: Float32Array, shape: readonly number[] = [channels]): void =>
    void weights.set(parameterName(node.path, name), { shape, data })
  if (dimensions === 0) {
    put('scale', Float32Array.from(factor))
    put('shift', Float32Array.from(offset))
    put('mean', new Float32Array(channels))
    put('variance', new Float32Array(channels).fill(1 - epsilon))
    return node
  }
  put('weight', Float32Array.from(factor), [channels, 1, ...Array.from({ length: dimensions }, () => 1)])
  put('bias', Float32Array.from(offset))
  return { ...node, layer: { kind: 'convolution', channels, kernel: 1, stride: 1, dilation: 1, groups: channels, bias: true } }
}
