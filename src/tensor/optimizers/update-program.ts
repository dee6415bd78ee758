import { input } from '../graph.ts'
import { lowerDynamic } from '../lower-dynamic.ts'
import { encodeModel } from '../onnx/builder.ts'
import type { Runtime, SessionOptions, Value } from '../runtime.ts'
import { stepScalars, type UpdateRule, update } from './core.ts'

/** Vectors of one size, which may be another at each update. */
export interface UpdateVectors {
  readonly parameters: Float32Array
  readonly gradient: Float32Array
  /** 1 for parameters that weight decay applies to, else 0. */
  readonly decayed: Float32Array
  /** The optimizer's vectors by slot. */
  readonly slots: Readonly<Record<string, Float32Array>>
}

export interface UpdateProgram {
  /** New parameters and slots. @param step 1 for the first update */
  run(vectors: UpdateVectors, learningRate: number, step: number): Promise<Pick<UpdateVectors, 'parameters' | 'slots'>>
  release(): Promise<void>
}

/** An update rule alone, for vectors of any size: where a step gives the gradient of a part of the parameters, and each time of another. */
export async function createUpdateProgram(
  runtime: Runtime,
  rule: Omit<UpdateRule, 'ema'>,
  session: SessionOptions = {},
): Promise<UpdateProgram> {
  const { slots } = rule.optimizer
  const model = lowerDynamic(
    (size) => {
      const vector = (name: string) => input(name, [size])
      const updated = update(rule, {
        parameters: vector('parameters'),
        gradient: vector('gradient'),
        decayed: vector('decayed'),
        state: Object.fromEntries(slots.map((slot) => [slot, vector(slot)])),
        scalars: Object.fromEntries(Object.keys(stepScalars(rule, 0, 1)).map((name) => [name, input(name, [])])),
      })
      const state = Object.entries(updated.state).map(([slot, value]) => [after(slot), value] as const)
      return { [after('parameters')]: updated.parameters, ...Object.fromEntries(state) }
    },
    { target: 'onnxruntime' },
  )
  const program = await runtime.createSession(encodeModel(model), session)
  return {
    async run({ parameters, gradient, decayed, slots: given }, learningRate, step) {
      const feeds: Record<string, Value> = {}
      for (const [name, data] of Object.entries({ parameters, gradient, decayed, ...given }))
        feeds[name] = { dtype: 'float32', shape: [data.length], data }
      for (const [name, value] of Object.entries(stepScalars(rule, learningRate, step)))
        feeds[name] = { dtype: 'float32', shape: [], data: Float32Array.of(value) }
      const results = await program.run(feeds)
      const result = (name: string): Float32Array => results[after(name)].data as Float32Array
      return { parameters: result('parameters'), slots: Object.fromEntries(slots.map((slot) => [slot, result(slot)])) }
    },
    release: () => program.release(),
  }
}

const after = (name: string): string => `new.${name}`
