import type { Emitter } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { InputGradientAttributes, WeightGradientAttributes } from './convolution.ts'
import { emitMatmul } from './matmul.ts'

// Each gradient has several lowerings; which one is used follows measurements of ONNX Runtime's CPU kernels on NCHW data
// (one thread, batch 64, 3 to 64 channels, 8×8 to 32×32).

/** Fewer channels than this leave the flipped convolution's kernel idle: the transposed one took 2.6 ms for its 6.7. */
const fewChannels = 8
/** Up to this many output positions, one product over all images beats a product an image (6.2 ms for 10.4 at 8×8). */
const fewPositions = 64

export function lowerInputGradient(node: Tensor<InputGradientAttributes>, [dy, w]: readonly string[], emit: Emitter): string {
  const { strides, pads, dilations } = node.attributes
  const kernel = node.inputs[1].shape.slice(2)
  const reach = kernel.map((size, i) => (size - 1) * dilations[i])
  const around = [reach[0] - pads[0], reach[1] - pads[1], reach[0] - pads[2], reach[1] - pads[3]]
  const flips = strides.every((stride) => stride === 1) && around.every((count) => count >= 0) && node.shape[1] >= fewChannels
  return flips ? flippedConvolution(node, dy, w, around, emit) : transposedConvolution(node, dy, w, emit)
}

/** ONNX's ConvTranspose, with the size given back that striding lost. */
function transposedConvolution(node: Tensor<InputGradientAttributes>, dy: string, w: string, emit: Emitter): string {
  const { strides, pads, dilations, groups, inputShape } = node.attributes
  const kernel = node.inputs[1].shape.slice(2)
  const convolved = node.inputs[0].shape.slice(2)
  const reached = (i: number): number => (convolved[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - pads[i] - pads[i + 2]
  const lost = [0, 1].map((i) => inputShape[i] - reached(i))
  return emit.node('ConvTranspose', [dy, w], { kernel_shape: kernel, strides, pads, dilations, group: groups, output_padding: lost })
}

/** With stride 1: a convolution of dy with the filters turned by 180° and their channels swapped. */
function flippedConvolution(
  node: Tensor<InputGradientAttributes>,
  dy: string,
  w: string,
  around: readonly number[],
  emit: Emitter,
): string {
  const { dilations, groups } = node.attributes
  const [outputs, depth, height, width] = node.inputs[1].shape
  const area = height * width
  const grouped = emit.node('Reshape', [w, emit.ints([groups, outputs / groups, depth, area])])
  const backwards = emit.ints(Array.from({ length: area }, (_, i) => area - 1 - i))
  const turned = area === 1 ? grouped : emit.node('Gather', [grouped, backwards], { axis: 3 })
  const swapped = emit.node('Transpose', [turned], { perm: [0, 2, 1, 3] })
  const filters = emit.node('Reshape', [swapped, emit.ints([groups * depth, outputs / groups, height, width])])
  return emit.node('Conv', [dy, filters], { kernel_shape: [height, width], strides: [1, 1], pads: around, dilations, group: groups })
}

export function lowerWeightGradient(node: Tensor<WeightGradientAttributes>, [x, dy]: readonly string[], emit: Emitter): string {
  const { groups } = node.attributes
  const channels = node.inputs[0].shape[1]
  const [, outputs, rows, columns] = node.inputs[1].shape
  if (groups === 1) return rows * columns <= fewPositions ? productOverAll(node, x, dy, emit) : productPerImage(node, x, dy, emit)
  if (groups < channels) return productPerGroup(node, x, dy, emit)
  return outputs === channels ? depthwiseSweep(node, x, dy, emit) : sweep(node, x, dy, emit)
}

/** The input with its padding, if it has any. */
function padded(node: Tensor<WeightGradientAttributes>, x: string, emit: Emitter): string {
  const [top, left, bottom, right] = node.attributes.pads
  return top + left + bottom + right === 0 ? x : emit.node('Pad', [x, emit.ints([0, 0, top, left, 0, 0, bottom, right])])
}

/** For each place in the kernel, in row-major order, the input elements that it meets: [N, C, H', W'] each. */
function patches(node: Tensor<WeightGradientAttributes>, x: string, emit: Emitter): string[] {
  const { strides, dilations, kernel } = node.attributes
  const [rows, columns] = node.inputs[1].shape.slice(2)
  const image = padded(node, x, emit)
  if (kernel.every((size) => size === 1) && strides.every((stride) => stride === 1)) return [image]
  const places = Array.from({ length: kernel[0] * kernel[1] }, (_, i) => [
    Math.floor(i / kernel[1]) * dilations[0],
    (i % kernel[1]) * dilations[1],
  ])
  return places.map((starts) => {
    const ends = [starts[0] + (rows - 1) * strides[0] + 1, starts[1] + (columns - 1) * strides[1] + 1]
    return emit.node('Slice', [image, emit.ints(starts), emit.ints(ends), emit.ints([2, 3]), emit.ints(strides)])
  })
}

const joined = (parts: readonly string[], axis: number, emit: Emitter): string =>
  parts.length === 1 ? parts[0] : emit.node('Concat', parts, { axis })

const sumOverFirst = (x: string, emit: Emitter): string => emit.node('ReduceSum', [x, emit.ints([0])], { keepdims: 0 })

/** Patches stacked as channels, one matrix product for each image, summed over the images. */
function productPerImage(node: Tensor<WeightGradientAttributes>, x: string, dy: string, emit: Emitter): string {
  const [outputs, depth, height, width] = node.shape
  const [batch, , rows, columns] = node.inputs[1].shape
  const area = height * width
  const stacked = emit.node('Reshape', [joined(patches(node, x, emit), 1, emit), emit.ints([batch, area * depth, rows * columns])])
  const flat = emit.node('Reshape', [dy, emit.ints([batch, outputs, rows * columns])])
  const product = sumOverFirst(emitMatmul(emit, flat, stacked, [3, 3], { transA: false, transB: true }), emit)
  const placesFirst = emit.node('Reshape', [product, emit.ints([outputs, area, depth])])
  return emit.node('Reshape', [emit.node('Transpose', [placesFirst], { perm: [0, 2, 1] }), emit.ints(node.shape)])
}

/** Patches as rows of channels (channels last), gathered, and one matrix product over all images and positions. */
function productOverAll(node: Tensor<WeightGradientAttributes>, x: string, dy: string, emit: Emitter): string {
  const { strides, dilations, pads, kernel } = node.attributes
  const [outputs, depth, height, width] = node.shape
  const [batch, , rows, columns] = node.inputs[1].shape
  const size = [0, 1].map((i) => node.inputs[0].shape[i + 2] + pads[i] + pads[i + 2])
  const last = emit.node('Transpose', [padded(node, x, emit)], { perm: [0, 2, 3, 1] })
  const positions: number[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < kernel[0]; i++) {
        for (let j = 0; j < kernel[1]; j++) {
          positions.push((row * strides[0] + i * dilations[0]) * size[1] + column * strides[1] + j * dilations[1])
        }
      }
    }
  }
  const flat = emit.node('Reshape', [last, emit.ints([batch, size[0] * size[1], depth])])
  const count = batch * rows * columns
  const gathered = emit.node('Reshape', [
    emit.node('Gather', [flat, emit.ints(positions)], { axis: 1 }),
    emit.ints([count, height * width * depth]),
  ])
  const gradient = emit.node('Reshape', [emit.node('Transpose', [dy], { perm: [0, 2, 3, 1] }), emit.ints([count, outputs])])
  const product = emitMatmul(emit, gradient, gathered, [2, 2], { transA: true, transB: false })
  return emit.node('Transpose', [emit.node('Reshape', [product, emit.ints([outputs, height, width, depth])])], { perm: [0, 3, 1, 2] })
}

