import { parseArgs } from 'node:util'
import {
  adamw,
  compile,
  createTrainingProgram,
  gradients,
  input,
  type Optimizer,
  type Runtime,
  scalar,
  sgd,
  sizeOf,
  type Tensor,
  type Value,
} from '../src/tensor/index.ts'
import { blockedLayout } from '../src/tensor/layout/blocked.ts'
import { createNodeRuntime } from '../src/tensor/node/index.ts'
import { batch, initialValues } from './train-step/ours.ts'
import { type Net, nets } from './train-step/nets.ts'

const usage = `All parameters as one flat vector against an input and an output each: nodes, compile time, step time.

node benchmarks/run.mjs flat-parameters [--rounds 12] [--steps 3] [--nets resnet20,mlp]`

interface Way {
  readonly compileMs: number
  readonly bytes: number
  readonly step: () => Promise<void>
  readonly release: () => Promise<void>
}

/** Counts the bytes of the models that a runtime is given. */
function counting(runtime: Runtime): { readonly runtime: Runtime; readonly bytes: () => number } {
  let bytes = 0
  return {
    bytes: () => bytes,
    runtime: {
      ...runtime,
      createSession(model, options) {
        bytes = model.length
        return runtime.createSession(model, options)
      },
    },
  }
}

async function flat(net: Net, optimizer: Optimizer, runtime: Runtime): Promise<Way> {
  const counted = counting(runtime)
  const program = await createTrainingProgram({ ...net, runtime: counted.runtime, optimizer })
  program.load(initialValues(net))
  const feeds = batch(net)
  return {
    compileMs: program.compileMs,
    bytes: counted.bytes(),
    step: async () => void (await program.step(feeds, { learningRate: 1e-3 })),
    release: () => program.release(),
  }
}

/** The same step with the optimizer's rule for each parameter by itself. */
async function separate(net: Net, optimizer: Optimizer, runtime: Runtime): Promise<Way> {
  const counted = counting(runtime)
  const began = performance.now()
  const values = new Map([...net.parameters, ...net.statistics].map(({ name, shape }) => [name, input(name, shape)]))
  const { loss, statistics } = net.forward((name) => values.get(name)!)
  const slopes = gradients(
    loss,
    net.parameters.map(({ name }) => values.get(name)!),
  )
  const scalars = Object.fromEntries(Object.keys(optimizer.scalars(1, 1)).map((name) => [name, input(`$${name}`, [])]))
  const results: Record<string, Tensor> = { loss }
  const state = initialValues(net)
  for (const [name, tensor] of statistics ?? []) results[`new ${name}`] = tensor
  for (const [i, { name, shape, decayed }] of net.parameters.entries()) {
    const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, input(`${slot} ${name}`, shape)]))
    for (const slot of optimizer.slots) state.set(`${slot} ${name}`, { shape, data: new Float32Array(sizeOf(shape)) })
    const next = optimizer.update({ parameters: values.get(name)!, gradient: slopes[i], decayed: scalar(decayed ? 1 : 0), slots, scalars })
    results[`new ${name}`] = next.parameters
    for (const [slot, tensor] of Object.entries(next.slots)) results[`new ${slot} ${name}`] = tensor
  }
  const program = await compile(counted.runtime, results, { layout: blockedLayout(runtime.block) })
  const feeds: Record<string, Value | Float32Array> = { ...batch(net) }
  for (const [name, { shape, data }] of state) feeds[name] = { dtype: 'float32', shape, data }
  let steps = 0
  return {
    compileMs: performance.now() - began,
    bytes: counted.bytes(),
    async step() {
      for (const [name, value] of Object.entries(optimizer.scalars(1e-3, ++steps))) feeds[`$${name}`] = Float32Array.of(value)
      const out = await program.run(feeds)
      for (const name of state.keys()) feeds[name] = out[`new ${name}`]
    },
    release: () => program.release(),
  }
}

/** Milliseconds of processor time a step: the least and the median, in alternating rounds. */
async function time(ways: readonly Way[], rounds: number, steps: number): Promise<{ readonly min: number; readonly median: number }[]> {
  const times: number[][] = ways.map(() => [])
  for (const way of ways) await way.step()
  for (let round = 0; round < rounds; round++) {
    for (const [i, way] of ways.entries()) {
      for (let k = 0; k < steps; k++) {
        const used = process.cpuUsage()
        await way.step()
        const { user, system } = process.cpuUsage(used)
        times[i].push((user + system) / 1000)
      }
    }
  }
  return times.map((list) => {
    const sorted = list.toSorted((a, b) => a - b)
    return { min: sorted[0], median: sorted[sorted.length >> 1] }
  })
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, rounds: { type: 'string' }, steps: { type: 'string' }, nets: { type: 'string' } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const wanted = (values.nets ?? 'resnet20,mlp').split(',')
  const runtime = await createNodeRuntime()
  console.log('| network, optimizer | parameters | way | model, bytes | compile, ms | step, ms of processor time, least (median) |')
  console.log('| --- | --- | --- | --- | --- | --- |')
  for (const net of nets.filter(({ name }) => wanted.includes(name))) {
    for (const optimizer of [sgd({ momentum: 0.9, weightDecay: 5e-4 }), adamw({ weightDecay: 0.01 })]) {
      const made = { flat: [] as Way[], separate: [] as Way[] }
      // Compiled three times each in turn: the least is kept, the first includes warming up.
      for (let i = 0; i < 3; i++) {
        made.flat.push(await flat(net, optimizer, runtime))
        made.separate.push(await separate(net, optimizer, runtime))
      }
      const times = await time([made.flat[2], made.separate[2]], Number(values.rounds ?? 12), Number(values.steps ?? 3))
      for (const [i, way] of (['flat', 'separate'] as const).entries()) {
        const compileMs = Math.min(...made[way].map((one) => one.compileMs))
        const { min, median } = times[i]
        const cells = [
          `${net.name}, ${optimizer.name}`,
          net.parameters.length,
          way,
          made[way][2].bytes,
          compileMs.toFixed(0),
          `${min.toFixed(1)} (${median.toFixed(1)})`,
        ]
        console.log(`| ${cells.join(' | ')} |`)
      }
      for (const way of [...made.flat, ...made.separate]) await way.release()
    }
  }
  return 0
}
