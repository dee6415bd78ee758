import { create } from '@bufbuild/protobuf'
import { type LowerOptions, lower, type Outputs } from './lower.ts'
import { intValues } from './onnx/builder.ts'
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from './onnx/onnx_pb.ts'
import {
  AttributeProto_AttributeType,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
} from './onnx/onnx_pb.ts'
import { ShapeError } from './shapes.ts'
import { simplifyOutputs } from './simplify/simplify.ts'

export interface LowerDynamicOptions extends Pick<LowerOptions, 'target' | 'metadata'> {
  /** Name of the batch dimension in the model; default `N`. */
  readonly dimension?: string
}

/** Sizes that the graph is built with; primes above what layers use, so that no other dimension grows alike by chance. */
const sizes = [37, 41, 59] as const

/**
 * Makes a model whose batch is not fixed, of a graph that is written for a fixed one: the graph is built for three sizes, and what differs
 * between the models (shapes in constants) is computed in the model from the batch it is given.
 * @param build the outputs of the graph for a batch of the given size, which is the first dimension of some input
 * @throws ShapeError when the graph depends on the batch in another way, such as by a number computed from it
 */
export function lowerDynamic(
  build: (batch: number) => Outputs,
  { target = 'standard', metadata, dimension = 'N' }: LowerDynamicOptions = {},
): ModelProto {
  const models = sizes.map((batch) => lower(simplifyOutputs(build(batch)), { target, metadata, shared: false }))
  const graphs = models.map(({ graph }) => graph).filter((graph) => graph !== undefined)
  const [graph] = graphs
  checkNodes(graphs)
  for (const list of ['input', 'output'] as const) {
    for (const [i, info] of graph[list].entries())
      nameDimensions(
        graphs.map((other) => other[list][i]),
        info,
        dimension,
      )
  }
  const varying = graph.initializer.flatMap((tensor, i) => {
    const line = compareConstants(graphs.map((other) => other.initializer[i]))
    return line ? [{ tensor, line }] : []
  })
  replace(graph, varying, dimension)
  return models[0]
}

/** values = slopes · batch + offsets */
interface Line {
  readonly slopes: readonly number[]
  readonly offsets: readonly number[]
}

function checkNodes(graphs: readonly GraphProto[]): void {
  const describe = ({ opType, input, output, attribute }: NodeProto): string =>
    JSON.stringify([opType, input, output, attribute], (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
  const [first, ...others] = graphs
  for (const other of others) {
    const same =
      first.node.length === other.node.length &&
      first.initializer.length === other.initializer.length &&
      first.node.every((node, i) => describe(node) === describe(other.node[i]))
    if (!same) throw new ShapeError('lowerDynamic: the operators of the graph depend on the size of the batch')
  }
}

/** Undefined for a constant that is the same for every batch. */
function compareConstants(tensors: readonly TensorProto[]): Line | undefined {
  const [first, second, third] = tensors
  if (tensors.every(({ dims, rawData }) => dims.join() === first.dims.join() && sameBytes(rawData, first.rawData))) return undefined
  const whole = tensors.every(
    ({ dataType, dims }) => dataType === (TensorProto_DataType.INT64 as number) && dims.join() === first.dims.join(),
  )
  if (!whole) throw new ShapeError('lowerDynamic: a constant of the graph depends on the size of the batch')
  const [a, b, c] = [first, second, third].map(intValues)
  const slopes = a.map((value, i) => (b[i] - value) / (sizes[1] - sizes[0]))
  const offsets = a.map((value, i) => value - slopes[i] * sizes[0])
  const straight = slopes.every((slope, i) => Number.isInteger(slope) && slope * sizes[2] + offsets[i] === c[i])
  if (!straight) throw new ShapeError('lowerDynamic: a shape in the graph does not grow in proportion to the batch')
  return { slopes, offsets }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** Names the dimensions of an input or output that differ: `N`, or `N*4` for a multiple. */
function nameDimensions(infos: readonly ValueInfoProto[], info: ValueInfoProto, dimension: string): void {
  const shapes = infos.map(({ type }) => (type?.value.case === 'tensorType' ? (type.value.value.shape?.dim ?? []) : []))
  const own = info.type?.value.case === 'tensorType' ? info.type.value.value.shape : undefined
  own?.dim.forEach((dim, axis) => {
    const size = (i: number): number => Number(shapes[i][axis]?.value.value)
    if (size(0) === size(1)) return
    const factor = size(0) / sizes[0]
    if (size(1) / sizes[1] !== factor) throw new ShapeError(`lowerDynamic: dimension ${axis} of ${info.name} is no multiple of the batch`)
    const value = factor === 1 ? dimension : `${dimension}*${factor}`
    own.dim[axis] = create(TensorShapeProto_DimensionSchema, { ...dim, value: { case: 'dimParam', value } })
  })
}

/** Reshapes infer what varies; other varying shapes are computed from the batch. */
function replace(graph: GraphProto, varying: readonly { readonly tensor: TensorProto; readonly line: Line }[], dimension: string): void {
  const computed: NodeProto[] = []
  for (const { tensor, line } of varying) {
    const reshapes = graph.node
      .filter(({ input }) => input.includes(tensor.name))
      .every(({ opType, input }) => opType === 'Reshape' && input[1] === tensor.name)
    if (reshapes && line.slopes.filter((slope) => slope !== 0).length === 1) {
      tensor.rawData = int64Bytes(line.offsets.map((offset, i) => (line.slopes[i] === 0 ? offset : -1)))
      continue
    }
    if (computed.length === 0) computed.push(...batchNodes(graph, dimension))
    const [slopes, offsets, scaled] = ['slopes', 'offsets', 'scaled'].map((part) => `${tensor.name}_${part}`)
    graph.initializer.push(int64Tensor(slopes, line.slopes), int64Tensor(offsets, line.offsets))
    computed.push(node('Mul', [batchName, slopes], scaled), node('Add', [scaled, offsets], tensor.name))
    graph.initializer = graph.initializer.filter((other) => other !== tensor)
  }
  graph.node = [...computed, ...graph.node]
}

const batchName = '_batch'

/** Reads the batch from the first input that has it. */
function batchNodes(graph: GraphProto, dimension: string): NodeProto[] {
  const source = graph.input.find(({ type }) => {
    const first = type?.value.case === 'tensorType' ? type.value.value.shape?.dim[0] : undefined
    return first?.value.case === 'dimParam' && first.value.value === dimension
  })
  if (!source) throw new ShapeError('lowerDynamic: no input has the batch as its first dimension')
  // The first dimension alone: Shape can give a part of the shape since operator set 15.
  const attribute = (['start', 'end'] as const).map((name, i) => ({ name, type: AttributeProto_AttributeType.INT, i: BigInt(i) }))
  return [create(NodeProtoSchema, { opType: 'Shape', input: [source.name], output: [batchName], name: `Shape${batchName}`, attribute })]
}

const node = (opType: string, input: string[], output: string): NodeProto =>
  create(NodeProtoSchema, { opType, input, output: [output], name: `${opType}${output}` })

const int64Bytes = (values: readonly number[]): Uint8Array => new Uint8Array(BigInt64Array.from(values, BigInt).buffer)

const int64Tensor = (name: string, values: readonly number[]): TensorProto =>
  create(TensorProtoSchema, { name, dataType: TensorProto_DataType.INT64, dims: [BigInt(values.length)], rawData: int64Bytes(values) })
