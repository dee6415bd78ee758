import { trainingWork } from '../network/index.ts'
import { definitionOf } from '../network/layers/index.ts'
import { sizeOf } from '../tensor/index.ts'
import type { Supernet } from '../space/supernet.ts'
import { type AlphaLayout, softmax } from './alphas.ts'

/** Work of the layers that belong to one alternative alone, by `decision path` and value, as a share of all work. */
export function alternativeWork({ nodes, input }: Supernet, { entries }: AlphaLayout): readonly (readonly number[])[] {
  const shapes = new Map<string, readonly number[]>([['input', input.shape], ...nodes.map(({ path, shape }) => [path, shape] as const)])
  const work = nodes.map(({ how, inputs, shape, path }) => {
    if (how.kind !== 'layer') return { path, value: 0 }
    const flops = definitionOf(how.layer).flops(
      how.layer,
      inputs.map((source) => shapes.get(source) as readonly number[]),
      shape,
    )
    return { path, value: trainingWork({ flops, activationBytes: 4 * sizeOf(shape), parameters: 0 }) }
  })
  const total = work.reduce((sum, { value }) => sum + value, 0)
  // A layer's path holds the branches taken on the way to it.
  return entries.map(({ decision }) => {
    if (decision.kind !== 'choice') return []
    const name = decision.path.slice(decision.path.lastIndexOf('/') + 1)
    return decision.alternatives.map((alternative) => {
      const mark = `${name}=${alternative}/`
      return (
        work.filter(({ path }) => path.startsWith(mark) || path.includes(`/${mark}`)).reduce((sum, { value }) => sum + value, 0) / total
      )
    })
  })
}

/** Gradient, with respect to the alphas, of the expected work Σ p · work. */
export function costGradient(work: readonly (readonly number[])[], { size, entries }: AlphaLayout, alphas: Float32Array): Float32Array {
  const gradient = new Float32Array(size)
  for (const [at, { offset, count }] of entries.entries()) {
    if (work[at].length !== count) continue
    const p = softmax(alphas.subarray(offset, offset + count))
    const mean = p.reduce((sum, probability, i) => sum + probability * work[at][i], 0)
    for (let i = 0; i < count; i++) gradient[offset + i] = p[i] * (work[at][i] - mean)
  }
  return gradient
}
