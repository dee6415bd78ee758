import { buildNetwork, type ChannelStatistics, parameterSpecs } from '../network/index.ts'
import { createInferenceProgram, input, reduceMean, square, sub, type Tensor } from '../tensor/index.ts'
import { normalizeInput } from './normalize.ts'
import { batchSizeOf } from './program.ts'
import type { StatisticsOptions } from './statistics.ts'

/** Parts of the results' names. */
const [MEAN, VARIANCE] = ['mean:', 'variance:']

/**
 * Mean and variance of each channel of some of a network's values, as a finished network computes them, over the first batch.
 *
 * @param options `paths`: of the nodes; one that has no value of its own (inside a fused pass) is left out
 * @returns by path
 */
export async function channelStatistics(
  options: Omit<StatisticsOptions, 'count'> & { readonly paths: readonly string[] },
): Promise<ReadonlyMap<string, ChannelStatistics>> {
  const { network, dataset, weights, batches, paths, ...session } = options
  const first = await batches.batch(0, 0)
  const shape = [batchSizeOf(first, dataset), ...network.input.shape]
  const found: string[] = []
  const program = await createInferenceProgram({
    ...session,
    weights: parameterSpecs(network),
    forward(get) {
      const raw = input('inputs', shape, first.inputs instanceof Uint8Array ? 'uint8' : 'float32')
      const { values, output } = buildNetwork(network, normalizeInput(raw, dataset.normalization, network.input), get, { training: false })
      const results: Record<string, Tensor> = {}
      for (const path of paths) {
        const value = values.get(path)
        if (value === undefined) continue
        found.push(path)
        const axes = value.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
        const mean = reduceMean(value, axes, { keepDims: true })
        results[MEAN + path] = mean
        results[VARIANCE + path] = reduceMean(square(sub(value, mean)), axes, { keepDims: true })
      }
      return found.length > 0 ? results : { output }
    },
  })
  try {
    program.load(weights)
    const results = await program.run({ inputs: first.inputs })
    const valuesOf = (name: string): Float32Array => results[name].data as Float32Array
    return new Map(found.map((path) => [path, { mean: valuesOf(MEAN + path), variance: valuesOf(VARIANCE + path) }]))
  } finally {
    await program.release()
  }
}
