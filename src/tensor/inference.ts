import { compile } from './compile.ts'
import { input } from './graph.ts'
import { type NamedValues, packing, packValues, unpacked } from './optimizers/packing.ts'
import { compileOptions, type ProgramOptions } from './program-options.ts'
import type { Value } from './runtime.ts'
import { ShapeError } from './shapes.ts'
import type { Shape, Tensor, TypedArray } from './tensor.ts'

export interface InferenceOptions extends ProgramOptions {
  /** Parameters and statistics that `forward` reads. */
  readonly weights: readonly { readonly name: string; readonly shape: Shape }[]
  /** Builds the forward pass; `get` gives a weight by name. */
  readonly forward: (get: (name: string) => Tensor) => Readonly<Record<string, Tensor>>
}

/** A forward pass whose weights are fed: loaded once, used for every batch, and replaced without compiling again. */
export interface InferenceProgram {
  /** Milliseconds that lowering and making the session took. */
  readonly compileMs: number
  /** @throws ShapeError naming what is missing or does not fit; more weights than needed are welcome */
  load(weights: NamedValues): void
  run(feeds: Readonly<Record<string, Value | TypedArray>>): Promise<Record<string, Value>>
  release(): Promise<void>
}

/** Compiles a forward pass. `load` must come before the first run. */
export async function createInferenceProgram(options: InferenceOptions): Promise<InferenceProgram> {
  const began = performance.now()
  const packed = packing(options.weights)
  const vector = packed.size > 0 ? input('$weights', [packed.size]) : undefined
  const values = vector ? unpacked(packed, vector) : new Map<string, Tensor>()
  const results = options.forward((name) => {
    const found = values.get(name)
    if (!found) throw new ShapeError(`there is no weight ${name}`)
    return found
  })
  const program = await compile(options.runtime, results, compileOptions(options))
  let loaded: Value | undefined = vector ? undefined : { dtype: 'float32', shape: [0], data: new Float32Array() }
  return {
    compileMs: performance.now() - began,
    load(weights) {
      loaded = { dtype: 'float32', shape: [packed.size], data: packValues(packed, weights) }
    },
    async run(feeds) {
      if (!loaded) throw new Error('the inference program has no weights yet: call load() first')
      return await program.run({ ...feeds, $weights: loaded })
    },
    release: () => program.release(),
  }
}
