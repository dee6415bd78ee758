import { UserError } from '../errors.ts'
import { readWeights, type Weights, writeWeights } from '../network/index.ts'
import type { TrainingState } from '../tensor/index.ts'
import type { Stretch } from './pace.ts'
import type { EpochRecord, TrainState } from './types.ts'

const programPrefix = 'state/'
const bestPrefix = 'best/'

/** The state of training from that of its program, the best weights so far and the curve. */
export function packState(
  program: TrainingState,
  best: Weights | undefined,
  curve: readonly EpochRecord[],
  partial?: TrainState['partial'],
  stretch?: Stretch,
): TrainState {
  const tensors = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>()
  for (const [name, data] of Object.entries(program.tensors)) tensors.set(programPrefix + name, { shape: [data.length], data })
  for (const [name, value] of best ?? []) tensors.set(bestPrefix + name, value)
  return {
    step: program.step,
    tensors,
    curve: [...curve],
    ...(partial && partial.steps > 0 ? { partial } : {}),
    ...(stretch && stretch.from > 0 ? { stretch } : {}),
  }
}

/** What `packState` packed. */
export function unpackState({ step, tensors }: TrainState): { readonly program: TrainingState; readonly best: Weights | undefined } {
  const withPrefix = (prefix: string): Weights =>
    new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]))
  const vectors = Object.fromEntries([...withPrefix(programPrefix)].map(([name, value]) => [name, value.data]))
  const best = withPrefix(bestPrefix)
  return { program: { step, tensors: vectors }, best: best.size > 0 ? best : undefined }
}

/** A state as bytes: a safetensors file whose metadata hold step and curve. */
export function encodeState({ step, curve, partial, stretch, tensors }: TrainState): Uint8Array {
  return writeWeights(tensors, { training: JSON.stringify({ step, curve, partial, stretch }) })
}

/**
 * Reads what `encodeState` wrote.
 * @throws UserError when the bytes are damaged
 */
export function decodeState(bytes: Uint8Array, what = 'the saved training state'): TrainState {
  const { weights, metadata } = readWeights(bytes, what)
  try {
    const { step, curve, partial, stretch } = JSON.parse(metadata.training) as Omit<TrainState, 'tensors'>
    if (!Number.isInteger(step) || !Array.isArray(curve)) throw new TypeError('no step or curve')
    // JSON has no NaN: an epoch without validation comes back with null.
    const points = (curve as EpochRecord[]).map((record) => ({ ...record, validLoss: record.validLoss ?? Number.NaN }))
    return { step, curve: points, tensors: weights, ...(partial ? { partial } : {}), ...(stretch ? { stretch } : {}) }
  } catch {
    throw new UserError(`${what} cannot be read: it holds weights but no state of a training. Start the training anew.`)
  }
}
