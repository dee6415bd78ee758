import { graphInputs, inputName, topologicalOrder } from './graph.ts'
import type { Layout, LayoutFactory } from './layout/layout.ts'
import { createModelBuilder, encodeModel } from './onnx/builder.ts'
import type { ModelProto } from './onnx/onnx_pb.ts'
import type { Target } from './op.ts'
import { operations } from './ops/index.ts'
import { ShapeError } from './shapes.ts'
import type { Tensor } from './tensor.ts'

export interface LowerOptions {
  /** Default `onnxruntime`; `standard` for models that leave this machine. */
  readonly target?: Target
  /** Lowers some ops in another layout of the data. */
  readonly layout?: LayoutFactory
  /** Whether equal small constants become one; default true. */
  readonly shared?: boolean
  /** Kept in the model's metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Named results of a graph. */
export type Outputs = Readonly<Record<string, Tensor>>

/**
 * Makes an ONNX model of a graph. Its inputs are those of the graph that the outputs need, sorted by name.
 * @throws ShapeError when an output has an input's name, or one input's name stands for two types
 */
export function lower(outputs: Outputs, { target = 'onnxruntime', layout, shared, metadata }: LowerOptions = {}): ModelProto {
  const results = Object.entries(outputs)
  if (results.length === 0) throw new ShapeError('lower: there are no outputs')
  const tensors = results.map(([, tensor]) => tensor)
  const inputs = graphInputs(tensors)
  for (const [name] of results) {
    if (inputs.has(name)) throw new ShapeError(`lower: ${name} is the name of an input and of an output`)
  }
  const builder = createModelBuilder(target, { shared })
  for (const [name, tensor] of [...inputs].sort(([a], [b]) => (a < b ? -1 : 1))) builder.input(name, tensor.dtype, tensor.shape)
  const nameOf = lowerNodes(tensors, builder, layout)
  for (const [name, tensor] of results) builder.output(name, nameOf(tensor), tensor.dtype, tensor.shape)
  return builder.build(metadata)
}

/** `lower`, encoded: the bytes of an .onnx file. */
export const lowerToBytes = (outputs: Outputs, options?: LowerOptions): Uint8Array => encodeModel(lower(outputs, options))

/** Emits all nodes; gives what finds the name of a node's plain value. */
function lowerNodes(
  outputs: readonly Tensor[],
  builder: ReturnType<typeof createModelBuilder>,
  factory?: LayoutFactory,
): (node: Tensor) => string {
  const nodes = topologicalOrder(outputs)
  const names = new Map<Tensor, string>()
  const taken = new Set<Tensor>()
  const readers = consumersOf(nodes)
  const results = new Set(outputs)
  let layout: Layout | undefined
  const plain = (node: Tensor): string => {
    const known = names.get(node)
    if (known !== undefined) return known
    if (!layout || !taken.has(node)) throw new Error(`${node.op} was asked for before it was lowered`)
    const name = layout.plain(node)
    names.set(node, name)
    return name
  }
  layout = factory?.({ emit: builder, nodes, consumers: (node) => readers.get(node) ?? [], isOutput: (node) => results.has(node), plain })
  for (const node of nodes) {
    if (node.op === 'input') names.set(node, inputName(node))
    else if (node.op === 'constant') names.set(node, builder.constant(node, node.data ?? new Float32Array()))
    else if (layout?.lower(node)) taken.add(node)
    else names.set(node, operations[node.op].lower(node, node.inputs.map(plain), builder))
  }
  return plain
}

function consumersOf(nodes: readonly Tensor[]): Map<Tensor, Tensor[]> {
  const readers = new Map<Tensor, Tensor[]>()
  for (const node of nodes) {
    for (const child of node.inputs) {
      const list = readers.get(child)
      if (list) list.push(node)
      else readers.set(child, [node])
    }
  }
  return readers
}