/** The same for groups: patches stacked within each channel, a product for each image and group. */
function productPerGroup(node: Tensor<WeightGradientAttributes>, x: string, dy: string, emit: Emitter): string {
  const { groups } = node.attributes
  const [outputs, depth, height, width] = node.shape
  const [batch, , rows, columns] = node.inputs[1].shape
  const column = emit.ints([batch, depth * groups, 1, rows * columns])
  const parts = patches(node, x, emit).map((part) => emit.node('Reshape', [part, column]))
  const stacked = emit.node('Reshape', [joined(parts, 2, emit), emit.ints([batch, groups, depth * height * width, rows * columns])])
  const flat = emit.node('Reshape', [dy, emit.ints([batch, groups, outputs / groups, rows * columns])])
  const product = sumOverFirst(emitMatmul(emit, flat, stacked, [4, 4], { transA: false, transB: true }), emit)
  return emit.node('Reshape', [product, emit.ints(node.shape)])
}

/** Depthwise: each image's channel is swept by its own gradient as a filter; what differs by the stride is dilated by it. */
function depthwiseSweep(node: Tensor<WeightGradientAttributes>, x: string, dy: string, emit: Emitter): string {
  const { strides, pads, dilations, kernel } = node.attributes
  const [batch, channels, height, width] = node.inputs[0].shape
  const [rows, columns] = node.inputs[1].shape.slice(2)
  const images = emit.node('Reshape', [x, emit.ints([1, batch * channels, height, width])])
  const filters = emit.node('Reshape', [dy, emit.ints([batch * channels, 1, rows, columns])])
  const window = { kernel_shape: [rows, columns], strides: dilations, dilations: strides, pads, group: batch * channels }
  const cut = cutTo(kernel, emit.node('Conv', [images, filters], window), emit)
  const sum = sumOverFirst(emit.node('Reshape', [cut, emit.ints([batch, channels, ...kernel])]), emit)
  return emit.node('Reshape', [sum, emit.ints(node.shape)])
}

/** Any groups: channels as images, images as channels, the output gradient as one large filter. */
function sweep(node: Tensor<WeightGradientAttributes>, x: string, dy: string, emit: Emitter): string {
  const { strides, pads, dilations, groups, kernel } = node.attributes
  const [batch, channels, height, width] = node.inputs[0].shape
  const [rows, columns] = node.inputs[1].shape.slice(2)
  const depth = channels / groups
  const grouped = emit.node('Reshape', [x, emit.ints([batch, groups, depth, height, width])])
  const turned = emit.node('Transpose', [grouped], { perm: [2, 1, 0, 3, 4] })
  const images = emit.node('Reshape', [turned, emit.ints([depth, groups * batch, height, width])])
  const filters = emit.node('Transpose', [dy], { perm: [1, 0, 2, 3] })
  const window = { kernel_shape: [rows, columns], strides: dilations, dilations: strides, pads, group: groups }
  const cut = cutTo(kernel, emit.node('Conv', [images, filters], window), emit)
  return emit.node('Transpose', [cut], { perm: [1, 0, 2, 3] })
}

/** A sweep may go further than the kernel where the stride left a remainder. */
const cutTo = (kernel: readonly number[], swept: string, emit: Emitter): string =>
  emit.node('Slice', [swept, emit.ints([0, 0]), emit.ints(kernel), emit.ints([2, 3])])
