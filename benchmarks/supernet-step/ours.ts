import { inProcessBatches, MemoryRecords, type Dataset } from '../../src/data/index.ts'
import { findSpace } from '../../src/hub/index.ts'
import { initialValues, type ParameterSpec, type Weights } from '../../src/network/index.ts'
import type { OneShotContext } from '../../src/oneshot/index.ts'
import { supernetSettings } from '../../src/oneshot/plan.ts'
import { feedsOf, RelaxedSupernet } from '../../src/oneshot/relaxed.ts'
import { sampledGraph } from '../../src/oneshot/sampled-graph.ts'
import { SampledProgram } from '../../src/oneshot/sampled-program.ts'
import { randomFor } from '../../src/space/index.ts'
import { type Runtime, sizeOf, softmax } from '../../src/tensor/index.ts'
import { createStep } from '../../src/train/program.ts'

export const kinds = ['sampled', 'weights', 'alphas'] as const
export type Kind = (typeof kinds)[number]

/** Milliseconds of each of some steps. */
export interface Steps {
  readonly wall: readonly number[]
  readonly cpu: readonly number[]
}

export interface Stepper {
  /** Milliseconds of processor time to compile. */
  readonly compileMs: number
  readonly parameters: number
  step(): Promise<unknown>
  /** Sampled steps only: the step that the next path takes by itself, compiled and run a few times. */
  readonly alone?: () => Promise<Pick<Stepper, 'step' | 'release'>>
  release(): Promise<void>
}

/** Grey pictures of noise. */
function noise(count: number, side: number): MemoryRecords {
  let state = 1
  const next = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24
  return new MemoryRecords(
    Uint8Array.from({ length: count * side * side }, next),
    Int32Array.from({ length: count }, (_, i) => i % 10),
    side * side,
  )
}

const side = 28

const dataset: Dataset = {
  name: 'noise',
  kind: 'image',
  task: 'classification',
  input: { shape: [1, side, side] },
  classes: Array.from({ length: 10 }, (_, i) => String(i)),
  normalization: { mean: [128], scale: [1 / 74] },
  train: noise(64, side),
  valid: noise(64, side),
  test: noise(1, side),
  notes: [],
}

export interface Settings {
  readonly runtime: Runtime
  readonly space: string
  readonly batchSize: number
  readonly threads: number
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export async function createStepper(kind: Kind, { runtime, space: name, batchSize, threads }: Settings): Promise<Stepper> {
  const space = findSpace(name)
  const context: OneShotContext = { runtime, dataset, space, openBatches: inProcessBatches, seed: 1, objectives: [], threads }
  const settings = { ...supernetSettings(context), batchSize }
  const batch = await inProcessBatches(dataset, { batchSize, seed: 1 }).batch(0, 0)
  const began = cpuMs()
  if (kind === 'sampled') {
    const graph = sampledGraph(space, { input: dataset.input, outputs: 10 })
    if (!graph) throw new Error(`the paths of ${name} are no single graph`)
    const program = await SampledProgram.create(context, graph, settings, batch, false)
    program.load(valuesOf(program.specs), () => valuesOf(program.specs.map((spec) => ({ ...spec, init: 'zeros' }))))
    const feeds = { inputs: batch.inputs, targets: batch.targets }
    let path = 0
    const architectureOf = (number: number) => space.sample(randomFor(1, 'path', number))
    return {
      compileMs: cpuMs() - began,
      parameters: parametersOf(program.specs),
      step() {
        const architecture = architectureOf(path++)
        const found = program.path(space.print(architecture), architecture)
        if (!found) throw new Error('the path is not in the graph')
        return program.step(found, feeds, { learningRate: 1e-3, step: path })
      },
      async alone() {
        const network = space.child(architectureOf(path), { input: dataset.input, outputs: 10 })
        const child = await createStep({ ...context, network, settings }, batch)
        child.load(valuesOf(program.specs))
        // Memory is gathered in the first ones.
        for (let i = 0; i < 3; i++) await child.step(feeds, { learningRate: 1e-3 })
        return { step: () => child.step(feeds, { learningRate: 1e-3 }), release: () => child.release() }
      },
      release: () => program.release(),
    }
  }
  const relaxed = new RelaxedSupernet(context, settings, { weights: (alphas) => softmax(alphas) })
  const feeds = feedsOf(batch, { alphas: new Float32Array(relaxed.layout.size), seed: 1, step: 0, temperature: 1 })
  const parameters = parametersOf(relaxed.specs)
  if (kind === 'weights') {
    const program = await relaxed.weightProgram(batch)
    program.load(relaxed.initialWeights())
    const step = () => program.step(feeds, { learningRate: 1e-3 })
    return { compileMs: cpuMs() - began, parameters, step, release: () => program.release() }
  }
  const program = await relaxed.gradientProgram(batch)
  program.load(relaxed.initialWeights())
  return { compileMs: cpuMs() - began, parameters, step: () => program.run(feeds), release: () => program.release() }
}

const valuesOf = (specs: readonly ParameterSpec[]): Weights =>
  new Map(specs.map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, 1) }]))

const parametersOf = (specs: readonly ParameterSpec[]): number =>
  specs.filter((spec) => spec.trained).reduce((sum, { shape }) => sum + sizeOf(shape), 0)

/** Times what is done once. */
export async function timed(action: () => Promise<unknown>): Promise<{ readonly wall: number; readonly cpu: number }> {
  const [used, began] = [cpuMs(), performance.now()]
  await action()
  return { wall: performance.now() - began, cpu: cpuMs() - used }
}
