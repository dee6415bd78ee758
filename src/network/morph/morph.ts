import { type Shape, sizeOf } from '../../tensor/index.ts'
import type { Begun } from '../inherit.ts'
import { initialValues } from '../initialize.ts'
import type { Network, NetworkNode, ParameterSpec, Weights } from '../network.ts'
import { nodeParameters, parameterName } from '../parameters.ts'
import type { Part } from '../part.ts'
import { namedStream } from '../random.ts'
import { inputPath, inputShapes, nodeShapes } from '../shapes.ts'
import { foreignChannels, isSame, sameChannels } from './channels.ts'
import { carryConcat, carrySum, insertConcat, insertSum, type Merged } from './merge.ts'
import { ruleOf, transparent } from './registry.ts'
import type { Before, ChannelStatistics, Image, Kept, NewWeights } from './rule.ts'

/** What a morph did: a new layer, more channels, a larger kernel, a connection past others, a branch beside others. */
export type Change = 'deeper' | 'wider' | 'kernel' | 'skip' | 'branch'

/** How a child computes what its parent computes. */
export interface Morph {
  /** Each kind once; none when parent and child are one network. */
  readonly changes: readonly Change[]
  /** Paths of the parent's values that new batch norms read: with their statistics the function is kept in training, too. */
  readonly reads: readonly string[]
  /**
   * The child's weights.
   * @param seed of fresh values and of how repeated channels are told apart
   * @param statistics of the values in `reads`, by path
   */
  weights(parent: Weights, seed: number, statistics?: ReadonlyMap<string, ChannelStatistics>): Begun
}

/** A node of the child and where its weights come from. */
interface Job {
  readonly node: NetworkNode
  readonly specs: readonly ParameterSpec[]
  readonly carried: boolean
  /** Undefined: fresh weights. */
  kept: Kept | undefined
  /** What it reads, where that shows a value of the parent's. */
  readonly source: string | undefined
  /** Its value is multiplied with this. */
  scale: number
}

/**
 * Recognises how a network grew out of another: layers with equal paths are the same layer, others are new. Network morphism: Chen, Goodfellow, Shlens 2016,
 * arXiv:1511.05641; Wei et al. 2016, arXiv:1603.01670; Elsken, Metzen, Hutter 2017, arXiv:1711.04528; Cai et al. 2018, arXiv:1707.04873.
 *
 * @returns undefined when the child cannot be given the parent's function by these means
 */
export function findMorph(parent: Network, child: Network): Morph | undefined {
  if (parent.input.shape.join() !== child.input.shape.join()) return undefined
  return new Comparison(parent, child).morph()
}

/** Layers by which a branch can be scaled. */
const scalable: readonly string[] = ['batch-norm', 'convolution', 'dense']
/** Layers that give k times as much of what is k times as much, for k of 0 and more. */
const homogeneous: readonly string[] = [
  'max-pool',
  'average-pool',
  'global-average-pool',
  'flatten',
  'take-channels',
  'shift',
  'last-step',
  ...transparent,
]

const isHomogeneous = ({ layer }: NetworkNode): boolean =>
  homogeneous.includes(layer.kind) || (layer.kind === 'activation' && layer.activation === 'relu')

class Comparison {
  readonly #old: ReadonlyMap<string, NetworkNode>
  readonly #oldShapes: ReadonlyMap<string, Shape>
  readonly #shapes: ReadonlyMap<string, Shape>
  readonly #nodes: ReadonlyMap<string, NetworkNode>
  readonly #readers = new Map<string, number>()
  readonly #images = new Map<string, Image>()
  readonly #jobs = new Map<string, Job>()
  readonly #changes = new Set<Change>()
  readonly #parent: Network
  readonly #child: Network

  constructor(parent: Network, child: Network) {
    this.#parent = parent
    this.#child = child
    this.#old = new Map(parent.nodes.map((node) => [node.path, node]))
    this.#nodes = new Map(child.nodes.map((node) => [node.path, node]))
    this.#oldShapes = nodeShapes(parent)
    this.#shapes = nodeShapes(child)
    for (const node of child.nodes) for (const path of node.inputs) this.#readers.set(path, (this.#readers.get(path) ?? 0) + 1)
  }

