import { create, toBinary } from '@bufbuild/protobuf'
import type { Emitter, OnnxAttributes, Target } from '../op.ts'
import type { DataType, TensorType, TypedArray } from '../tensor.ts'
import { type Conditional, isConditional, placeInBranches } from './conditional.ts'
import { flagsInput, ModelParts } from './conditional-parts.ts'
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from './onnx_pb.ts'
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from './onnx_pb.ts'

/** Version of the standard operators that models name; old enough for runtimes of 2023 and later. */
export const opsetVersion = 18
const irVersion = 8n
/** Where a model says what its flags and joined outputs stand for. */
const conditionalKey = 'nascent.conditional'

export const onnxDataType: Readonly<Record<DataType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  uint32: TensorProto_DataType.UINT32,
  uint8: TensorProto_DataType.UINT8,
  bool: TensorProto_DataType.BOOL,
  string: TensorProto_DataType.STRING,
}

/** A dimension by size, or by name when it is not fixed. */
export type Dimension = number | string

/** Collects a graph's parts; an Emitter for lowerings, and what lower.ts needs besides. */
export interface ModelBuilder extends Emitter {
  input(name: string, dtype: DataType, shape: readonly Dimension[]): string
  /** Makes `value` an output under `name`. */
  output(name: string, value: string, dtype: DataType, shape: readonly Dimension[]): void
  build(metadata?: Readonly<Record<string, string>>): ModelProto
}

/** What the flags of a model stand for, and the order in which joined outputs come; undefined for a model without conditions. */
export function conditionalOf({ metadataProps }: ModelProto): Pick<Conditional, 'flags' | 'orders'> | undefined {
  const found = metadataProps.find(({ key }) => key === conditionalKey)
  return found && (JSON.parse(found.value) as Pick<Conditional, 'flags' | 'orders'>)
}

export const encodeModel = (model: ModelProto): Uint8Array => toBinary(ModelProtoSchema, model)

/** @param shared whether equal small constants become one; default true */
export function createModelBuilder(target: Target, { shared: share = true }: { readonly shared?: boolean } = {}): ModelBuilder {
  const nodes: NodeProto[] = []
  const initializers: TensorProto[] = []
  const inputs: ValueInfoProto[] = []
  const outputs: { readonly value: string; readonly info: ValueInfoProto }[] = []
  const shared = new Map<string, string>()
  const integers = new Map<string, string>()
  let counter = 0
  const freshName = (): string => `_${counter++}`

  function addNodes(type: string, from: readonly string[], count: number, attributes: OnnxAttributes = {}, domain = ''): string[] {
    const names = Array.from({ length: count }, freshName)
    const attribute = Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [attributeProto(name, value)]))
    nodes.push(create(NodeProtoSchema, { opType: type, input: [...from], output: names, attribute, domain, name: `${type}${names[0]}` }))
    return names
  }

  function addConstant(type: TensorType, data: TypedArray): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const key = share && bytes.length <= 256 ? `${type.dtype}[${type.shape.join()}]${bytes.join()}` : undefined
    const known = key === undefined ? undefined : shared.get(key)
    if (known !== undefined) return known
    const name = freshName()
    initializers.push(create(TensorProtoSchema, { name, dataType: onnxDataType[type.dtype], dims: type.shape.map(BigInt), rawData: bytes }))
    if (key !== undefined) shared.set(key, name)
    return name
  }

  return {
    target,
    node: (type, from, attributes, options) => addNodes(type, from, 1, attributes, options?.domain)[0],
    nodes: (type, from, count, attributes, options) => addNodes(type, from, count, attributes, options?.domain),
    floats(values, shape = [values.length]) {
      return addConstant({ dtype: 'float32', shape }, values instanceof Float32Array ? values : Float32Array.from(values))
    },
    ints(values, shape = [values.length]) {
      // Most are small and come again and again: found by their numbers before they are made.
      const key = share && values.length <= 32 ? `${shape.join()}:${values.join()}` : undefined
      const known = key === undefined ? undefined : integers.get(key)
      if (known !== undefined) return known
      const name = addConstant({ dtype: 'int64', shape }, BigInt64Array.from(values, BigInt))
      if (key !== undefined) integers.set(key, name)
      return name
    },
    constant: addConstant,
    input(name, dtype, shape) {
      inputs.push(valueInfo(name, dtype, shape))
      return name
    },
    output(name, value, dtype, shape) {
      outputs.push({ value, info: valueInfo(name, dtype, shape) })
    },
    build(metadata = {}) {
      const named = nameOutputs(nodes, outputs)
      const { live, initializer } = prune(
        named,
        initializers,
        outputs.map(({ info }) => info.name),
      )
      const results = outputs.map(({ info }) => info)
      if (!live.some(isConditional)) {
        return modelProto(create(GraphProtoSchema, { name: 'nascent', node: live, initializer, input: inputs, output: results }), metadata)
      }
      const parts = new ModelParts(inputs, initializer, live)
      const {
        nodes: node,
        flags,
        orders,
      } = placeInBranches(
        live,
        results.map(({ name }) => name),
        parts,
      )
      const graph = create(GraphProtoSchema, {
        name: 'nascent',
        node: [...node],
        initializer: [...initializer, ...parts.constants],
        input: [...inputs, valueInfo(flagsInput, 'bool', [flags.length])],
        // What is joined is as long as what is on.
        output: results.map((info) => (orders[info.name] ? { ...info, type: withoutSize(info) } : info)),
      })
      return modelProto(graph, { ...metadata, [conditionalKey]: JSON.stringify({ flags, orders }) })
    },
  }
}

