import { create } from '@bufbuild/protobuf'
import { encodeModel } from '../../src/tensor/onnx/builder.ts'
import {
  type AttributeProto,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  ValueInfoProtoSchema,
} from '../../src/tensor/onnx/onnx_pb.ts'
import type { Runtime, Value } from '../../src/tensor/runtime.ts'
import { sizeOf } from '../../src/tensor/tensor.ts'

/**
 * Runs a model node by node: operators on blocks in plain loops, for any block size, and the rest by ONNX Runtime. So the layout can be tried
 * for processors that are not here. The loops say what each operator is taken to do, its memory layout included.
 */
export async function runEmulated(
  runtime: Runtime,
  model: ModelProto,
  feeds: Readonly<Record<string, Value>>,
  block: number,
): Promise<Record<string, Value>> {
  const graph = model.graph as GraphProto
  const values = new Map<string, Value>(Object.entries(feeds))
  for (const tensor of graph.initializer) {
    const bytes = tensor.rawData.slice()
    const isInteger = tensor.dataType === 7
    const data = isInteger ? new BigInt64Array(bytes.buffer) : new Float32Array(bytes.buffer)
    values.set(tensor.name, { dtype: isInteger ? 'int64' : 'float32', shape: tensor.dims.map(Number), data })
  }
  for (const node of graph.node) {
    const inputs = node.input.map((name) => (name === '' ? undefined : values.get(name)!))
    const result = node.domain === 'com.microsoft.nchwc' ? emulate(node, inputs, block) : await runNode(runtime, model, node, values)
    values.set(node.output[0], result)
  }
  return Object.fromEntries(graph.output.map(({ name }) => [name, values.get(name)!]))
}

async function runNode(runtime: Runtime, { opsetImport }: ModelProto, node: NodeProto, values: ReadonlyMap<string, Value>): Promise<Value> {
  const elemTypes: Record<string, number> = { float32: 1, int64: 7 }
  const names = [...new Set(node.input)].filter((name) => name !== '')
  const input = names.map((name) => {
    const { dtype, shape } = values.get(name)!
    const dim = shape.map((size) => ({ value: { case: 'dimValue', value: BigInt(size) } as const }))
    const value = { case: 'tensorType', value: { elemType: elemTypes[dtype], shape: { dim } } } as const
    return create(ValueInfoProtoSchema, { name, type: { value } })
  })
  const result = { case: 'tensorType', value: { elemType: 1 } } as const
  const output = [create(ValueInfoProtoSchema, { name: node.output[0], type: { value: result } })]
  const graph = create(GraphProtoSchema, { name: 'one', node: [node], input, output })
  const session = await runtime.createSession(encodeModel(create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph })))
  const results = await session.run(Object.fromEntries(names.map((name) => [name, values.get(name)!])))
  await session.release()
  return results[node.output[0]]
}

const integers = (node: NodeProto, name: string): number[] => attribute(node, name)?.ints.map(Number) ?? []
const integer = (node: NodeProto, name: string, otherwise: number): number => {
  const found = attribute(node, name)
  return found ? Number(found.i) : otherwise
}
const attribute = (node: NodeProto, name: string): AttributeProto | undefined => node.attribute.find((one) => one.name === name)

/** Where element (n, c, h, w) of a tensor [N, C, H, W] lies in blocks. */
type Place = (n: number, c: number, h: number, w: number) => number
const blockedPlace =
  ([, channels, height, width]: readonly number[], block: number): Place =>
  (n, c, h, w) =>
    (((n * (channels / block) + Math.floor(c / block)) * height + h) * width + w) * block + (c % block)
const plainPlace =
  ([, channels, height, width]: readonly number[]): Place =>
  (n, c, h, w) =>
    ((n * channels + c) * height + h) * width + w

function emulate(node: NodeProto, inputs: readonly (Value | undefined)[], block: number): Value {
  const [x] = inputs as [Value]
  switch (node.opType) {
    case 'Conv':
      return conv(node, inputs, block)
    case 'MaxPool':
    case 'AveragePool':
    case 'GlobalAveragePool':
      return pool(node, x, block)
    case 'Upsample': {
      const [, , down, right] = integers(node, 'scales') as [number, number, number, number]
      return fill([x.shape[0], x.shape[1], x.shape[2] * down, x.shape[3] * right], block, (n, c, h, w) =>
        at(x, blockedPlace(x.shape, block)(n, c, Math.floor(h / down), Math.floor(w / right))),
      )
    }
    case 'ReorderInput': {
      const channels = x.shape[1]
      if (channels % 4 !== 0) throw new Error('ReorderInput takes multiples of 4 channels')
      const shape = [x.shape[0], Math.ceil(channels / block) * block, ...x.shape.slice(2)]
      return fill(shape, block, (n, c, h, w) => (c < channels ? at(x, plainPlace(x.shape)(n, c, h, w)) : 0))
    }
    case 'ReorderOutput': {
      const channels = integer(node, 'channels', 0)
      const [batch, , height, width] = x.shape as [number, number, number, number]
      const isLast = integer(node, 'channels_last', 0) === 1
      const data = new Float32Array(batch * channels * height * width)
      const place = plainPlace([batch, channels, height, width])
      each([batch, channels, height, width], (n, c, h, w) => {
        const to = isLast ? ((n * height + h) * width + w) * channels + c : place(n, c, h, w)
        data[to] = at(x, blockedPlace(x.shape, block)(n, c, h, w))
      })
      return { dtype: 'float32', shape: isLast ? [batch, height, width, channels] : [batch, channels, height, width], data }
    }
    default:
      throw new Error(`no loops for ${node.opType}`)
  }
}

