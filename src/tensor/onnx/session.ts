import { ShapeError } from '../shapes.ts'
import type { Session, Value } from '../runtime.ts'
import type { DataType } from '../tensor.ts'

/** What is used of ONNX Runtime's JavaScript interface; onnxruntime-node and onnxruntime-web both have it. */
export interface OrtModule {
  readonly env: object
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => OrtTensor
  readonly InferenceSession: { create(model: Uint8Array, options?: never): Promise<OrtSession> }
}

export interface OrtTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: unknown
}

export interface OrtSession {
  readonly inputNames: readonly string[]
  run(feeds: never, fetches?: never): Promise<Readonly<Record<string, OrtTensor>>>
  release(): Promise<void>
  endProfiling(): void
}

/** A Session on one of ONNX Runtime's. */
export function wrapSession(ort: OrtModule, session: OrtSession, { profiled = false }: { readonly profiled?: boolean } = {}): Session {
  let released = false
  return {
    async run(feeds, outputs) {
      if (released) throw new Error('the session was released')
      const given: Record<string, OrtTensor> = {}
      for (const name of session.inputNames) {
        const value = feeds[name]
        if (!value) throw new ShapeError(`run: input ${name} is missing`)
        given[name] = new ort.Tensor(value.dtype as never, value.data as never, value.shape)
      }
      const results = outputs ? await session.run(given as never, outputs as never) : await session.run(given as never)
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, valueOf(tensor)]))
    },
    async release() {
      if (released) return
      released = true
      if (profiled) session.endProfiling()
      await session.release()
    },
  }
}

const valueOf = (tensor: OrtTensor): Value => ({ dtype: tensor.type as DataType, shape: tensor.dims, data: tensor.data as Value['data'] })
