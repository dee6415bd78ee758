import { type DescribedNode, describeNetwork, type Network } from '../../network/index.ts'

/** A box of the diagram: one layer with what belongs to it, or a whole part of the network. */
export interface Block {
  readonly id: string
  /** The layer that it is named after, in words; or the part's path. */
  readonly title: string
  /** What belongs to it, in words: `after ReLU`, `+ batch norm`. */
  readonly extras: readonly string[]
  readonly family: 'input' | 'convolution' | 'pool' | 'dense' | 'merge' | 'other' | 'part' | 'output'
  /** Shape of what it gives, without the batch. */
  readonly shape: readonly number[]
  readonly parameters: number
  readonly flops: number
  readonly layers: number
}

export interface BlockGraph {
  readonly blocks: readonly Block[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** Boxes that a reader can still take in. */
const mostBlocks = 36

/** Layers that are drawn as a part of the layer beside them. */
const minor: ReadonlySet<string> = new Set(['batch-norm', 'layer-norm', 'activation', 'dropout', 'identity', 'flatten'])

/** A network as boxes: normalisation, activations and the like join the layer they belong to; large networks become their parts. */
export function networkBlocks(network: Network): BlockGraph {
  const { nodes, edges } = describeNetwork(network)
  const joined = joinMinor(nodes, edges)
  const fine = contract(nodes, edges, joined, nameBlock)
  if (fine.blocks.length <= mostBlocks) return fine
  const depth = Math.max(...nodes.map(({ path }) => path.split('/').length))
  for (let parts = depth - 1; parts >= 1; parts--) {
    const groups = new Map(
      nodes.map((node) => [node.path, node.kind === 'input' ? node.path : node.path.split('/').slice(0, parts).join('/')]),
    )
    const coarse = contract(nodes, edges, groups, namePart)
    if (coarse.blocks.length <= mostBlocks && isAcyclic(coarse)) return coarse
  }
  return fine
}

type Edges = readonly { readonly from: string; readonly to: string }[]

/** The block of each node: within a chain, minor layers go with the layer before them, or with the one after them at its beginning. */
function joinMinor(nodes: readonly DescribedNode[], edges: Edges): ReadonlyMap<string, string> {
  const byPath = new Map(nodes.map((node) => [node.path, node]))
  const readers = new Map<string, string[]>()
  const sources = new Map<string, string[]>()
  for (const { from, to } of edges) {
    readers.set(from, [...(readers.get(from) ?? []), to])
    sources.set(to, [...(sources.get(to) ?? []), from])
  }
  const isMinor = (path: string): boolean => minor.has(byPath.get(path)?.kind ?? '')
  const blockOf = new Map<string, string>()
  const onlyReader = (path: string): string | undefined => {
    const all = readers.get(path) ?? []
    return all.length === 1 && sources.get(all[0])?.length === 1 ? all[0] : undefined
  }
  for (const { path, kind } of nodes) {
    if (blockOf.has(path)) continue
    const before = sources.get(path) ?? []
    const previous = before.length === 1 && onlyReader(before[0]) === path ? before[0] : undefined
    if (isMinor(path) && previous !== undefined && byPath.get(previous)?.kind !== 'input') {
      blockOf.set(path, blockOf.get(previous) ?? previous)
      continue
    }
    // At the beginning of a chain: the first layer after it that is not minor gives the name.
    let at: string | undefined = path
    const walked: string[] = []
    while (at !== undefined && isMinor(at)) {
      walked.push(at)
      at = onlyReader(at)
    }
    const owner = kind !== 'input' && at !== undefined ? at : path
    for (const minorPath of walked) blockOf.set(minorPath, owner)
    blockOf.set(path, owner)
    if (owner !== path) blockOf.set(owner, owner)
  }
  return blockOf
}

type Namer = (id: string, members: readonly DescribedNode[]) => Pick<Block, 'title' | 'extras' | 'family'>

/** Makes one block of all nodes of a group; edges within a group go away, as do repeated ones. */
function contract(nodes: readonly DescribedNode[], edges: Edges, groupOf: ReadonlyMap<string, string>, name: Namer): BlockGraph {
  const members = new Map<string, DescribedNode[]>()
  for (const node of nodes) {
    const group = groupOf.get(node.path) ?? node.path
    members.set(group, [...(members.get(group) ?? []), node])
  }
  const blocks = [...members].map(([id, some]): Block => {
    const sum = (field: 'parameters' | 'flops'): number => some.reduce((total, node) => total + node[field], 0)
    return {
      id,
      ...name(id, some),
      shape: some[some.length - 1].shape,
      parameters: sum('parameters'),
      flops: sum('flops'),
      layers: some.length,
    }
  })
  const seen = new Set<string>()
  const between = edges
    .map(({ from, to }) => ({ from: groupOf.get(from) ?? from, to: groupOf.get(to) ?? to }))
    .filter(({ from, to }) => {
      const key = `${from}\0${to}`
      if (from === to || seen.has(key)) return false
      seen.add(key)
      return true
    })
  return { blocks, edges: between }
}

const families: Readonly<Record<string, Block['family']>> = {
  input: 'input',
  convolution: 'convolution',
  dense: 'dense',
  'column-embedding': 'dense',
  'max-pool': 'pool',
  'average-pool': 'pool',
  'global-average-pool': 'pool',
  add: 'merge',
  concat: 'merge',
}

const spoken: Readonly<Record<string, string>> = {
  relu: 'ReLU',
  gelu: 'GELU',
  silu: 'SiLU',
  'global-average-pool': 'global average pool',
  add: 'sum',
  concat: 'concatenation',
}

const speak = (label: string): string =>
  spoken[label] ??
  (label.startsWith('input ') ? 'input' : undefined) ??
  label
    .replace(/^(max|average)-pool/, '$1 pool')
    .replace('batch-norm', 'batch norm')
    .replace('layer-norm', 'layer norm')

const nameBlock: Namer = (id, members) => {
  const main = members.find(({ path }) => path === id) ?? members[0]
  const at = members.indexOf(main)
  const spokenOf = (some: readonly DescribedNode[]): string =>
    some
      .filter(({ kind }) => kind !== 'identity' && kind !== 'flatten')
      .map(({ label }) => speak(label))
      .join(' + ')
  const [before, after] = [spokenOf(members.slice(0, at)), spokenOf(members.slice(at + 1))]
  const extras = [before && `after ${before}`, after && `+ ${after}`].filter((text) => text !== '')
  return { title: speak(main.label), extras, family: families[main.kind] ?? 'other' }
}

const namePart: Namer = (id, members) => {
  if (members.length === 1) return nameBlock(members[0].path, members)
  const count = (kind: string): number => members.filter((node) => node.kind === kind).length
  const [convolutions, dense] = [count('convolution'), count('dense')]
  const extras = [convolutions > 0 && `${convolutions} convolution${convolutions > 1 ? 's' : ''}`, dense > 0 && `${dense} dense`].filter(
    (text) => text !== false,
  )
  return { title: id, extras: extras.length > 0 ? extras : [`${members.length} layers`], family: 'part' }
}

function isAcyclic({ blocks, edges }: BlockGraph): boolean {
  const incoming = new Map(blocks.map(({ id }) => [id, 0]))
  for (const { to } of edges) incoming.set(to, (incoming.get(to) ?? 0) + 1)
  const free = blocks.filter(({ id }) => incoming.get(id) === 0).map(({ id }) => id)
  let done = 0
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    done++
    for (const { to } of edges.filter(({ from }) => from === id)) {
      const left = (incoming.get(to) ?? 0) - 1
      incoming.set(to, left)
      if (left === 0) free.push(to)
    }
  }
  return done === blocks.length
}
