import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { beforeAll, describe, expect, it } from 'vitest'
import * as t from '../../src/tensor/index.ts'
import type { Outputs, Runtime, Value } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { ModelProtoSchema } from '../../src/tensor/onnx/onnx_pb.ts'
import { uniform, values } from '../suites/gradients.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

const weights = (...shape: number[]): t.Tensor => t.constant(values(t.sizeOf(shape), 'normal', uniform(t.sizeOf(shape))), shape)

/** A network with everything whose shape holds the batch: pooling, flattening, a softmax over windows, a table joined to it, zeros of its size. */
function network(batch: number): Outputs {
  const x = t.input('x', [batch, 3, 8, 8])
  const table = t.input('table', [batch, 5])
  const y = t.relu(t.convolution(x, weights(4, 3, 3, 3), { pads: 1 }))
  const pooled = t.channelAffine(t.maxPool(y, { kernel: 2 }), weights(4), weights(4), { relu: true })
  const tokens = t.transpose(t.reshape(pooled, [batch, 4, 16]), [0, 2, 1])
  const attention = t.softmax(t.matmul(tokens, tokens, { transB: true }))
  const mixed = t.flatten(t.matmul(attention, tokens))
  const joined = t.concat([mixed, table, t.broadcastTo(weights(1, 2), [batch, 2]), t.zeros([batch, 1])], 1)
  const logits = t.matmul(joined, weights(72, 3))
  return {
    logits,
    probabilities: t.softmax(logits),
    rows: t.reshape(t.sliceAxis(tokens, 1, 0, 2), [batch * 2, 4]),
    ends: t.slice(x, [0, 0, 0, 0], [batch, 3, 1, 1]),
  }
}

const feeds = (batch: number): Record<string, Value> => {
  const random = uniform(batch)
  return {
    x: { dtype: 'float32', shape: [batch, 3, 8, 8], data: values(batch * 192, 'normal', random) },
    table: { dtype: 'float32', shape: [batch, 5], data: values(batch * 5, 'normal', random) },
  }
}

describe('lowerDynamic', () => {
  it('gives the results of the graph built for each size', async () => {
    const model = t.lowerDynamic(network, { metadata: { classes: 'a,b,c' } })
    const session = await runtime.createSession(t.encodeModel(model))
    for (const batch of [1, 4, 7]) {
      const program = await t.compile(runtime, network(batch))
      const [expected, actual] = [await program.run(feeds(batch)), await session.run(feeds(batch))]
      await program.release()
      for (const [name, value] of Object.entries(expected)) {
        expect(actual[name].shape, name).toEqual(value.shape)
        const data = value.data as Float32Array
        expect(Math.max(...data.map((number, i) => Math.abs(number - (actual[name].data as Float32Array)[i])))).toBeLessThan(1e-4)
      }
    }
    await session.release()
  })

  it('names the batch in inputs and outputs, and uses standard operators only', () => {
    const model = t.lowerDynamic(network, { dimension: 'batch', metadata: { classes: 'a,b,c' } })
    const dimensions = [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])].map(({ name, type }) => {
      const first = type?.value.case === 'tensorType' ? type.value.value.shape?.dim[0].value.value : undefined
      return `${name}: ${String(first)}`
    })
    expect(dimensions).toEqual(['table: batch', 'x: batch', 'logits: batch', 'probabilities: batch', 'rows: batch*2', 'ends: batch'])
    expect(model.opsetImport.map(({ domain, version }) => `${domain} ${version}`)).toEqual([' 18'])
    expect(model.metadataProps.map(({ key, value }) => `${key}=${value}`)).toEqual(['classes=a,b,c'])
  })

  it('says so when the graph depends on the batch otherwise', () => {
    expect(() => t.lowerDynamic((batch) => ({ y: t.mul(t.input('x', [batch, 2]), 1 / batch) }))).toThrow(/depends on the size of the batch/)
    expect(() => t.lowerDynamic((batch) => ({ y: t.addAll(Array.from({ length: batch }, () => t.input('x', [batch]))) }))).toThrow(
      /operators/,
    )
  })
})

describe('lower', () => {
  it('makes the same bytes of the same graph', () => {
    expect(t.lowerToBytes(network(3))).toEqual(t.lowerToBytes(network(3)))
  })

  it('can be read back', () => {
    const model = fromBinary(ModelProtoSchema, t.lowerToBytes(network(2)))
    expect(model.graph?.output.map(({ name }) => name)).toEqual(['logits', 'probabilities', 'rows', 'ends'])
    expect(toBinary(ModelProtoSchema, model)).toEqual(t.lowerToBytes(network(2)))
  })

  it('leaves out what no output needs and stores equal constants once', () => {
    const x = t.input('x', [4])
    const model = t.lower({ y: t.add(t.mul(x, 2), t.mul(t.tanh(x), 2)) })
    expect(model.graph?.initializer.length).toBe(1)
    expect(model.graph?.node.map(({ opType }) => opType)).toEqual(['Mul', 'Tanh', 'Mul', 'Add'])
  })

  it('gives inputs, constants and one value under two names as outputs', async () => {
    const x = t.input('x', [2])
    const y = t.neg(x)
    const program = await t.compile(runtime, { copy: x, y, again: y, constant: t.constant([7]) })
    const result = await program.run({ x: Float32Array.of(1, 2) })
    await program.release()
    const numbers = Object.fromEntries(Object.entries(result).map(([name, { data }]) => [name, Array.from(data, Number)]))
    expect(numbers).toEqual({ copy: [1, 2], y: [-1, -2], again: [-1, -2], constant: [7] })
  })

  it('names what is wrong', async () => {
    const x = t.input('x', [2])
    expect(() => t.lower({ x: t.neg(x) })).toThrow(/name of an input and of an output/)
    expect(() => t.lower({ y: t.reduceSum(t.input('x', [3])), z: x })).toThrow(/input x is used as float32\[3\] and as float32\[2\]/)
    expect(() => t.add(t.input('a', [2]), t.input('b', [3]))).toThrow('add: shapes do not broadcast (inputs: float32[2], float32[3])')
    expect(() => t.input('a', [0])).toThrow(/positive integer/)
    const program = await t.compile(runtime, { y: t.neg(x) })
    await expect(program.run({})).rejects.toThrow('input x (float32[2]) is missing')
    await expect(program.run({ x: Float32Array.of(1) })).rejects.toThrow(/must be float32\[2\]/)
    await program.release()
    await expect(program.run({ x: Float32Array.of(1, 2) })).rejects.toThrow(/released/)
  })
})
