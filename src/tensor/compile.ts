import type { CachedSession, SessionCache } from './cache.ts'
import { holds, type Selection } from './conditions.ts'
import { dataTypeOf, graphInputs, topologicalOrder } from './graph.ts'
import type { LayoutFactory } from './layout/layout.ts'
import { lower, type Outputs } from './lower.ts'
import { conditionalOf, encodeModel } from './onnx/builder.ts'
import { flagsInput } from './onnx/conditional-parts.ts'
import type { Target } from './op.ts'
import type { Runtime, SessionOptions, Value } from './runtime.ts'
import { printType, ShapeError, sameShape } from './shapes.ts'
import { simplifyOutputs } from './simplify/simplify.ts'
import type { Tensor, TensorType, TypedArray } from './tensor.ts'
import { sizeOf } from './tensor.ts'

export interface CompileOptions extends SessionOptions {
  /** Lowers some ops in another layout of the data. */
  readonly layout?: LayoutFactory
  /** Default `onnxruntime`; `standard` keeps to operators that every ONNX runtime has. */
  readonly target?: Target
  /** Whether to simplify the graph first; default true. */
  readonly simplified?: boolean
  /** Shares sessions of equal models; without one every program has its own. */
  readonly cache?: SessionCache
}

/** A graph that can be run. */
export interface Program {
  readonly inputs: ReadonlyMap<string, TensorType>
  readonly outputs: ReadonlyMap<string, TensorType>
  /** Of outputs that are joins of what is on (`gatedConcat`): the places of the vectors in the order in which they come. */
  readonly orders: Readonly<Record<string, readonly number[]>>
  /**
   * Runs the graph once.
   * @param feeds for each input its values, or a typed array of its type and size
   * @param selection what is on, for a graph with conditions; default: nothing
   * @throws ShapeError naming an input that is missing or does not fit
   */
  run(feeds: Readonly<Record<string, Value | TypedArray>>, selection?: Selection): Promise<Record<string, Value>>
  /** Gives back the session; a cache may keep it for the next equal model. */
  release(): Promise<void>
}

/** Lowers a graph and makes a session of it. */
export async function compile(
  runtime: Runtime,
  outputs: Outputs,
  { target = 'onnxruntime', layout, simplified = true, cache, ...session }: CompileOptions = {},
): Promise<Program> {
  const graph = simplified ? simplifyOutputs(outputs) : outputs
  const proto = lower(graph, { target, layout })
  const conditional = conditionalOf(proto)
  const model = encodeModel(proto)
  const inputs = graphInputs(Object.values(graph))
  const make = (): ReturnType<Runtime['createSession']> => runtime.createSession(model, { ...session, varying: conditional !== undefined })
  const bytes = model.length + peakBytes(Object.values(graph))
  const cached: CachedSession = cache
    ? await cache.acquire(model, `${runtime.name} ${JSON.stringify(session)}`, bytes, make)
    : { session: await make(), release: () => cached.session.release() }
  let released = false
  return {
    inputs,
    outputs: new Map(Object.entries(outputs)),
    orders: conditional?.orders ?? {},
    async run(feeds, selection = new Map()) {
      if (released) throw new Error('the program was released')
      const values: Record<string, Value> = Object.fromEntries([...inputs].map(([name, type]) => [name, feed(name, type, feeds[name])]))
      if (conditional) {
        const data = Uint8Array.from(conditional.flags, (any) => Number(any.some((condition) => holds(condition, selection))))
        values[flagsInput] = { dtype: 'bool', shape: [data.length], data }
      }
      return await cached.session.run(values)
    },
    async release() {
      if (released) return
      released = true
      await cached.release()
    },
  }
}

function feed(name: string, type: TensorType, given: Value | TypedArray | undefined): Value {
  if (!given) throw new ShapeError(`run: input ${name} (${printType(type)}) is missing`)
  const value: Value =
    'data' in given ? given : { dtype: given instanceof Uint8Array ? type.dtype : dataTypeOf(given), shape: type.shape, data: given }
  if (value.dtype !== type.dtype || !sameShape(value.shape, type.shape) || value.data.length !== sizeOf(type.shape)) {
    throw new ShapeError(`run: input ${name} must be ${printType(type)}, got ${printType(value)} of ${value.data.length} values`)
  }
  return value
}

/** Bytes of all values that are alive at once when the graph runs in order: an estimate of what a session will hold. */
export function peakBytes(outputs: readonly Tensor[]): number {
  const order = topologicalOrder(outputs)
  const lastUse = new Map<Tensor, number>()
  for (const [i, node] of order.entries()) for (const child of node.inputs) lastUse.set(child, i)
  for (const output of outputs) lastUse.set(output, order.length)
  const ends = new Map<number, number>()
  let alive = 0
  let peak = 0
  for (const [i, node] of order.entries()) {
    const bytes = sizeOf(node.shape) * (node.dtype === 'int64' ? 8 : node.dtype === 'uint8' || node.dtype === 'bool' ? 1 : 4)
    alive += bytes
    peak = Math.max(peak, alive)
    const end = lastUse.get(node) ?? i
    ends.set(end, (ends.get(end) ?? 0) + bytes)
    alive -= ends.get(i) ?? 0
  }
  return peak
}