const at = ({ data }: Value, index: number): number => (data as Float32Array)[index]

function each([batch, channels, height, width]: readonly number[], visit: (n: number, c: number, h: number, w: number) => void): void {
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++) for (let h = 0; h < height; h++) for (let w = 0; w < width; w++) visit(n, c, h, w)
}

function fill(shape: readonly number[], block: number, value: (n: number, c: number, h: number, w: number) => number): Value {
  const data = new Float32Array(sizeOf(shape))
  const place = blockedPlace(shape, block)
  each(shape, (n, c, h, w) => {
    data[place(n, c, h, w)] = value(n, c, h, w)
  })
  return { dtype: 'float32', shape, data }
}

function outputSize(node: NodeProto, x: Value, kernel: readonly number[]): [number, number] {
  const [strides, pads] = [integers(node, 'strides'), integers(node, 'pads')]
  const dilations = node.opType === 'Conv' ? integers(node, 'dilations') : [1, 1]
  return [0, 1].map((i) => {
    const span = (dilations[i] ?? 1) * (kernel[i] - 1) + 1
    return Math.floor((x.shape[i + 2] + (pads[i] ?? 0) + (pads[i + 2] ?? 0) - span) / (strides[i] ?? 1)) + 1
  }) as [number, number]
}

function conv(node: NodeProto, [x, w, bias, sum]: readonly (Value | undefined)[], block: number): Value {
  const groups = integer(node, 'group', 1)
  const [batch, channels, height, width] = x!.shape as [number, number, number, number]
  const [outputs, depth, kernelHeight, kernelWidth] = w!.shape as [number, number, number, number]
  if (channels >= block && channels % block !== 0) throw new Error(`${channels} channels are no whole blocks`)
  if (depth * groups !== channels || outputs % block !== 0) throw new Error('channels and filters do not fit')
  const perGroup = outputs / groups
  const isDepthwise = depth === 1 && perGroup === 1
  const isBlocked = depth >= block
  const from = isBlocked || isDepthwise ? blockedPlace(x!.shape, block) : plainPlace(x!.shape)
  const area = kernelHeight * kernelWidth
  const filterPlace = (o: number, c: number, tap: number): number => {
    const [blockOfOutputs, output] = [Math.floor(o / block), o % block]
    if (!isBlocked) return ((blockOfOutputs * depth + c) * area + tap) * block + output
    return (((blockOfOutputs * (depth / block) + Math.floor(c / block)) * area + tap) * block + (c % block)) * block + output
  }
  const [strides, pads, dilations] = ['strides', 'pads', 'dilations'].map((name) => integers(node, name)) as [number[], number[], number[]]
  const activation = attribute(node, 'activation')
  const isRelu = activation !== undefined && new TextDecoder().decode(activation.s) === 'Relu'
  const shape = [batch, outputs, ...outputSize(node, x!, [kernelHeight, kernelWidth])]
  const place = blockedPlace(shape, block)
  return fill(shape, block, (n, o, h, v) => {
    let total = (bias ? at(bias, o) : 0) + (sum ? at(sum, place(n, o, h, v)) : 0)
    const first = Math.floor(o / perGroup) * depth
    for (let i = 0; i < kernelHeight; i++) {
      const row = h * strides[0] + i * dilations[0] - pads[0]
      if (row < 0 || row >= height) continue
      for (let j = 0; j < kernelWidth; j++) {
        const column = v * strides[1] + j * dilations[1] - pads[1]
        if (column < 0 || column >= width) continue
        for (let c = 0; c < depth; c++) total += at(x!, from(n, first + c, row, column)) * at(w!, filterPlace(o, c, i * kernelWidth + j))
      }
    }
    return isRelu ? Math.max(total, 0) : total
  })
}

function pool(node: NodeProto, x: Value, block: number): Value {
  const isGlobal = node.opType === 'GlobalAveragePool'
  const kernel = isGlobal ? x.shape.slice(2) : integers(node, 'kernel_shape')
  const [strides, pads] = [integers(node, 'strides'), integers(node, 'pads')]
  const countsPadding = integer(node, 'count_include_pad', 0) === 1
  const shape = [x.shape[0], x.shape[1], ...outputSize(node, x, kernel)]
  return fill(shape, block, (n, c, h, w) => {
    const seen: number[] = []
    for (let i = 0; i < kernel[0]; i++) {
      for (let j = 0; j < kernel[1]; j++) {
        const [row, column] = [h * (strides[0] ?? 1) + i - (pads[0] ?? 0), w * (strides[1] ?? 1) + j - (pads[1] ?? 0)]
        if (row < 0 || row >= x.shape[2] || column < 0 || column >= x.shape[3]) continue
        seen.push(at(x, blockedPlace(x.shape, block)(n, c, row, column)))
      }
    }
    if (node.opType === 'MaxPool') return seen.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    return seen.reduce((sum, value) => sum + value, 0) / (countsPadding ? kernel[0] * kernel[1] : seen.length)
  })
}
