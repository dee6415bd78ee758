import { compile, type Program } from './compile.ts'
import { gradients } from './gradients.ts'
import { graphInputs, input, inputName } from './graph.ts'
import { reshape } from './ops/shape.ts'
import { concat } from './ops/window.ts'
import { averageName, initialState, stateNames, stepScalars, type UpdateRule, update } from './optimizers/core.ts'
import { exponentialMovingAverage } from './optimizers/ema.ts'
import { type NamedValues, type Packing, packing, packValues, unpacked, unpackValues } from './optimizers/packing.ts'
import { compileOptions, type ProgramOptions } from './program-options.ts'
import type { Value } from './runtime.ts'
import { printType, ShapeError, sameShape } from './shapes.ts'
import type { Shape, Tensor, TypedArray } from './tensor.ts'

/** A trained tensor of a model. */
export interface ParameterDeclaration {
  readonly name: string
  readonly shape: Shape
  /** Whether weight decay applies. */
  readonly decayed: boolean
}

/** A tensor that a forward pass keeps up to date itself, without gradients (batch norm's running mean and variance). */
export interface StatisticDeclaration {
  readonly name: string
  readonly shape: Shape
}

/** Where a forward pass's noise comes from: two uint32 scalars; see functions/noise.ts. */
export interface NoiseSource {
  readonly seed: Tensor
  readonly step: Tensor
}

export interface ForwardResult {
  /** One number. */
  readonly loss: Tensor
  /** More results to hand out at each step. */
  readonly outputs?: Readonly<Record<string, Tensor>>
  /** New values of statistics, by name; those left out keep theirs. */
  readonly statistics?: ReadonlyMap<string, Tensor>
}

export interface TrainingOptions extends ProgramOptions, UpdateRule {
  /** What each step is fed with, made by `input(name, shape, dtype)`. */
  readonly inputs: readonly Tensor[]
  readonly parameters: readonly ParameterDeclaration[]
  readonly statistics?: readonly StatisticDeclaration[]
  /** Builds the forward pass; `get` gives a parameter or a statistic by name. */
  readonly forward: (get: (name: string) => Tensor, noise: NoiseSource) => ForwardResult
  /** Beginning of the noise; the same seed gives the same noise at the same step. Fed, not compiled in. Default 0. */
  readonly seed?: number
}

export interface StepResult {
  readonly loss: number
  /** What the forward pass handed out, by name. */
  readonly outputs: Readonly<Record<string, Value>>
}

/** All that training goes on from: plain data, bit-exact. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  /** Flat vectors: `parameters`, `statistics` if there are any, and what the optimizer and the average keep. */
  readonly tensors: Readonly<Record<string, Float32Array>>
}

/** One compiled training step and the state it works on. Not for concurrent steps. */
export interface TrainingProgram {
  /** Milliseconds that lowering and making the session took. */
  readonly compileMs: number
  /** Steps done. */
  readonly steps: number
  /** One update from one batch; `feeds` holds a value or a typed array for each input. When it throws, the state is as before. */
  step(feeds: Readonly<Record<string, Value | TypedArray>>, settings: { readonly learningRate: number }): Promise<StepResult>
  /** Begins anew from these parameters and statistics: step 0, a fresh optimizer. @throws ShapeError naming what is missing or does not fit */
  load(weights: NamedValues): void
  /** Parameters and statistics by name, as copies. */
  weights(): Map<string, { readonly shape: Shape; readonly data: Float32Array }>
  /** Averaged parameters and statistics; those of `weights` when no average is kept. */
  emaWeights(): Map<string, { readonly shape: Shape; readonly data: Float32Array }>
  state(): TrainingState
  /** @throws ShapeError when the state is of another program */
  restore(state: TrainingState): void
  release(): Promise<void>
}

const averageOfStatistics = 'statisticsAverage'

/**
 * Compiles forward pass, loss, gradients and update into one graph. All parameters travel as one flat vector (decayed ones first),
 * so an update is a handful of operators however many parameters there are. `load` must come before the first step.
 * @throws ShapeError when the loss is not one number, or a statistic's new value has another shape
 */
export async function createTrainingProgram(options: TrainingOptions): Promise<TrainingProgram> {
  const began = performance.now()
  const graph = trainingGraph(options)
  checkInputs(options.inputs, graph.results)
  const program = await compile(options.runtime, graph.results, compileOptions(options))
  return trainingProgram(options, graph, program, performance.now() - began, options.seed ?? 0)
}

interface TrainingGraph {
  readonly results: Readonly<Record<string, Tensor>>
  readonly parameters: Packing
  readonly statistics: Packing
  /** Names of the vectors that go from step to step. */
  readonly state: readonly string[]
}

/** Inputs and outputs of ours have names that begin so; a user's name cannot. */
const own = '$'
const before = (name: string): string => `${own}${name}`
const after = (name: string): string => `${own}new.${name}`

