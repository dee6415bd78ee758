import type { DataType, Shape, TypedArray } from './tensor.ts'

/** Where a session runs. */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'wasm'

/** A tensor's values as they go in and come out of a session. */
export interface Value {
  readonly dtype: DataType
  readonly shape: Shape
  readonly data: TypedArray | readonly string[]
}

export interface SessionOptions {
  /** Threads within one operator; default 1. */
  readonly threads?: number
  readonly device?: Device
  /** Whether other processes compute beside this one: waiting threads then sleep instead of spinning. Default false. */
  readonly shared?: boolean
  /**
   * Lets ONNX Runtime optimise the model: for models whose weights are constants, run many times. Default false: a compiled graph is
   * simplified already, its step is no faster for it (measured), and making the session takes twice as long.
   */
  readonly optimize?: boolean
  /** Whether what is computed differs from run to run; then memory is not laid out by the run before. Default false. */
  readonly varying?: boolean
  /** Writes ONNX Runtime's profile to files that begin with this (Node only). */
  readonly profilePrefix?: string
}

/** One compiled model. */
export interface Session {
  run(feeds: Readonly<Record<string, Value>>, outputs?: readonly string[]): Promise<Record<string, Value>>
  release(): Promise<void>
}

/** What makes sessions: node/runtime.ts on onnxruntime-node, browser/runtime.ts on onnxruntime-web. */
export interface Runtime {
  readonly name: string
  /** Block size of ONNX Runtime's blocked convolution kernels here (16 on AVX-512, 8 on AVX2), 0 where there are none. */
  readonly block: number
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>
}
