import type { Op } from './op.ts'
import { printType, ShapeError, sameShape } from './shapes.ts'
import type { Attributes, DataType, Shape, Tensor, TensorType, TypedArray } from './tensor.ts'
import { sizeOf } from './tensor.ts'

/**
 * A value that is fed when the graph runs.
 * @throws ShapeError when a dimension is not a positive integer
 */
export function input(name: string, shape: Shape, dtype: DataType = 'float32'): Tensor {
  if (name === '') throw new ShapeError('input: the name is empty')
  checkShape(`input ${name}`, shape)
  return { op: 'input', inputs: [], attributes: { name }, shape: [...shape], dtype }
}

/**
 * Fixed values: numbers (converted to `dtype`, default float32) or a typed array (its type decides; `bool` may be asked for on bytes).
 * Without a shape it is a vector.
 */
export function constant(values: TypedArray | readonly number[], shape?: Shape, dtype?: DataType): Tensor {
  const data = ArrayBuffer.isView(values) ? values : typedArray(dtype ?? 'float32', values)
  const own = dataTypeOf(data)
  const type = { shape: [...(shape ?? [data.length])], dtype: dtype ?? own }
  if (type.dtype !== own && !(type.dtype === 'bool' && own === 'uint8'))
    throw new ShapeError(`constant: values of ${own} cannot be ${type.dtype}`)
  checkShape('constant', type.shape)
  if (sizeOf(type.shape) !== data.length) throw new ShapeError(`constant: ${data.length} values do not fill ${printType(type)}`)
  return { op: 'constant', inputs: [], attributes: {}, ...type, data }
}

/** A number without dimensions. */
export const scalar = (value: number, dtype: DataType = 'float32'): Tensor => constant([value], [], dtype)

/** A node made by `op`: infers its type. User code calls the functions in ops/ instead. */
export function apply<A extends Attributes>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor<A> {
  return { op: op.name, inputs, attributes, ...op.infer(inputs, attributes) }
}

/** All nodes that `outputs` need, each after its inputs, in an order that depends on the graph alone. */
export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = []
  const seen = new Set<Tensor>()
  // An explicit stack: graphs of thousands of chained nodes would overflow the call stack.
  const stack: { readonly node: Tensor; next: number }[] = []
  for (const output of outputs) {
    if (!seen.has(output)) {
      seen.add(output)
      stack.push({ node: output, next: 0 })
    }
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.node.inputs[top.next++]
      if (child === undefined) {
        order.push(top.node)
        stack.pop()
      } else if (!seen.has(child)) {
        seen.add(child)
        stack.push({ node: child, next: 0 })
      }
    }
  }
  return order
}

/** The inputs that `outputs` need, by name. */
export function graphInputs(outputs: readonly Tensor[]): Map<string, Tensor> {
  const found = new Map<string, Tensor>()
  for (const node of topologicalOrder(outputs)) {
    if (node.op !== 'input') continue
    const name = inputName(node)
    const other = found.get(name)
    if (other && (other.dtype !== node.dtype || !sameShape(other.shape, node.shape))) {
      throw new ShapeError(`input ${name} is used as ${printType(other)} and as ${printType(node)}`)
    }
    if (!other) found.set(name, node)
  }
  return found
}

export const inputName = (node: Tensor): string => String(node.attributes.name)

export const dataTypeOf = (data: TypedArray): DataType => {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof BigInt64Array) return 'int64'
  if (data instanceof Int32Array) return 'int32'
  return data instanceof Uint32Array ? 'uint32' : 'uint8'
}

/** Numbers as the array type that holds `dtype`. */
export function typedArray(dtype: DataType, values: readonly number[]): TypedArray {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values)
    case 'int64':
      return BigInt64Array.from(values, (value) => BigInt(value))
    case 'int32':
      return Int32Array.from(values)
    case 'uint32':
      return Uint32Array.from(values)
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values)
    case 'string':
      throw new ShapeError('constant: strings cannot be computed with')
  }
}

function checkShape(what: string, shape: Shape): void {
  if (shape.some((dimension) => !Number.isInteger(dimension) || dimension < 1)) {
    throw new ShapeError(`${what}: every dimension must be a positive integer, got [${shape.join(',')}]`)
  }
}

/** The values of a small constant as numbers, or undefined for anything else. */
export function constantValues(node: Tensor, limit = 64): readonly number[] | undefined {
  return node.data && node.data.length <= limit ? Array.from(node.data, Number) : undefined
}

/** The number that a constant holds everywhere, or undefined. */
export function uniformValue(node: Tensor): number | undefined {
  const data = node.data
  if (data === undefined) return undefined
  const first = data[0]
  for (const value of data) if (value !== first) return undefined
  return Number(first)
}

/** One line a node, `%3 = mul(%1, %2) {…} : float32[2,3]`: for tests and messages. */
export function printGraph(outputs: readonly Tensor[]): string {
  const order = topologicalOrder(outputs)
  const numbers = new Map(order.map((node, i) => [node, `%${i}`]))
  const lines = order.map((node) => `${numbers.get(node)} = ${printNode(node, (child) => numbers.get(child) ?? '?')} : ${printType(node)}`)
  return [...lines, `return ${outputs.map((node) => numbers.get(node)).join(', ')}`].join('\n')
}

function printNode(node: Tensor, name: (node: Tensor) => string): string {
  if (node.op === 'input') return `input ${inputName(node)}`
  if (node.op === 'constant')
    return `constant ${node.data && node.data.length <= 4 ? `[${node.data.join(',')}]` : `of ${node.data?.length}`}`
  const attributes = Object.entries(node.attributes).filter(([, value]) => value !== undefined)
  const settings = attributes.length === 0 ? '' : ` {${attributes.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')}}`
  return `${node.op}(${node.inputs.map(name).join(', ')})${settings}`
}

/**
 * Checks a graph against the op table: each node's type is what its op infers, and an input's name has one type.
 * @throws ShapeError naming the first node that is wrong
 */
export function verify(outputs: readonly Tensor[], operations: Readonly<Record<string, Op>>): void {
  graphInputs(outputs)
  for (const node of topologicalOrder(outputs)) {
    if (node.op === 'input') continue
    if (node.op === 'constant') {
      if (node.data?.length !== sizeOf(node.shape)) throw new ShapeError(`constant: its values do not fill ${printType(node)}`)
      continue
    }
    const op = operations[node.op]
    if (!op) throw new ShapeError(`there is no op ${node.op}`)
    const type: TensorType = op.infer(node.inputs, node.attributes)
    if (type.dtype !== node.dtype || !sameShape(type.shape, node.shape)) {
      throw new ShapeError(`${node.op}: is ${printType(node)} but its inputs give ${printType(type)}`)
    }
  }
}
