import type { Layer, Network, NetworkNode } from '../../src/network/index.ts'

export const conv = (channels: number, kernel = 3, stride = 1, more: Partial<Layer & { kind: 'convolution' }> = {}): Layer => ({
  kind: 'convolution',
  channels,
  kernel,
  stride,
  dilation: 1,
  groups: 1,
  bias: false,
  ...more,
})
export const relu: Layer = { kind: 'activation', activation: 'relu' }
export const node = (path: string, layer: Layer, ...inputs: string[]): NetworkNode => ({ path, layer, inputs })

/** Layers one after another, named by their index unless a name is given. */
export function chain(shape: readonly number[], outputs: number, layers: readonly Layer[], categories?: readonly number[]): Network {
  const nodes = layers.map((layer, i) => node(`l${i}`, layer, i === 0 ? 'input' : `l${i - 1}`))
  return { input: { shape, ...(categories ? { categories } : {}) }, outputs, nodes, output: nodes[nodes.length - 1].path }
}

/**
 * ResNet of He et al., 2015 (arXiv:1512.03385) for 32×32 images: 6n + 2 layers, widths 16, 32, 64, projections (1×1 convolution and
 * batch norm) where the shape changes.
 */
export function resnet(n: number, outputs = 10, channels = 3, side = 32): Network {
  const nodes: NetworkNode[] = [node('stem/conv', conv(16), 'input'), node('stem/norm', { kind: 'batch-norm' }, 'stem/conv')]
  nodes.push(node('stem/relu', relu, 'stem/norm'))
  let from = 'stem/relu'
  for (const [stage, width] of [16, 32, 64].entries()) {
    for (let block = 0; block < n; block++) {
      const at = (name: string): string => `stage${stage}/${block}/${name}`
      const stride = stage > 0 && block === 0 ? 2 : 1
      nodes.push(
        node(at('conv1'), conv(width, 3, stride), from),
        node(at('norm1'), { kind: 'batch-norm' }, at('conv1')),
        node(at('relu1'), relu, at('norm1')),
        node(at('conv2'), conv(width), at('relu1')),
        node(at('norm2'), { kind: 'batch-norm' }, at('conv2')),
      )
      let shortcut = from
      if (stride === 2) {
        nodes.push(node(at('project'), conv(width, 1, 2), from), node(at('project-norm'), { kind: 'batch-norm' }, at('project')))
        shortcut = at('project-norm')
      }
      nodes.push(node(at('add'), { kind: 'add' }, at('norm2'), shortcut), node(at('relu2'), relu, at('add')))
      from = at('relu2')
    }
  }
  nodes.push(node('pool', { kind: 'global-average-pool' }, from), node('classes', { kind: 'dense', units: outputs, bias: true }, 'pool'))
  return { input: { shape: [channels, side, side] }, outputs, nodes, output: 'classes' }
}
