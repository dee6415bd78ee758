import * as ort from 'onnxruntime-node'
import { detectBlock } from '../onnx/blocks.ts'
import { wrapSession } from '../onnx/session.ts'
import type { Runtime, Session, SessionOptions } from '../runtime.ts'

export interface NodeRuntimeOptions {
  /** Used where a session's own options say nothing. */
  readonly defaults?: SessionOptions
}

/** ONNX Runtime's native library. Detects the processor's blocked kernels, which takes some milliseconds. */
export async function createNodeRuntime({ defaults = {} }: NodeRuntimeOptions = {}): Promise<Runtime> {
  // What fails is thrown; printed as well, it would only disturb.
  ort.env.logLevel = 'fatal'
  const createSession = (model: Uint8Array, options: SessionOptions = {}): Promise<Session> =>
    createNodeSession(model, { ...defaults, ...given(options) })
  return { name: 'onnxruntime-node', block: await detectBlock(createSession), createSession }
}

/** Options without those that are undefined, which would hide defaults. */
const given = (options: SessionOptions): SessionOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

async function createNodeSession(
  model: Uint8Array,
  { threads = 1, device = 'cpu', shared = false, optimize = false, varying = false, profilePrefix }: SessionOptions,
): Promise<Session> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    logSeverityLevel: 4,
    enableMemPattern: !varying,
    extra: { session: { intra_op: { allow_spinning: shared ? '0' : '1' } } },
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  })
  return wrapSession(ort, session, { profiled: profilePrefix !== undefined })
}
