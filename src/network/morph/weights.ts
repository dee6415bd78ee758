import { sizeOf } from '../../tensor/index.ts'
import { copyPart, type Part } from '../part.ts'
import { type Channels, divider, foreign } from './channels.ts'
import type { Sources } from './rule.ts'

/** A vector with one value a channel. */
export function spread(old: Part, fresh: Part, channels: Channels): Float32Array {
  return Float32Array.from(channels, (from, i) => (from === foreign ? fresh.data[i] : old.data[from]))
}

/** Axes of a weight: which holds what is read, which what is given. */
export interface Axes {
  readonly reads: 0 | 1
  readonly gives: 0 | 1
}

/**
 * A weight whose input channels stand for the parent's (what several of them repeat is divided among them) and whose output channels repeat the parent's;
 * smaller kernels lie in the middle of zeros.
 */
export function remap(old: Part, fresh: Part, axes: Axes, reads: Channels, gives: Channels, random: Sources['random']): Float32Array {
  const shares = divider(reads)
  const result = { shape: fresh.shape, data: new Float32Array(sizeOf(fresh.shape)) }
  const oldKernel = old.shape.slice(2)
  const newKernel = fresh.shape.slice(2)
  const at = (shape: readonly number[], read: number, give: number): number =>
    axes.reads === 0 ? read * shape[1] + give : give * shape[1] + read
  for (const [give, given] of gives.entries()) {
    const share = shares(random)
    for (const [read, from] of reads.entries()) {
      if (from === foreign || given === foreign) continue
      const scaled = kernelAt(old.data, at(old.shape, from, given), sizeOf(oldKernel)).map((value) => value * share[read])
      const place = { shape: newKernel, data: kernelAt(result.data, at(fresh.shape, read, give), sizeOf(newKernel)) }
      putKernel(place, { shape: oldKernel, data: scaled })
    }
  }
  return result.data
}

/** A weight of a convolution that takes each channel by itself. */
export function remapDepthwise(old: Part, fresh: Part, channels: Channels): Float32Array {
  const data = fresh.data.slice()
  const oldKernel = old.shape.slice(2)
  const newKernel = fresh.shape.slice(2)
  for (const [i, from] of channels.entries()) {
    if (from === foreign) continue
    const place = { shape: newKernel, data: kernelAt(data, i, sizeOf(newKernel)).fill(0) }
    putKernel(place, { shape: oldKernel, data: kernelAt(old.data, from, sizeOf(oldKernel)) })
  }
  return data
}

const kernelAt = (data: Float32Array, index: number, size: number): Float32Array => data.subarray(index * size, (index + 1) * size)

/** Kernels lie in the middle: two axes before them, so that they are none of channels. */
function putKernel(large: Part, small: Part): void {
  copyPart({ shape: [1, 1, ...large.shape], data: large.data }, { shape: [1, 1, ...small.shape], data: small.data }, 'put')
}