function trainingGraph(options: TrainingOptions): TrainingGraph {
  const decayed = options.parameters.filter((parameter) => parameter.decayed)
  const parameters = packing([...decayed, ...options.parameters.filter((parameter) => !parameter.decayed)])
  const statistics = packing(options.statistics ?? [])
  if (parameters.size === 0) throw new ShapeError('training: there are no parameters')
  const vector = input(before('parameters'), [parameters.size])
  const values = unpacked(parameters, vector)
  const running = statistics.size > 0 ? input(before('statistics'), [statistics.size]) : undefined
  const runningValues = running ? unpacked(statistics, running) : new Map<string, Tensor>()
  const result = options.forward(getter(values, runningValues), {
    seed: input(before('seed'), [], 'uint32'),
    step: input(before('step'), [], 'uint32'),
  })
  if (result.loss.shape.length > 0) throw new ShapeError(`training: the loss must be one number, got ${printType(result.loss)}`)
  const slopes = gradients(result.loss, [...values.values()])
  const gradient = concat(
    slopes.map((slope) => reshape(slope, [-1])),
    0,
  )

  const slots = stateNames(options)
  const updated = update(options, {
    parameters: vector,
    gradient,
    decayed: decayed.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0),
    state: Object.fromEntries(slots.map((slot) => [slot, input(before(slot), [parameters.size])])),
    scalars: Object.fromEntries(Object.keys(stepScalars(options, 0, 1)).map((name) => [name, input(before(name), [])])),
  })
  const next: Record<string, Tensor> = { parameters: updated.parameters, ...updated.state }
  if (running) {
    next.statistics = newStatistics(statistics, runningValues, result.statistics ?? new Map<string, Tensor>())
    if (options.ema !== undefined) {
      const average = input(before(averageOfStatistics), [statistics.size])
      next[averageOfStatistics] = exponentialMovingAverage(average, next.statistics, input(before('averageDecay'), []))
    }
  }
  const results: Record<string, Tensor> = { ...result.outputs, [`${own}loss`]: result.loss }
  for (const [name, tensor] of Object.entries(next)) results[after(name)] = tensor
  return { results, parameters, statistics, state: Object.keys(next) }
}

/** A name that the forward pass reads but no step is told to feed is a mistake to find now. */
function checkInputs(declared: readonly Tensor[], results: Readonly<Record<string, Tensor>>): void {
  const names = new Set(declared.map(inputName))
  for (const name of graphInputs(Object.values(results)).keys()) {
    if (!name.startsWith(own) && !names.has(name))
      throw new ShapeError(`training: the forward pass reads input ${name}, which is not declared`)
  }
}

function getter(...maps: readonly ReadonlyMap<string, Tensor>[]): (name: string) => Tensor {
  return (name) => {
    for (const map of maps) {
      const found = map.get(name)
      if (found) return found
    }
    throw new ShapeError(`there is no parameter or statistic ${name}`)
  }
}

function newStatistics({ entries }: Packing, old: ReadonlyMap<string, Tensor>, fresh: ReadonlyMap<string, Tensor>): Tensor {
  for (const name of fresh.keys()) if (!old.has(name)) throw new ShapeError(`training: there is no statistic ${name}`)
  const parts = entries.map(({ name, shape }) => {
    const value = fresh.get(name) ?? old.get(name)!
    if (!sameShape(value.shape, shape)) throw new ShapeError(`training: the new ${name} is ${printType(value)}, not [${shape.join(',')}]`)
    return reshape(value, [-1])
  })
  return concat(parts, 0)
}

function trainingProgram(rule: UpdateRule, graph: TrainingGraph, program: Program, compileMs: number, seed: number): TrainingProgram {
  const { parameters, statistics } = graph
  // Values go back as they came: the runtime's own memory, no copy.
  let state: Readonly<Record<string, Value>> | undefined
  let steps = 0

  const loaded = (): Readonly<Record<string, Value>> => {
    if (!state) throw new Error('the training program has no weights yet: call load() or restore() first')
    return state
  }
  const vector = (name: string): Float32Array => loaded()[name].data as Float32Array
  const setState = (vectors: Readonly<Record<string, Float32Array>>): void => {
    state = Object.fromEntries(
      graph.state.map((name) => {
        const data = vectors[name]
        const size = name.startsWith('statistics') ? statistics.size : parameters.size
        if (data?.length !== size) throw new ShapeError(`restore: ${name} must have ${size} values, got ${data?.length ?? 'none'}`)
        return [name, { dtype: 'float32', shape: [size], data }]
      }),
    )
  }
  const named = (parameterVector: string, statisticVector: string): ReturnType<TrainingProgram['weights']> =>
    new Map([
      ...unpackValues(parameters, vector(parameterVector)),
      ...(statistics.size > 0 ? unpackValues(statistics, vector(statisticVector)) : []),
    ])

  return {
    compileMs,
    get steps() {
      return steps
    },
    async step(feeds, { learningRate }) {
      const current = loaded()
      const scalars = stepScalars(rule, learningRate, steps + 1)
      const own: Record<string, Value | TypedArray> = { [before('seed')]: Uint32Array.of(seed), [before('step')]: Uint32Array.of(steps) }
      for (const [name, value] of Object.entries(scalars)) own[before(name)] = Float32Array.of(value)
      for (const [name, value] of Object.entries(current)) own[before(name)] = value
      const results = await program.run({ ...feeds, ...own })
      state = Object.fromEntries(graph.state.map((name) => [name, results[after(name)]]))
      steps++
      const outputs = Object.fromEntries(Object.entries(results).filter(([name]) => !name.startsWith('$')))
      return { loss: Number(results.$loss.data[0]), outputs }
    },
    load(weights) {
      const start = packValues(parameters, weights)
      const running = packValues(statistics, weights)
      setState({ parameters: start, ...initialState(rule, start), statistics: running, [averageOfStatistics]: running.slice() })
      steps = 0
    },
    weights: () => named('parameters', 'statistics'),
    emaWeights: () => (rule.ema === undefined ? named('parameters', 'statistics') : named(averageName, averageOfStatistics)),
    state: () => ({ step: steps, tensors: Object.fromEntries(graph.state.map((name) => [name, vector(name).slice()])) }),
    restore({ step, tensors }) {
      setState(Object.fromEntries(Object.entries(tensors).map(([name, data]) => [name, data.slice()])))
      steps = step
    },
    release: () => program.release(),
  }
}