  morph(): Morph | undefined {
    this.#images.set(inputPath, { source: inputPath, channels: sameChannels(this.#child.input.shape[0]), positive: false })
    for (const node of this.#child.nodes) this.#images.set(node.path, this.#look(node))
    const { source, channels } = this.#image(this.#child.output)
    if (source !== this.#real(this.#parent.output) || !isSame(channels, this.#parent.outputs)) return undefined
    for (const job of this.#jobs.values()) this.#note(job)
    const jobs = [...this.#jobs.values()]
    const reads = jobs.flatMap(({ node, carried, source: read }) =>
      node.layer.kind === 'batch-norm' && !carried && read !== undefined ? [read] : [],
    )
    return {
      changes: [...this.#changes],
      reads: [...new Set(reads)],
      weights: (weights, seed, statistics) => weightsOf(jobs, weights, seed, statistics),
    }
  }

  #image(path: string): Image {
    return this.#images.get(path) as Image
  }

  /** The node of the parent that makes a value: what only passes it on in a finished network is looked through. */
  #real(path: string): string {
    const node = this.#old.get(path)
    return node !== undefined && transparent.includes(node.layer.kind) ? this.#real(node.inputs[0]) : path
  }

  /** What a node of the child shows. */
  #look(node: NetworkNode): Image {
    const { kind } = node.layer
    if (transparent.includes(kind)) return this.#image(node.inputs[0])
    const nothing: Image = { source: undefined, channels: foreignChannels(this.#shapes.get(node.path)?.[0] ?? 0), positive: false }
    if (kind === 'add' || kind === 'concat') {
      const merged = kind === 'add' ? this.#sum(node) : this.#concat(node)
      if (merged === undefined) return nothing
      this.#scale(node, merged)
      return merged.image
    }
    const before = this.#same(node)
    const input = this.#image(node.inputs[0])
    const place = {
      input,
      inputShape: inputShapes(node, this.#shapes)[0],
      outputShape: this.#shapes.get(node.path) as Shape,
    }
    const rule = ruleOf(node.layer)
    const carried = before !== undefined && this.#real(before.inputs[0]) === input.source
    let kept: Kept | undefined
    if (carried) {
      const shapes = { inputShape: inputShapes(before, this.#oldShapes)[0], outputShape: this.#oldShapes.get(before.path) as Shape }
      // Layers of one kind: see #same.
      kept = rule.carry?.({ layer: before.layer, ...shapes } as Before<typeof node.layer>, node.layer, place)
    } else if (before === undefined && input.source !== undefined) kept = rule.insert?.(node.layer, place)
    const specs = nodeParameters(this.#child, node, this.#shapes)
    this.#jobs.set(node.path, { node, specs, carried: carried && kept !== undefined, kept, source: input.source, scale: 1 })
    if (kept === undefined) return nothing
    return { source: carried ? node.path : input.source, channels: kept.channels, positive: kept.positive }
  }

  /** The parent's node of the same path and kind. */
  #same(node: NetworkNode): NetworkNode | undefined {
    const before = this.#old.get(node.path)
    return before?.layer.kind === node.layer.kind ? before : undefined
  }

  #sum(node: NetworkNode): Merged | undefined {
    const inputs = node.inputs.map((path) => this.#image(path))
    const canScale = (i: number): boolean => this.#scaledBy(node.inputs[i]) !== undefined
    const before = this.#same(node)
    if (before === undefined) return insertSum(inputs, canScale)
    return carrySum(
      before.inputs.map((path) => this.#real(path)),
      node.path,
      inputs,
      canScale,
    )
  }

  #concat(node: NetworkNode): Merged | undefined {
    const inputs = node.inputs.map((path) => this.#image(path))
    const before = this.#same(node)
    const merged =
      before === undefined
        ? insertConcat(inputs, (i) => this.#isNew(node.inputs[i]))
        : carryConcat(
            before.inputs.map((path) => ({ source: this.#real(path), channels: this.#oldShapes.get(path)?.[0] ?? 0 })),
            node.path,
            inputs,
          )
    if (merged === undefined) return undefined
    let at = 0
    for (const [i, image] of inputs.entries()) {
      const used = merged.image.channels.slice(at, (at += image.channels.length)).some((from) => from >= 0)
      if (!used) this.#changes.add(this.#isNew(node.inputs[i]) ? 'branch' : 'skip')
    }
    return merged
  }

  #isNew(path: string): boolean {
    return path !== inputPath && !this.#old.has(path)
  }

  /** The new layer by which a value that nothing else reads can be scaled. */
  #scaledBy(path: string): Job | undefined {
    const node = this.#nodes.get(path)
    if (node === undefined || !this.#isNew(path) || this.#readers.get(path) !== 1) return undefined
    if (scalable.includes(node.layer.kind)) return this.#jobs.get(path)
    return isHomogeneous(node) ? this.#scaledBy(node.inputs[0]) : undefined
  }

  #scale(node: NetworkNode, { image, parts }: Merged): void {
    for (const [i, part] of (parts ?? []).entries()) {
      if (part === 1) continue
      const job = this.#scaledBy(node.inputs[i]) as Job
      job.scale *= part
      if (part > 0) this.#changes.add('branch')
      else this.#silence(job, image)
    }
  }

  /** A silent branch has to learn something new: its layers are fresh rather than the identity. */
  #silence(last: Job, { source }: Image): void {
    let layers = 0
    let pointwise = true
    let path = last.node.path
    for (let node = last.node; ; node = this.#nodes.get(path) as NetworkNode) {
      const job = this.#jobs.get(node.path)
      if (job) job.kept = undefined
      if (node.layer.kind === 'convolution' || node.layer.kind === 'dense') {
        layers++
        pointwise &&= node.layer.kind === 'dense' || node.layer.kernel === 1
      }
      if (node.inputs.length !== 1) break
      path = node.inputs[0]
      if (!this.#isNew(path) || this.#readers.get(path) !== 1) break
    }
    // A block around which the value goes on is a new layer; what only brings an earlier value here is a skip connection.
    if (source !== undefined && this.#images.get(path)?.source === source) this.#changes.add('deeper')
    else this.#changes.add(layers === 1 && pointwise ? 'skip' : 'branch')
  }

  /** Which changes a layer shows. */
  #note({ node, carried, kept, scale }: Job): void {
    const { layer } = node
    if (kept === undefined || scale !== 1) return
    if (!carried) {
      const [from] = inputShapes(node, this.#shapes)[0]
      const [to] = this.#shapes.get(node.path) as Shape
      if (layer.kind === 'convolution' || layer.kind === 'dense') this.#changes.add(to > from ? 'wider' : 'deeper')
      return
    }
    const before = this.#old.get(node.path)?.layer
    if (layer.kind === 'convolution' && before?.kind === 'convolution') {
      if (layer.channels > before.channels && layer.groups === before.groups) this.#changes.add('wider')
      if (layer.kernel > before.kernel || (layer.width ?? 0) > (before.width ?? 0)) this.#changes.add('kernel')
    } else if (layer.kind === 'dense' && before?.kind === 'dense' && layer.units > before.units) this.#changes.add('wider')
    else if (layer.kind === 'squeeze-excite' && before?.kind === 'squeeze-excite' && layer.squeezed > before.squeezed)
      this.#changes.add('wider')
  }
}

function weightsOf(
  jobs: readonly Job[],
  parent: Weights,
  seed: number,
  statistics: ReadonlyMap<string, ChannelStatistics> | undefined,
): Begun {
  const weights = new Map<string, Part>()
  let taken = 0
  let all = 0
  for (const job of jobs) {
    const values = layerWeights(job, parent, seed, statistics)
    for (const spec of job.specs) {
      weights.set(spec.name, { shape: spec.shape, data: values[nameWithin(job, spec)] })
      if (!spec.trained) continue
      all += sizeOf(spec.shape)
      if (job.carried && job.kept) taken += sizeOf(spec.shape)
    }
  }
  return { weights, share: all === 0 ? 0 : taken / all }
}

const nameWithin = ({ node }: Job, spec: ParameterSpec): string => spec.name.slice(node.path.length + 1)

function layerWeights(job: Job, parent: Weights, seed: number, statistics?: ReadonlyMap<string, ChannelStatistics>): NewWeights {
  const { node, specs, kept, source, scale } = job
  const fresh = (name: string): { shape: Shape; data: Float32Array } => {
    const spec = specs.find((candidate) => candidate.name === parameterName(node.path, name)) as ParameterSpec
    return { shape: spec.shape, data: initialValues(spec, seed) }
  }
  const old = (name: string): Part => {
    const found = parent.get(parameterName(node.path, name))
    if (found === undefined) throw new RangeError(`the parent's weights lack ${parameterName(node.path, name)}`)
    return found
  }
  const names = specs.map((spec) => nameWithin(job, spec))
  const values: Record<string, Float32Array> = Object.fromEntries(names.map((name) => [name, fresh(name).data]))
  const read = source === undefined ? undefined : statistics?.get(source)
  Object.assign(values, kept?.weights?.({ names, old, fresh, statistics: read, random: namedStream(`${node.path}/morph`, seed) }))
  if (scale !== 1)
    for (const name of ['weight', 'bias', 'scale', 'shift']) if (values[name]) values[name] = values[name].map((v) => v * scale)
  return values
}
