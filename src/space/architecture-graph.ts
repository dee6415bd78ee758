import { cellsOf, isOperation, readsBefore, sharedNumbers } from './cells.ts'
import { commonChannels } from './channels.ts'
import type { SpaceDefinition } from './definition.ts'
import { printValue } from './domain.ts'
import { SpaceError } from './error.ts'
import { type Draft, fuse } from './fuse-layers.ts'
import { hash } from './random.ts'
import type { ChoiceTree, LayerTree, Merge } from './tree.ts'
import type { Architecture, Decision, DecisionValue } from './types.ts'
import { type Visitor, Walk } from './walk.ts'

/**
 * What a vertex does: `identity` passes its input on, `zero` gives nothing, `add` and `concat` merge, `marker` names what a cell among several reads
 * and gives, everything else is an operation.
 */
export type VertexRole = 'input' | 'output' | 'operation' | 'identity' | 'zero' | 'add' | 'concat' | 'marker'

export interface Vertex {
  /** Its place; the same place has the same id in all architectures. */
  readonly id: string
  /** What was decided there, such as `nor_conv_3x3` or `conv(width=32 kernel=3)`; a fixed layer's kind and sizes; 'input' and 'output'. */
  readonly label: string
  readonly role: VertexRole
  /** What it computes, independent of names: two vertices with one signature do the same to their input. */
  readonly signature: string
}

/**
 * An architecture as a directed acyclic graph of labelled operations. The first vertex is 'input', the last is 'output', and every edge [from, to]
 * (indices of `nodes`) goes upwards. A vertex that is no `concat` reads the sum of its sources; a pair that stands twice is summed twice.
 */
export interface ArchitectureGraph {
  readonly nodes: readonly Vertex[]
  readonly edges: readonly (readonly [from: number, to: number])[]
}

/** What flows: the vertices whose sum it is, its channels (NaN: not known here), and, inside an operation, what was done to it so far. */
interface Flow {
  readonly sources: readonly number[]
  readonly channels: number
  /** Where it was summed. */
  readonly summed?: string
  readonly inside?: { readonly text: string; readonly since: number }
}

/** Writes the operations of a walk down as a graph. */
class Drawer implements Visitor<Flow> {
  readonly nodes: Draft[] = []
  readonly edges: (readonly [number, number])[] = []
  readonly #architecture: Architecture
  readonly #decided: string[] = []
  /** Vertices of sums that a concatenation reads, by where they were summed. */
  readonly #sums = new Map<string, number>()

  constructor(architecture: Architecture) {
    this.#architecture = architecture
  }

  vertex(node: Draft, sources: readonly number[]): number {
    const at = this.nodes.push(node) - 1
    for (const source of sources) this.edges.push([source, at])
    return at
  }

  decide({ path }: Decision): DecisionValue {
    const value = this.#architecture[path]
    if (value === undefined) throw new SpaceError(`The architecture lacks the decision "${path}".`)
    this.#decided.push(path)
    return value
  }

  size(word: 'same' | 'classes', input: Flow): number {
    return word === 'same' ? input.channels : Number.NaN
  }

  /** Channels that follow from the wiring are no part of what an operation is. */
  part(): number {
    return Number.NaN
  }

  layer(path: string, layer: LayerTree['layer'], fields: Readonly<Record<string, number | string | boolean>>, input: Flow): Flow {
    if (layer === 'identity' || (layer === 'take-channels' && Number.isNaN(fields.channels))) return input
    const channels = channelsAfter(layer, fields, input.channels)
    const text = layerText(layer, fields)
    if (input.inside) return { ...input, channels, inside: { ...input.inside, text: `${input.inside.text} ${text}`.trim() } }
    const role = layer === 'zero' ? 'zero' : 'operation'
    return { sources: [this.vertex({ id: path, label: text, signature: text, role, layer }, input.sources)], channels }
  }

  merge(path: string, merge: Merge, inputs: readonly Flow[]): Flow {
    return merge === 'add' ? this.#add(path, inputs) : this.#concat(path, inputs)
  }

  /** A sum has the channels of the first that is no zero; those of other channels are projected. */
  #add(path: string, inputs: readonly Flow[]): Flow {
    const { channels } = inputs.find((input) => !this.#isZero(input)) ?? inputs[0]
    const fits = (input: Flow): boolean => this.#isZero(input) || Object.is(input.channels, channels)
    const [{ inside }] = inputs
    if (inside) {
      const sum = `add(${inputs.map(textOf).sort().join(', ')})`
      const text = inputs.every(fits) ? sum : `${sum}:${printNumber(channels)}`
      return { sources: inputs[0].sources, channels, inside: { ...inside, text: shorten(text) } }
    }
    const sources = inputs.flatMap((input, i) => {
      if (fits(input)) return input.sources
      const label = `project(channels=${printNumber(channels)})`
      return this.vertex({ id: `${path}/project${i}`, label, signature: label, role: 'operation' }, input.sources)
    })
    return { sources, channels, summed: path }
  }

