import { UserError } from '../errors.ts'
import { type Network, type NetworkNode, nodeShapes } from '../network/index.ts'
import type { TrainSettings } from './types.ts'

/** A network with what only its training has. */
export interface TrainingNetwork {
  readonly network: Network
  /** Path of the node with the auxiliary head's result. */
  readonly auxiliary?: string
}

/**
 * The network that is trained in place of `network`: with drop-path on the edges of its cells (Larsson et al. 2017, arXiv:1605.07648; on a rising schedule as
 * in Zoph et al. 2018, arXiv:1707.07012) and an auxiliary head after two thirds of the cells (Szegedy et al. 2015, arXiv:1409.4842), as far as the settings
 * ask for them. Weights of `network` keep their names; those of the head are the others.
 *
 * @throws UserError when the network is not made of cells
 */
export function trainingNetwork(
  network: Network,
  { dropPath = 0, auxiliary = 0 }: Pick<TrainSettings, 'dropPath' | 'auxiliary'>,
): TrainingNetwork {
  const regular = dropPath > 0 ? withDropPath(network, dropPath) : network
  return auxiliary > 0 ? withHead(regular) : { network: regular }
}

const inCell = /^cells\/(\d+)\//

/** Whether a value is what an alternative of a choice in a cell made: the alternative is in its path. */
const isChosen = (path: string): boolean => inCell.test(path) && path.includes('=')

/** An edge's last value goes through drop-path before it is added: what a choice in the cell made. A skip connection, which made nothing, never does. */
function withDropPath(network: Network, rate: number): Network {
  const nodes = network.nodes.flatMap((node): NetworkNode[] => {
    if (node.layer.kind !== 'add' || !inCell.test(node.path)) return [node]
    const dropped = new Map(node.inputs.filter((path) => isChosen(path)).map((path) => [path, `${path}/drop-path`] as const))
    const added = [...dropped].map(([path, name]): NetworkNode => ({ path: name, layer: { kind: 'drop-path', rate }, inputs: [path] }))
    return [...added, { ...node, inputs: node.inputs.map((path) => dropped.get(path) ?? path) }]
  })
  if (nodes.length === network.nodes.length) throw noCells('Drop-path')
  return { ...network, nodes }
}

/** Windows of the pooling that the head begins with, as in DARTS and NASNet. */
const pooled = 5

/** The head of NASNet and DARTS: pooling, a convolution of 128 channels, one of 768 over all that is left, a dense layer. */
function withHead(network: Network): TrainingNetwork {
  const numbers = network.nodes.flatMap(({ path }) => inCell.exec(path)?.[1] ?? []).map(Number)
  if (numbers.length === 0) throw noCells('An auxiliary head')
  const cell = Math.floor((2 * (Math.max(...numbers) + 1)) / 3)
  const from = network.nodes.findLast(({ path }) => path.startsWith(`cells/${cell}/`)) as NetworkNode
  const space = (nodeShapes(network).get(from.path) ?? []).slice(1)
  const size = Math.min(pooled, ...space)
  const left = Math.max(...space.map((extent) => Math.floor((extent - size) / 3) + 1))
  const convolution = (channels: number, kernel: number) =>
    ({ kind: 'convolution', channels, kernel, stride: 1, dilation: 1, groups: 1, bias: false, padding: 0 }) as const
  const layers: readonly (readonly [string, NetworkNode['layer']])[] = [
    ['relu', { kind: 'activation', activation: 'relu' }],
    ['pool', { kind: 'average-pool', size, stride: 3, padding: 0 }],
    ['conv', convolution(128, 1)],
    ['norm', { kind: 'batch-norm' }],
    ['relu2', { kind: 'activation', activation: 'relu' }],
    ['conv2', convolution(768, left)],
    ['norm2', { kind: 'batch-norm' }],
    ['relu3', { kind: 'activation', activation: 'relu' }],
    ['mean', { kind: 'global-average-pool' }],
    ['dense', { kind: 'dense', units: network.outputs, bias: true }],
  ]
  const path = (i: number): string => (i < 0 ? from.path : `auxiliary/${layers[i][0]}`)
  const head = layers.map(([, layer], i): NetworkNode => ({ path: path(i), layer, inputs: [path(i - 1)] }))
  return { network: { ...network, nodes: [...network.nodes, ...head] }, auxiliary: path(layers.length - 1) }
}

const noCells = (what: string): UserError =>
  new UserError(`${what} needs a network of stacked cells, as those of the spaces darts, nasnet and enas-micro: leave it out for this one.`)
