import {
  add,
  concat,
  matmul,
  mul,
  relu,
  reshape,
  ShapeError,
  sigmoid,
  sliceAxis,
  split,
  sub,
  tanh,
  type Tensor,
  transpose,
} from '../../tensor/index.ts'
import type { RecurrentActivation } from '../network.ts'
import { type LayerDefinition, type LayerOf, noParameters, printShape, single, weight, wholeNumber } from './layer.ts'

type Recurrent = LayerOf<'recurrent'>

const functions: Readonly<Record<RecurrentActivation, (x: Tensor) => Tensor>> = { tanh, relu, sigmoid, identity: (x) => x }

/** A graph grows with every step of an unrolled cell; longer sequences take longer to compile than to train. */
const mostSteps = 256

function sequence(inputs: Parameters<typeof single>[0]): readonly [channels: number, length: number] {
  const shape = single(inputs)
  if (shape.length !== 2) throw new ShapeError(`wants a signal of [channels, length], got ${printShape(shape)}`)
  return [shape[0], shape[1]]
}

/** Nodes that make the cell's state: all after the first, or those that no other reads. */
function ends({ nodes, output }: Recurrent): readonly number[] {
  const read = new Set(nodes.map(({ from }) => from))
  const all = nodes.map((_, i) => i + 1)
  return output === 'mean' ? all : all.filter((i) => !read.has(i))
}

/**
 * A highway step (Zilly et al. 2017, arXiv:1607.03474): so much of the state is replaced as a gate says.
 * @param drive [N, 2H]: the gate's and the candidate's values before their functions
 * @param state [N, H]; nothing at the very beginning, where it would be zeros
 */
function highway(drive: Tensor, state: Tensor | undefined, activation: RecurrentActivation): Tensor {
  const units = drive.shape[1] / 2
  const [gate, candidate] = split(drive, [units, units], 1) as [Tensor, Tensor]
  const value = functions[activation](candidate)
  return state ? add(state, mul(sigmoid(gate), sub(value, state))) : mul(sigmoid(gate), value)
}

/**
 * The searched recurrent cell of ENAS (Pham et al. 2018, arXiv:1802.03268) and DARTS (Liu et al. 2019, arXiv:1806.09055), unrolled over a signal: the
 * first node joins the input and the state before, each further one reads one earlier node, all by highway steps; the state is the mean of
 * the ends. [channels, length] becomes [units, length].
 */
export const recurrent: LayerDefinition<Recurrent> = {
  kind: 'recurrent',
  outputShape(layer, inputs) {
    const [, length] = sequence(inputs)
    wholeNumber('units', layer.units)
    if (length > mostSteps)
      throw new ShapeError(`reads at most ${mostSteps} steps, got ${length}: shorten the signal by strides or poolings before it`)
    const wrong = layer.nodes.findIndex(({ from }, i) => !Number.isInteger(from) || from < 0 || from > i)
    if (layer.nodes.length === 0) throw new ShapeError('wants a node after the first')
    if (wrong >= 0) throw new ShapeError(`node ${wrong + 1} must read an earlier node`)
    return [layer.units, length]
  },
  parameters({ units, nodes }, inputs) {
    const named = (name: string, from: number) => ({ ...weight([from, 2 * units], 'glorot'), name })
    return [named('input', sequence(inputs)[0]), named('state', units), ...nodes.map((_, i) => named(`node${i + 1}`, units))]
  },
  flops({ units, nodes }, inputs) {
    const [channels, length] = sequence(inputs)
    return length * (4 * units * (channels + units * (nodes.length + 1)) + 6 * units * (nodes.length + 1))
  },
  forward(layer, [x], { get }) {
    const [examples, channels, length] = x.shape as [number, number, number]
    const { units, nodes, first } = layer
    const read = ends(layer)
    // What the inputs bring does not depend on the state: one product for all steps.
    const drives = reshape(matmul(reshape(transpose(x, [0, 2, 1]), [examples * length, channels]), get('input')), [
      examples,
      length,
      2 * units,
    ])
    let state: Tensor | undefined
    const states: Tensor[] = []
    for (let t = 0; t < length; t++) {
      const drive = reshape(sliceAxis(drives, 1, t, t + 1), [examples, 2 * units])
      const values = [highway(state ? add(drive, matmul(state, get('state'))) : drive, state, first)]
      for (const [i, { from, activation }] of nodes.entries())
        values.push(highway(matmul(values[from], get(`node${i + 1}`)), values[from], activation))
      const sum = read.map((i) => values[i]).reduce((total, value) => add(total, value))
      state = read.length === 1 ? sum : mul(sum, 1 / read.length)
      states.push(reshape(state, [examples, units, 1]))
    }
    return length === 1 ? states[0] : concat(states, 2)
  },
}

/** The last step of a signal: [channels, length] becomes the vector [channels]. */
export const lastStep: LayerDefinition<LayerOf<'last-step'>> = {
  kind: 'last-step',
  outputShape: (_, inputs) => [sequence(inputs)[0]],
  parameters: noParameters,
  flops: () => 0,
  forward: (_, [x]) => reshape(sliceAxis(x, 2, x.shape[2] - 1, x.shape[2]), x.shape.slice(0, 2)),
}
