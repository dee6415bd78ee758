import { add, mul } from '../ops/arithmetic.ts'
import { zeros } from '../ops/broadcast.ts'
import { matmul } from '../ops/matmul.ts'
import { reshape } from '../ops/shape.ts'
import { sigmoid, tanh } from '../ops/unary.ts'
import { concat, sliceAxis, split } from '../ops/window.ts'
import { shapeError } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { dense } from './dense.ts'

/** Parameters of an LSTM of H units over D inputs; the gates lie in the order input, forget, cell, output. */
export interface LstmWeights {
  /** [D, 4H] */
  readonly input: Tensor
  /** [H, 4H] */
  readonly recurrent: Tensor
  /** [4H] */
  readonly bias: Tensor
}

export interface LstmState {
  /** [N, H] */
  readonly hidden: Tensor
  /** [N, H] */
  readonly cell: Tensor
}

/** One step from what the inputs bring to the gates ([N, 4H], bias included) and the state before. */
function advance(drive: Tensor, { hidden, cell }: LstmState, recurrent: Tensor): LstmState {
  const units = hidden.shape[1]
  const gates = add(drive, matmul(hidden, recurrent))
  const [inputGate, forgetGate, candidate, outputGate] = split(gates, [units, units, units, units], 1) as [Tensor, Tensor, Tensor, Tensor]
  const next = add(mul(sigmoid(forgetGate), cell), mul(sigmoid(inputGate), tanh(candidate)))
  return { hidden: mul(sigmoid(outputGate), tanh(next)), cell: next }
}

/**
 * One step of a long short-term memory. Hochreiter and Schmidhuber, 1997; forget gate by Gers, Schmidhuber and Cummins, 2000.
 * @param x [N, D]
 */
export const lstmCell = (x: Tensor, state: LstmState, weights: LstmWeights): LstmState =>
  advance(dense(x, weights.input, weights.bias), state, weights.recurrent)

/**
 * An LSTM over a sequence, a step after the other.
 * @param x [N, T, D]
 * @param state where it begins; default zeros
 * @returns the hidden state after each step, [N, T, H], and the last state
 */
export function lstm(x: Tensor, weights: LstmWeights, state?: LstmState): { readonly outputs: Tensor; readonly state: LstmState } {
  if (x.shape.length !== 3) shapeError('lstm', 'wants x[N, T, D]', [x])
  const [examples, length] = x.shape as [number, number, number]
  const units = weights.recurrent.shape[0]
  // What the inputs bring does not depend on the state: one product for all steps.
  const drive = dense(x, weights.input, weights.bias)
  let current: LstmState = state ?? { hidden: zeros([examples, units]), cell: zeros([examples, units]) }
  const outputs: Tensor[] = []
  for (let t = 0; t < length; t++) {
    current = advance(reshape(sliceAxis(drive, 1, t, t + 1), [examples, 4 * units]), current, weights.recurrent)
    outputs.push(reshape(current.hidden, [examples, 1, units]))
  }
  return { outputs: concat(outputs, 1), state: current }
}