  #concat(path: string, inputs: readonly Flow[]): Flow {
    const channels = inputs.reduce((sum, input) => sum + input.channels, 0)
    const [{ inside }] = inputs
    if (inside) {
      const text = shorten(`concat(${inputs.map(textOf).sort().join(', ')})`)
      return { sources: inputs[0].sources, channels, inside: { ...inside, text } }
    }
    const sources = inputs.map((input, i) => {
      if (input.sources.length === 1) return input.sources[0]
      const id = input.summed ?? `${path}/${i}`
      const sum = this.#sums.get(id) ?? this.vertex({ id, label: 'add', signature: 'add', role: 'add' }, input.sources)
      this.#sums.set(id, sum)
      return sum
    })
    return { sources: [this.vertex({ id: path, label: 'concat', signature: 'concat', role: 'concat' }, sources)], channels }
  }

  #isZero({ sources, inside }: Flow): boolean {
    return inside ? inside.text.endsWith('zero') : sources.every((source) => this.nodes[source].role === 'zero')
  }

  enter(choice: ChoiceTree, taken: string, input: Flow): Flow {
    return isOperation(choice.alternatives[taken]) ? { ...input, inside: { text: '', since: this.#decided.length } } : input
  }

  adapt(path: string, choice: ChoiceTree, channels: (() => number) | undefined, input: Flow, output: Flow): Flow {
    const width =
      (channels ? channels() : commonChannels(Object.values(choice.alternatives), input.channels, Number.NaN)) ?? output.channels
    const projection = Object.is(width, output.channels) ? '' : `project(channels=${printNumber(width)})`
    const { inside } = output
    if (!inside) {
      if (projection === '') return output
      return {
        sources: [this.vertex({ id: `${path}project`, label: projection, signature: projection, role: 'operation' }, output.sources)],
        channels: width,
      }
    }
    const taken = path.slice(path.lastIndexOf('=') + 1, -1)
    const signature = shorten(`${inside.text} ${projection}`.trim())
    const role = signature === '' ? 'identity' : signature === 'zero' ? 'zero' : 'operation'
    const id = path.slice(0, path.lastIndexOf('='))
    const label = taken + this.#numbers(choice, taken, inside.since)
    return { sources: [this.vertex({ id, label, signature, role }, input.sources)], channels: width }
  }

  /** The numbers and words decided in an alternative, as ` (name=value …)`. */
  #numbers(choice: ChoiceTree, taken: string, since: number): string {
    const own = this.#decided.slice(since)
    const shared = sharedNumbers(choice.alternatives[taken]).filter((name) => name in this.#architecture && !own.includes(name))
    const words = [...own, ...shared].map((path) => `${path.slice(path.lastIndexOf('/') + 1)}=${printValue(this.#architecture[path])}`)
    return words.length === 0 ? '' : `(${words.join(' ')})`
  }
}

const textOf = ({ inside }: Flow): string => inside?.text ?? ''

/** A number that depends on the data comes out as none. */
const printNumber = (value: unknown, word = 'same'): string => (Number.isNaN(value) ? word : String(value))

/** Fields that say nothing at these values. */
const usual: Readonly<Record<string, unknown>> = { stride: 1, dilation: 1, groups: 1, bias: 'auto' }

function layerText(layer: LayerTree['layer'], fields: Readonly<Record<string, unknown>>): string {
  if (layer === 'activation') return String(fields.activation)
  const words = Object.entries(fields).filter(([name, value]) => value !== undefined && usual[name] !== value)
  return words.length === 0
    ? layer
    : `${layer}(${words.map(([name, value]) => `${name}=${printNumber(value, name === 'units' ? 'classes' : 'same')}`).join(' ')})`
}

function channelsAfter(layer: LayerTree['layer'], fields: Readonly<Record<string, unknown>>, before: number): number {
  if (layer === 'convolution' || layer === 'take-channels') return fields.channels as number
  if (layer === 'dense') return fields.units as number
  return layer === 'flatten' || layer === 'column-embedding' ? Number.NaN : before
}

/** Long texts become their hash, so that operations in operations do not grow without end. */
const shorten = (text: string): string =>
  text.length > 400
    ? `#${hash([text])
        .map((word) => (word >>> 0).toString(36))
        .join('')}`
    : text

/**
 * The graph of an architecture. Where shared cells hold all decisions (NAS-Bench-201, DARTS), it is the cell's, once; several cells stand side by
 * side between 'input' and 'output', behind vertices with their names. Else it is the whole network's: a vertex for each alternative taken that holds
 * no further branch, and for each fixed layer with the normalisation and activation around it.
 *
 * @throws SpaceError when the architecture lacks a decision
 */
export function architectureGraph(definition: SpaceDefinition, architecture: Architecture): ArchitectureGraph {
  const drawer = new Drawer(architecture)
  const input = drawer.vertex({ id: 'input', label: 'input', signature: 'input', role: 'input' }, [])
  const cells = cellsOf(definition.root)
  const whole: Flow = { sources: [input], channels: Number.NaN }
  const ends: number[] = []
  const marker = (label: string, sources: readonly number[]): Flow => ({
    sources: [drawer.vertex({ id: label, label, signature: label, role: 'marker' }, sources)],
    channels: Number.NaN,
  })
  if (cells.length === 0) ends.push(...new Walk(drawer).tree(definition.root, whole).sources)
  else if (cells.length === 1 && !readsBefore(cells[0])) ends.push(...new Walk(drawer).tree(cells[0], whole).sources)
  else
    for (const cell of cells) {
      const before = readsBefore(cell) ? marker(`${cell.name}:before`, [input]) : undefined
      const output = new Walk(drawer).tree(cell, marker(`${cell.name}:input`, [input]), before)
      ends.push(...marker(`${cell.name}:output`, output.sources).sources)
    }
  drawer.vertex({ id: 'output', label: 'output', signature: 'output', role: 'output' }, ends)
  return fuse(drawer.nodes, drawer.edges)
}
