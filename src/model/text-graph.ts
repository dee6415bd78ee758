import { create } from '@bufbuild/protobuf'
import type { ModelProto, TensorProto, ValueInfoProto } from '../tensor/onnx/onnx_pb.ts'
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
} from '../tensor/onnx/onnx_pb.ts'

const mlDomain = 'ai.onnx.ml'
const mlVersion = 3n
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Makes the output `index` (int64 [N]) the output `label`: the class name at that index. */
export function nameClasses(model: ModelProto, index: string, label: string, classes: readonly string[], dimension: string): void {
  const { graph } = model
  if (!graph) throw new Error('the model has no graph')
  const names: TensorProto = create(TensorProtoSchema, {
    name: '_classes',
    dataType: TensorProto_DataType.STRING,
    dims: [BigInt(classes.length)],
    stringData: classes.map(bytesOf),
  })
  graph.initializer.push(names)
  graph.node.push(create(NodeProtoSchema, { opType: 'Gather', name: 'Gather_label', input: [names.name, index], output: [label] }))
  graph.output = graph.output.map((info) => (info.name === index ? valueInfo(label, TensorProto_DataType.STRING, [dimension]) : info))
}

/** Makes an input of codes (int64 [N, 1]) one of texts: the k-th of `values` has code k + 1, any other text has code 0. */
export function encodeTexts(model: ModelProto, codes: string, name: string, values: readonly string[], dimension: string): void {
  const { graph } = model
  if (!graph) throw new Error('the model has no graph')
  const { INTS, STRINGS, INT } = AttributeProto_AttributeType
  const attribute = [
    create(AttributeProtoSchema, { name: 'keys_strings', type: STRINGS, strings: values.map(bytesOf) }),
    create(AttributeProtoSchema, { name: 'values_int64s', type: INTS, ints: values.map((_, i) => BigInt(i + 1)) }),
    create(AttributeProtoSchema, { name: 'default_int64', type: INT, i: 0n }),
  ]
  const encoder = { opType: 'LabelEncoder', domain: mlDomain, name: `LabelEncoder_${name}`, input: [name], output: [codes], attribute }
  graph.node.unshift(create(NodeProtoSchema, encoder))
  graph.input = graph.input.map((info) => (info.name === codes ? valueInfo(name, TensorProto_DataType.STRING, [dimension, 1]) : info))
  if (!model.opsetImport.some(({ domain }) => domain === mlDomain)) {
    model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: mlDomain, version: mlVersion }))
  }
}

/** Makes sure that the inputs named are there and in this order; one that the graph does not read (all paths to it are cut) is added. */
export function orderInputs(
  model: ModelProto,
  inputs: readonly { readonly name: string; readonly type: TensorProto_DataType; readonly shape: readonly number[] }[],
  dimension: string,
): void {
  const { graph } = model
  if (!graph) throw new Error('the model has no graph')
  const known = new Map(graph.input.map((info) => [info.name, info]))
  graph.input = inputs.map(({ name, type, shape }) => known.get(name) ?? valueInfo(name, type, [dimension, ...shape]))
}

function valueInfo(name: string, elemType: TensorProto_DataType, shape: readonly (number | string)[]): ValueInfoProto {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof size === 'string' ? { case: 'dimParam', value: size } : { case: 'dimValue', value: BigInt(size) },
    }),
  )
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } })
}
