import { describe, expect, it } from 'vitest'
import { findPoint, points } from '../../src/hub/index.ts'
import { networkCost, nodeCosts } from '../../src/network/index.ts'

/** Multiply-accumulates in billions for one 224×224 image, as torchvision publishes them with its weights. */
const accumulates: Readonly<Record<string, number>> = {
  alexnet: 0.714,
  'vgg-11': 7.609,
  'vgg-16': 15.47,
  'vgg-16-bn': 15.47,
  'vgg-19': 19.632,
  'googlenet-bn': 1.498,
  'resnet-18': 1.814,
  'resnet-34': 3.664,
  'resnet-50': 4.089,
  'resnet-101': 7.801,
  'resnet-152': 11.514,
  'densenet-121': 2.834,
  'densenet-169': 3.36,
  'densenet-201': 4.291,
  'mobilenet-v2': 0.301,
  'mobilenet-v3-large': 0.217,
}

describe('published networks', () => {
  it.each(points)('$name has as many parameters as published', ({ name, parameters, input, classes }) => {
    const { space, architecture } = findPoint(name)
    expect(space.parse(space.print(architecture))).toEqual(architecture)
    const network = space.child(architecture, { input: { shape: input }, outputs: classes })
    expect(networkCost(network).parameters).toBe(parameters)
    const published = accumulates[name]
    if (published === undefined) return
    const products = nodeCosts(network).map(({ kind, flops, parameters }) => {
      if (kind === 'squeeze-excite') return 2 * parameters
      return kind === 'convolution' || kind === 'dense' ? flops : 0
    })
    const billions = products.reduce((sum, flops) => sum + flops, 0) / 2e9
    expect(billions / published).toBeCloseTo(1, 2)
  })

  it('takes a name in other spellings, and helps with a slip', () => {
    expect(findPoint('ResNet50').point.name).toBe('resnet-50')
    expect(() => findPoint('resnet-51')).toThrow(/resnet-51.*"resnet-50"/)
  })
})
