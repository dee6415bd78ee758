import type { InputSpec } from '../network/network.ts'
import type { Normalization, Records } from './dataset.ts'
import { recordLength } from './records.ts'

/** More training records than this are sampled evenly: the error of a mean over so many is far below what training can see. */
const enough = 20_000
const chunkBytes = 1 << 20

/**
 * Mean and inverse deviation per channel (images, signals) or per numeric column (tables), from the training part only.
 * Missing values (NaN) are left out; a channel that never changes gets scale 1, so that it becomes 0 and nothing overflows.
 */
export function learnNormalization(train: Records, input: InputSpec): Normalization {
  const length = recordLength(input)
  const channels = input.shape.length === 1 ? length - (input.categories?.length ?? 0) : input.shape[0]
  const plane = input.shape.length === 1 ? 1 : length / channels
  const moments = Array.from({ length: channels }, () => ({ count: 0, mean: 0, squares: 0 }))
  const stride = Math.max(1, train.count / enough)
  const total = Math.min(train.count, enough)
  const perChunk = Math.max(1, Math.floor(chunkBytes / length))
  for (let start = 0; start < total; start += perChunk) {
    const indices = Array.from({ length: Math.min(perChunk, total - start) }, (_, i) => Math.floor((start + i) * stride))
    const values = train.dtype === 'uint8' ? new Uint8Array(indices.length * length) : new Float32Array(indices.length * length)
    train.readInputs(indices, values)
    for (let c = 0; c < channels; c++) addMoments(moments[c], values, indices.length, length, c * plane, plane)
  }
  return {
    mean: moments.map((m) => m.mean),
    scale: moments.map((m) => {
      const deviation = m.count === 0 ? 0 : Math.sqrt(m.squares / m.count)
      return deviation > 1e-12 + 1e-7 * Math.abs(m.mean) ? 1 / deviation : 1
    }),
  }
}

/** Mean and deviation of the training part's regression targets; a constant target has deviation 1. */
export function learnTargetScale(targets: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  let mean = 0
  let squares = 0
  for (let i = 0; i < targets.length; i++) {
    const delta = targets[i] - mean
    mean += delta / (i + 1)
    squares += delta * (targets[i] - mean)
  }
  const deviation = targets.length === 0 ? 0 : Math.sqrt(squares / targets.length)
  return { mean, deviation: deviation > 0 ? deviation : 1 }
}

interface Moments {
  count: number
  mean: number
  /** Sum of squared deviations from the mean. */
  squares: number
}

/** Adds one channel of a chunk of records; chunks are merged by their moments (Chan, Golub and LeVeque, 1979), which loses no digits. */
function addMoments(
  into: Moments,
  values: Uint8Array | Float32Array,
  records: number,
  length: number,
  offset: number,
  plane: number,
): void {
  let count = 0
  let sum = 0
  for (let r = 0; r < records; r++) {
    const from = r * length + offset
    for (let i = from; i < from + plane; i++) {
      const value = values[i]
      if (Number.isNaN(value)) continue
      sum += value
      count++
    }
  }
  if (count === 0) return
  const mean = sum / count
  let squares = 0
  for (let r = 0; r < records; r++) {
    const from = r * length + offset
    for (let i = from; i < from + plane; i++) {
      const delta = values[i] - mean
      if (!Number.isNaN(delta)) squares += delta * delta
    }
  }
  const total = into.count + count
  const delta = mean - into.mean
  into.squares += squares + (delta * delta * into.count * count) / total
  into.mean += (delta * count) / total
  into.count = total
}
