import { type OrtModule, wrapSession } from '../onnx/session.ts'
import type { Runtime } from '../runtime.ts'

/**
 * ONNX Runtime in WebAssembly or on WebGPU.
 * @param ort the module onnxruntime-web: its root in Node, any of its entries in a browser
 */
export function createWebRuntime(ort: OrtModule): Runtime {
  return {
    name: 'onnxruntime-web',
    block: 0,
    async createSession(model, { threads = 1, device = 'wasm', optimize = false } = {}) {
      // The number of threads is one for the whole WebAssembly module and is fixed when the first session is made.
      Object.assign((ort.env as { wasm: object }).wasm, { numThreads: threads })
      const options = {
        executionProviders: [device === 'cpu' ? 'wasm' : device],
        graphOptimizationLevel: optimize ? 'all' : 'disabled',
        logSeverityLevel: 3,
      }
      return wrapSession(ort, await ort.InferenceSession.create(model, options as never))
    },
  }
}
