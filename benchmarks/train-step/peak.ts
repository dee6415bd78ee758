import {
  compile,
  gradients,
  input,
  matmul,
  type Runtime,
  reduceSum,
  sizeOf,
  type Tensor,
  topologicalOrder,
} from '../../src/tensor/index.ts'
import type { Net } from './nets.ts'

const side = 1024

/** GFLOP/s of a product of two matrices of 1024 × 1024, the best of twenty; with one thread by processor time. */
export async function matrixPeak(runtime: Runtime, threads: number): Promise<number> {
  const [a, b] = [input('a', [side, side]), input('b', [side, side])]
  const program = await compile(runtime, { product: matmul(a, b) }, { threads })
  const data = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i))
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 20; i++) {
    const used = process.cpuUsage()
    const began = performance.now()
    await program.run({ a: data, b: data })
    const wall = performance.now() - began
    const { user, system } = process.cpuUsage(used)
    best = Math.min(best, threads === 1 ? (user + system) / 1000 : wall)
  }
  await program.release()
  return (2 * side ** 3) / best / 1e6
}

/** GFLOP of a training step's convolutions and matrix products, forward and backward; a multiplication and an addition are two. */
export function stepFlops(net: Net): number {
  const parameters = net.parameters.map(({ name, shape }) => input(name, shape))
  const statistics = net.statistics.map(({ name, shape }) => input(name, shape))
  const values = new Map([...parameters, ...statistics].map((tensor) => [String(tensor.attributes.name), tensor]))
  const { loss } = net.forward((name) => values.get(name) ?? loss)
  const nodes = topologicalOrder([loss, ...gradients(loss, parameters), reduceSum(loss)])
  return nodes.reduce((sum, node) => sum + flopsOf(node), 0) / 1e9
}

function flopsOf({ op, inputs, shape, attributes }: Tensor): number {
  const [a, b] = inputs
  switch (op) {
    case 'convolution':
      return 2 * sizeOf(shape) * sizeOf(b.shape.slice(1))
    case 'convolutionInputGradient':
      return 2 * sizeOf(a.shape) * sizeOf(b.shape.slice(1))
    case 'convolutionWeightGradient':
      return 2 * sizeOf(b.shape) * sizeOf(shape.slice(1))
    case 'matmul':
      return 2 * sizeOf(shape) * (attributes.transA === true ? a.shape.at(-2)! : a.shape.at(-1)!)
    default:
      return 0
  }
}
