/** Weights of an LSTM layer: rows are the gates input, forget, candidate, output, `hidden` rows each. */
export interface LstmWeights {
  readonly hidden: number
  readonly inputs: number
  /** [4 hidden, inputs] */
  readonly ofInput: Float64Array
  /** [4 hidden, hidden] */
  readonly ofState: Float64Array
  /** [4 hidden] */
  readonly bias: Float64Array
}

/** What one step of an LSTM computed; the next step and the way back read it. */
export interface LstmStep {
  readonly input: Float64Array
  readonly before: LstmStep | undefined
  /** Gates after their activations, [4 hidden]. */
  readonly gates: Float64Array
  readonly cell: Float64Array
  readonly output: Float64Array
}

/** One step of a long short-term memory (Hochreiter and Schmidhuber 1997) from the one before it (zeros at first). */
export function lstmStep(weights: LstmWeights, input: Float64Array, before: LstmStep | undefined): LstmStep {
  const { hidden, inputs, ofInput, ofState, bias } = weights
  const gates = new Float64Array(4 * hidden)
  const state = before?.output
  for (let row = 0; row < 4 * hidden; row++) {
    let sum = bias[row]
    for (let i = 0, at = row * inputs; i < inputs; i++) sum += ofInput[at + i] * input[i]
    if (state) for (let i = 0, at = row * hidden; i < hidden; i++) sum += ofState[at + i] * state[i]
    gates[row] = row >= 2 * hidden && row < 3 * hidden ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum))
  }
  const cell = new Float64Array(hidden)
  const output = new Float64Array(hidden)
  for (let i = 0; i < hidden; i++) {
    const kept = before === undefined ? 0 : gates[hidden + i] * before.cell[i]
    cell[i] = kept + gates[i] * gates[2 * hidden + i]
    output[i] = gates[3 * hidden + i] * Math.tanh(cell[i])
  }
  return { input, before, gates, cell, output }
}

/** Gradients of the weights, added to as steps are gone back. */
export type LstmGradients = Pick<LstmWeights, 'ofInput' | 'ofState' | 'bias'>

/** Gradients of a sum with respect to a step's output and cell, [hidden] each. */
export interface LstmSlopes {
  readonly output: Float64Array
  readonly cell: Float64Array
}

/**
 * Goes back over one step: adds to the gradients of the weights.
 *
 * @returns the slopes of the step's input and of the step before it
 */
export function lstmBack(
  weights: LstmWeights,
  step: LstmStep,
  slopes: LstmSlopes,
  gradients: LstmGradients,
): { readonly input: Float64Array; readonly before: LstmSlopes } {
  const { hidden, inputs, ofInput, ofState } = weights
  const { gates, cell, before } = step
  const slopesOfGates = new Float64Array(4 * hidden)
  const beforeCell = new Float64Array(hidden)
  for (let i = 0; i < hidden; i++) {
    const [take, keep, candidate, show] = [gates[i], gates[hidden + i], gates[2 * hidden + i], gates[3 * hidden + i]]
    const bounded = Math.tanh(cell[i])
    const ofCell = slopes.cell[i] + slopes.output[i] * show * (1 - bounded * bounded)
    slopesOfGates[i] = ofCell * candidate * take * (1 - take)
    slopesOfGates[hidden + i] = before === undefined ? 0 : ofCell * before.cell[i] * keep * (1 - keep)
    slopesOfGates[2 * hidden + i] = ofCell * take * (1 - candidate * candidate)
    slopesOfGates[3 * hidden + i] = slopes.output[i] * bounded * show * (1 - show)
    beforeCell[i] = ofCell * keep
  }
  const input = new Float64Array(inputs)
  const beforeOutput = new Float64Array(hidden)
  for (let row = 0; row < 4 * hidden; row++) {
    const slope = slopesOfGates[row]
    gradients.bias[row] += slope
    for (let i = 0, at = row * inputs; i < inputs; i++) {
      gradients.ofInput[at + i] += slope * step.input[i]
      input[i] += slope * ofInput[at + i]
    }
    if (before === undefined) continue
    for (let i = 0, at = row * hidden; i < hidden; i++) {
      gradients.ofState[at + i] += slope * before.output[i]
      beforeOutput[i] += slope * ofState[at + i]
    }
  }
  return { input, before: { output: beforeOutput, cell: beforeCell } }
}
