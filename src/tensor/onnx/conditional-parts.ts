import { create } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.ts'

/** Makes the nodes that give one value under the name it is told. */
export type Inner = (to: string) => readonly NodeProto[]

/** One branch of a chain: its flag, its nodes, and which of its values goes to which output. */
export interface Branch {
  readonly flag: string
  readonly nodes: readonly NodeProto[]
  readonly given: ReadonlyMap<string, string>
}

interface Slot {
  readonly name: string
  /** Number of an element type. */
  readonly type: number
  /** What it is when nothing is on: zeros of a shape, or nothing. */
  readonly shape?: readonly number[]
}

/** Outputs of a chain. Branches exclude each other, so that their values share outputs. */
export interface Slots {
  readonly all: readonly Slot[]
  readonly results: readonly string[]
  of(name: string): string
}

/** Name of the input with the flags. */
export const flagsInput = '$on'

/** Makes parts of a model that has conditional branches. */
export class ModelParts {
  /** Constants that are needed besides. */
  readonly constants: TensorProto[] = []
  readonly #types = new Map<string, number>()
  readonly #shapes = new Map<string, string>()
  #counter = 0

  constructor(inputs: readonly ValueInfoProto[], initializers: readonly TensorProto[], nodes: readonly NodeProto[]) {
    for (const { name, type } of inputs) if (type?.value.case === 'tensorType') this.#types.set(name, type.value.value.elemType)
    for (const { name, dataType } of initializers) this.#types.set(name, dataType)
    for (const node of nodes) for (const output of node.output) this.#types.set(output, this.#typeOf(node))
  }

  fresh(what: string): string {
    return `_${what}${this.#counter++}`
  }

