import { createTrainingProgram, type Runtime, sgd, type TrainingProgram, type Value } from '../../src/tensor/index.ts'
import type { Net } from './nets.ts'

/** Our side of a comparison: one compiled training step with a fixed batch. */
export interface Trainer {
  /** Milliseconds of processor time to build, simplify and lower the graph and to make its session. */
  readonly compileMs: number
  /** Milliseconds of wall time and of processor time that each of `count` steps took, and the last loss. */
  run(count: number): Promise<{ readonly wall: number[]; readonly cpu: number[]; readonly loss: number }>
  release(): Promise<void>
}

export interface OursOptions {
  readonly runtime: Runtime
  readonly threads: number
  readonly layout?: 'auto' | 'plain'
  readonly profilePrefix?: string
}

export async function createTrainer(net: Net, { runtime, threads, layout, profilePrefix }: OursOptions): Promise<Trainer> {
  const began = process.cpuUsage()
  const program = await createTrainingProgram({
    runtime,
    threads,
    layout,
    profilePrefix,
    optimizer: sgd({ momentum: 0.9 }),
    inputs: net.inputs,
    parameters: net.parameters,
    statistics: net.statistics,
    forward: net.forward,
  })
  const compiled = process.cpuUsage(began)
  program.load(initialValues(net))
  const feeds = batch(net)
  return {
    compileMs: (compiled.user + compiled.system) / 1000,
    run: (count) => timeSteps(program, feeds, count),
    release: () => program.release(),
  }
}

async function timeSteps(
  program: TrainingProgram,
  feeds: Readonly<Record<string, Value>>,
  count: number,
): Promise<{ wall: number[]; cpu: number[]; loss: number }> {
  const wall: number[] = []
  const cpu: number[] = []
  let loss = Number.NaN
  for (let i = 0; i < count; i++) {
    const used = process.cpuUsage()
    const began = performance.now()
    loss = (await program.step(feeds, { learningRate: 0.05 })).loss
    wall.push(performance.now() - began)
    const { user, system } = process.cpuUsage(used)
    cpu.push((user + system) / 1000)
  }
  return { wall, cpu, loss }
}

export function initialValues({ parameters, statistics }: Net): Map<string, { shape: readonly number[]; data: Float32Array }> {
  const normal = normals(1)
  const values = new Map<string, { shape: readonly number[]; data: Float32Array }>()
  for (const { name, shape } of [...parameters, ...statistics]) {
    const size = shape.reduce((product, dimension) => product * dimension, 1)
    const isMatrix = shape.length > 1
    const fan = shape.length === 4 ? size / shape[0] : shape[0]
    const one = name.endsWith('scale') || name.endsWith('variance') ? 1 : 0
    values.set(name, { shape, data: Float32Array.from({ length: size }, () => (isMatrix ? normal() * Math.sqrt(2 / fan) : one)) })
  }
  return values
}

export function batch({ inputs: [x, y] }: Net): Record<string, Value> {
  const normal = normals(2)
  const size = x.shape.reduce((product, dimension) => product * dimension, 1)
  return {
    x: { dtype: 'float32', shape: x.shape, data: Float32Array.from({ length: size }, normal) },
    y: { dtype: 'int64', shape: y.shape, data: BigInt64Array.from({ length: y.shape[0] }, (_, i) => BigInt(i % 10)) },
  }
}

/** Standard normal numbers, the same for the same seed (Box and Muller, 1958). */
function normals(seed: number): () => number {
  let state = seed
  const uniform = (): number => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
