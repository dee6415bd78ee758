import { createInferenceProgram, type Device, input, type Runtime, sizeOf } from '../tensor/index.ts'
import { buildNetwork } from './build.ts'
import type { Network, Weights } from './network.ts'
import { parameterSpecs } from './parameters.ts'

export interface LatencyOptions {
  /** Examples at once; default 1. */
  readonly batch?: number
  /** Default 1. */
  readonly threads?: number
  readonly device?: Device
  /** Measured runs, after three that are not counted; default 15. */
  readonly runs?: number
}

/** Median milliseconds of a forward pass, as measured here and now. */
export async function measureLatency(runtime: Runtime, network: Network, weights: Weights, options: LatencyOptions = {}): Promise<number> {
  const { batch = 1, threads = 1, device, runs = 15 } = options
  const shape = [batch, ...network.input.shape]
  const program = await createInferenceProgram({
    runtime,
    threads,
    device,
    weights: parameterSpecs(network),
    forward: (get) => ({ output: buildNetwork(network, input('inputs', shape), get, { training: false }).output }),
  })
  try {
    program.load(weights)
    const inputs = new Float32Array(sizeOf(shape))
    const times: number[] = []
    for (let run = -3; run < runs; run++) {
      const began = performance.now()
      await program.run({ inputs })
      if (run >= 0) times.push(performance.now() - began)
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]
  } finally {
    await program.release()
  }
}
