import type { BatchSource } from '../data/dataset.ts'
import { buildNetwork, parameterSpecs, type Weights } from '../network/index.ts'
import { createInferenceProgram, input, type Tensor } from '../tensor/index.ts'
import { normalizeInput } from './normalize.ts'
import { batchSizeOf, type StepOptions } from './program.ts'

export interface StatisticsOptions extends Omit<StepOptions, 'settings'> {
  readonly weights: Weights
  readonly batches: BatchSource
  /** Batches to average over; default 10, or all there are. */
  readonly count?: number
}

/**
 * Batch norm's running statistics of these very weights: the mean over some training batches, as shared or averaged weights need
 * before they are judged. Weights are returned unchanged.
 */
export async function reestimateStatistics(options: StatisticsOptions): Promise<Weights> {
  const { network, dataset, weights, batches, count = 10, ...session } = options
  const specs = parameterSpecs(network)
  const names = specs.filter((spec) => !spec.trained).map((spec) => spec.name)
  if (names.length === 0 || batches.batches === 0) return weights
  const first = await batches.batch(0, 0)
  const shape = [batchSizeOf(first, dataset), ...network.input.shape]
  const program = await createInferenceProgram({
    ...session,
    weights: specs,
    forward(get) {
      const raw = input('inputs', shape, first.inputs instanceof Uint8Array ? 'uint8' : 'float32')
      const inputs = normalizeInput(raw, dataset.normalization, network.input)
      const { statistics } = buildNetwork(network, inputs, get, { training: true, momentum: 1 })
      return Object.fromEntries(names.map((name) => [name, statistics.get(name) as Tensor]))
    },
  })
  try {
    program.load(weights)
    const sums = new Map<string, Float64Array>()
    const total = Math.min(count, batches.batches)
    for (let index = 0; index < total; index++) {
      const batch = index === 0 ? first : await batches.batch(0, index)
      const results = await program.run({ inputs: batch.inputs })
      for (const name of names) {
        const data = results[name].data as Float32Array
        const sum = sums.get(name) ?? new Float64Array(data.length)
        sums.set(
          name,
          sum.map((value, i) => value + data[i]),
        )
      }
    }
    const estimated = names.map((name) => {
      const shape = weights.get(name)?.shape ?? []
      return [name, { shape, data: Float32Array.from(sums.get(name) as Float64Array, (sum) => sum / total) }] as const
    })
    return new Map([...weights, ...estimated])
  } finally {
    await program.release()
  }
}
