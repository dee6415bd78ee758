// How a training step's time follows from FLOPs and bytes of activations: random networks of the hub on 28×28 pictures, batch 64, one thread, processor time.
import { openBatches, openDataset } from '../src/data/index.ts'
import { findSpace } from '../src/hub/index.ts'
import { initialWeights } from '../src/network/index.ts'
import { randomFor } from '../src/space/index.ts'
import { createNodeRuntime } from '../src/tensor/node/index.ts'
import { createStep } from '../src/train/program.ts'
import { defaultSettings } from '../src/train/index.ts'

interface Sample {
  readonly space: string
  readonly megaflops: number
  readonly megabytes: number
  readonly ms: number
}

const spaces = ['chain', 'resnet', 'densenet', 'nas-bench-201']

/** Least squares of relative errors: ms = perFlop · MFLOPs + perByte · MB. */
function fit(samples: readonly Sample[]): { readonly perFlop: number; readonly perByte: number } {
  let [ff, fb, bb, fy, by] = [0, 0, 0, 0, 0]
  for (const { megaflops: f, megabytes: b, ms } of samples) {
    const weight = 1 / ms ** 2
    ff += weight * f * f
    fb += weight * f * b
    bb += weight * b * b
    fy += weight * f * ms
    by += weight * b * ms
  }
  const determinant = ff * bb - fb * fb
  return { perFlop: (fy * bb - by * fb) / determinant, perByte: (ff * by - fb * fy) / determinant }
}

export async function main(argv: string[]): Promise<number> {
  const each = argv.includes('--quick') ? 3 : 8
  const dataset = await openDataset('fashion-mnist')
  const runtime = await createNodeRuntime()
  const context = { input: dataset.input, outputs: dataset.classes.length }
  const settings = { ...defaultSettings(dataset), batchSize: 64 }
  const batches = openBatches(dataset, { batchSize: 64, seed: 0 })
  const { inputs, targets } = await batches.batch(0, 0)
  const samples: Sample[] = []
  for (const name of spaces) {
    const space = findSpace(name)
    for (let i = 0; i < each; i++) {
      const architecture = space.sample(randomFor(7, name, i))
      const { flops, activationBytes } = space.cost(architecture, context)
      if (flops > 40e6) continue
      const network = space.child(architecture, context)
      const program = await createStep({ runtime, network, dataset, settings, threads: 1 }, { inputs, targets })
      program.load(initialWeights(network, 0))
      let ms = Number.POSITIVE_INFINITY
      for (let step = 0; step < 12; step++) {
        const began = process.cpuUsage()
        await program.step({ inputs, targets }, { learningRate: 0 })
        const { user, system } = process.cpuUsage(began)
        ms = Math.min(ms, (user + system) / 1000)
      }
      await program.release()
      samples.push({ space: name, megaflops: flops / 1e6, megabytes: activationBytes / 1e6, ms })
    }
  }
  await batches.close()
  const { perFlop, perByte } = fit(samples)
  console.log('| space | MFLOPs | MB of activations | step, ms | step / model |\n| --- | --- | --- | --- | --- |')
  for (const { space, megaflops, megabytes, ms } of samples) {
    const ratio = ms / (perFlop * megaflops + perByte * megabytes)
    console.log(`| ${space} | ${megaflops.toFixed(2)} | ${megabytes.toFixed(2)} | ${ms.toFixed(1)} | ${ratio.toFixed(2)} |`)
  }
  console.log(`\n${perFlop.toFixed(2)} ms a MFLOP, ${perByte.toFixed(1)} ms a MB: a byte counts as ${(perByte / perFlop).toFixed(1)} FLOPs`)
  return 0
}