function modelProto(graph: GraphProto, metadata: Readonly<Record<string, string>>): ModelProto {
  const domains = domainsOf(graph)
  return create(ModelProtoSchema, {
    irVersion,
    producerName: 'nascent',
    graph,
    opsetImport: [...domains].map((domain) => ({ domain, version: BigInt(domain === '' ? opsetVersion : 1) })),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  })
}

/** Of all nodes, those in branches among them. */
function domainsOf(graph: GraphProto): Set<string> {
  const inner = graph.node.flatMap(({ opType, attribute }) =>
    opType === 'If' ? attribute.flatMap(({ g }) => (g ? [...domainsOf(g)] : [])) : [],
  )
  return new Set(['', ...graph.node.map(({ domain }) => domain), ...inner])
}

function attributeProto(name: string, value: NonNullable<OnnxAttributes[string]>): AttributeProto {
  const type = AttributeProto_AttributeType
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(value) })
  if (typeof value === 'string') return create(AttributeProtoSchema, { name, type: type.STRING, s: new TextEncoder().encode(value) })
  if ('float' in value) return create(AttributeProtoSchema, { name, type: type.FLOAT, f: value.float })
  return create(AttributeProtoSchema, { name, type: type.INTS, ints: value.map(BigInt) })
}

function valueInfo(name: string, dtype: DataType, shape: readonly Dimension[]): ValueInfoProto {
  const dim = shape.map((size) => ({
    value: typeof size === 'string' ? ({ case: 'dimParam', value: size } as const) : ({ case: 'dimValue', value: BigInt(size) } as const),
  }))
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: onnxDataType[dtype], shape: { dim } } } },
  })
}

const withoutSize = ({ type }: ValueInfoProto): ValueInfoProto['type'] =>
  type?.value.case === 'tensorType' ? { ...type, value: { case: 'tensorType', value: { ...type.value.value, shape: undefined } } } : type

/** Gives output values their names where a node makes them; copies values that have a name already (inputs, constants, second outputs). */
function nameOutputs(
  nodes: readonly NodeProto[],
  outputs: readonly { readonly value: string; readonly info: ValueInfoProto }[],
): NodeProto[] {
  const made = new Set(nodes.flatMap(({ output }) => output))
  const names = new Map<string, string>()
  const copies: NodeProto[] = []
  for (const { value, info } of outputs) {
    if (made.has(value) && !names.has(value)) names.set(value, info.name)
    else copies.push(create(NodeProtoSchema, { opType: 'Identity', input: [value], output: [info.name], name: `Identity_${info.name}` }))
  }
  const rename = (value: string): string => names.get(value) ?? value
  for (const node of [...nodes, ...copies]) {
    node.input = node.input.map(rename)
    node.output = node.output.map(rename)
  }
  return [...nodes, ...copies]
}

/** Leaves out nodes and constants that no output needs. */
function prune(
  nodes: readonly NodeProto[],
  initializers: readonly TensorProto[],
  outputs: readonly string[],
): { live: NodeProto[]; initializer: TensorProto[] } {
  const needed = new Set(outputs)
  const live: NodeProto[] = []
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue
    live.push(node)
    for (const name of node.input) needed.add(name)
  }
  return { live: live.toReversed(), initializer: initializers.filter(({ name }) => needed.has(name)) }
}

/** An int64 constant's values. */
export function intValues(tensor: TensorProto): number[] {
  const bytes = tensor.rawData.slice()
  return Array.from(new BigInt64Array(bytes.buffer), Number)
}