  node(opType: string, input: readonly string[], output: string, attribute: readonly AttributeProto[] = []): NodeProto {
    const made = create(NodeProtoSchema, {
      // Said although it is the default, so that copies of the record have it.
      domain: '',
      opType,
      input: [...input],
      output: [output],
      name: `${opType}${output}`,
      attribute: [...attribute],
    })
    if (!this.#types.has(output)) this.#types.set(output, this.#typeOf(made))
    return made
  }

  /** A sum or a join like another, of these. */
  gated({ opType, attribute }: NodeProto, input: readonly string[], output: string): NodeProto {
    return this.node(opType, input, output, attribute)
  }

  concat(input: readonly string[], output: string): NodeProto {
    return this.node('Concat', input, output, [int('axis', 0)])
  }

  /** Shape that a sum says its values have, as they lie. */
  shapeOf({ attribute }: NodeProto): readonly number[] {
    return attribute.find(({ name }) => name === 'shape')?.ints.map(Number) ?? []
  }

  /** Zeros of a shape, or a vector without elements. */
  nothing(output: string, shape?: readonly number[], type: number = DataType.FLOAT): NodeProto {
    if (shape) return this.node('ConstantOfShape', [this.#ints(shape)], output)
    const key = `nothing ${type}`
    const known = this.#shapes.get(key) ?? this.fresh('nothing')
    if (!this.#shapes.has(key)) {
      this.#shapes.set(key, known)
      this.#types.set(known, type)
      this.constants.push(create(TensorProtoSchema, { name: known, dataType: type, dims: [0n], rawData: new Uint8Array() }))
    }
    return this.node('Identity', [known], output)
  }

  /** One of two ways to make a value. */
  choose(flag: string, met: Inner, otherwise: Inner, output: string): NodeProto {
    const graphs = [met, otherwise].map((inner) => {
      const to = this.fresh('to')
      return this.#graph(inner(to), [to])
    })
    return this.#if(flag, graphs[0], graphs[1], [output])
  }

  /** @param results of sums and joins, with the shape that zeros have; @param values of each branch, that are read outside */
  slots(results: readonly { readonly name: string; readonly shape?: readonly number[] }[], values: readonly (readonly string[])[]): Slots {
    const all: Slot[] = results.map(({ name, shape }) => ({ name: this.fresh('out'), type: this.#type(name), shape }))
    const places = new Map<string, string>()
    for (const branch of values) {
      const taken = new Set(all.slice(0, results.length))
      for (const name of branch) {
        const type = this.#type(name)
        let slot = all.find((other) => other.type === type && !taken.has(other))
        if (!slot) {
          slot = { name: this.fresh('out'), type }
          all.push(slot)
        }
        taken.add(slot)
        places.set(name, slot.name)
      }
    }
    for (const { name, type } of all) this.#types.set(name, type)
    return { all, results: all.slice(0, results.length).map(({ name }) => name), of: (name) => places.get(name) ?? name }
  }

  /** Runs the branch whose flag is on. */
  chain(branches: readonly Branch[], { all }: Slots): NodeProto[] {
    if (all.length === 0) return []
    const outputsOf = (): string[] => all.map(({ type }) => this.#typed(this.fresh('to'), type))
    const none = outputsOf()
    let rest = this.#graph(
      all.map(({ shape, type }, i) => this.nothing(none[i], shape, type)),
      none,
    )
    let last: NodeProto[] = []
    for (const [at, { flag, nodes, given }] of [...branches.entries()].toReversed()) {
      const made = new Set(nodes.flatMap(({ output }) => output))
      const more: NodeProto[] = []
      const outputs = all.map(({ name, shape, type }) => {
        const value = given.get(name)
        if (value !== undefined && made.delete(value)) return value
        const to = this.#typed(this.fresh('to'), type)
        more.push(value === undefined ? this.nothing(to, shape, type) : this.node('Identity', [value], to))
        return to
      })
      const met = this.#graph([...nodes, ...more], outputs)
      const names = at === 0 ? all.map(({ name }) => name) : outputsOf()
      last = [this.#if(flag, met, rest, names)]
      rest = this.#graph(last, names)
    }
    return last
  }

  /** One boolean for each name, of the vector that is fed. */
  splitFlags(names: readonly string[]): NodeProto[] {
    if (names.length === 0) return []
    if (names.length === 1) return [this.node('Identity', [flagsInput], names[0])]
    const attribute = [int('axis', 0), int('num_outputs', names.length)]
    return [create(NodeProtoSchema, { opType: 'Split', input: [flagsInput], output: [...names], name: 'SplitFlags', attribute })]
  }

  #if(flag: string, met: GraphProto, otherwise: GraphProto, outputs: readonly string[]): NodeProto {
    const attribute = [graph('then_branch', met), graph('else_branch', otherwise)]
    return create(NodeProtoSchema, { opType: 'If', input: [flag], output: [...outputs], name: this.fresh('If'), attribute })
  }

  #graph(node: readonly NodeProto[], outputs: readonly string[]): GraphProto {
    const output = outputs.map((name) =>
      create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType: this.#type(name) } } } }),
    )
    return create(GraphProtoSchema, { name: this.fresh('branch'), node: [...node], output })
  }

  #typed(name: string, type: number): string {
    this.#types.set(name, type)
    return name
  }

  #type(name: string): number {
    return this.#types.get(name) ?? DataType.FLOAT
  }

  #typeOf({ opType, input, attribute }: NodeProto): number {
    switch (opType) {
      case 'Cast':
        return Number(attribute.find(({ name }) => name === 'to')?.i ?? DataType.FLOAT)
      case 'Shape':
      case 'ArgMax':
        return DataType.INT64
      case 'Equal':
      case 'Greater':
      case 'GreaterOrEqual':
      case 'Less':
      case 'LessOrEqual':
      case 'Not':
      case 'And':
      case 'Or':
        return DataType.BOOL
      case 'Where':
        return this.#type(input[1])
      case 'ConstantOfShape':
      case 'OneHot':
        return DataType.FLOAT
      default:
        return this.#type(input[0] ?? '')
    }
  }

  #ints(values: readonly number[]): string {
    const key = `ints ${values.join()}`
    const known = this.#shapes.get(key)
    if (known !== undefined) return known
    const name = this.fresh('shape')
    this.#shapes.set(key, name)
    this.#types.set(name, DataType.INT64)
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
    this.constants.push(create(TensorProtoSchema, { name, dataType: DataType.INT64, dims: [BigInt(values.length)], rawData }))
    return name
  }
}

const int = (name: string, value: number): AttributeProto =>
  create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) })
const graph = (name: string, g: GraphProto): AttributeProto => create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g })
