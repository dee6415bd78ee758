import { UserError } from '../errors.ts'
import { readWeights, writeWeights } from '../network/index.ts'
import type { SupernetState } from './one-shot.ts'

/** A supernet's state as bytes: a safetensors file whose metadata hold the step and what the method has learnt. */
export const encodeSupernet = ({ step, tensors, learned }: SupernetState): Uint8Array =>
  writeWeights(tensors, { supernet: JSON.stringify({ step, learned }) })

/** Reads what `encodeSupernet` wrote. @throws UserError when the bytes are damaged */
export function decodeSupernet(bytes: Uint8Array, what = 'the saved supernet'): SupernetState {
  const { weights, metadata } = readWeights(bytes, what)
  try {
    const { step, learned } = JSON.parse(metadata.supernet) as Omit<SupernetState, 'tensors'>
    if (!Number.isInteger(step)) throw new TypeError('no step')
    return { step, learned, tensors: weights }
  } catch {
    throw new UserError(`${what} cannot be read: it holds weights but no state of a supernet. Start the search anew.`)
  }
}
