import type { Emitter } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { InputGradientAttributes, WeightGradientAttributes } from './convolution.ts'

/** The input gradient is what ONNX calls a transposed convolution, with the size given back that striding lost. */
export function lowerInputGradient(node: Tensor<InputGradientAttributes>, [dy, w]: readonly string[], emit: Emitter): string {
  const { strides, pads, dilations, groups, inputShape } = node.attributes
  const kernel = node.inputs[1].shape.slice(2)
  const pooled = node.inputs[0].shape.slice(2)
  const lost = [0, 1].map(
    (i) => inputShape[i] - ((pooled[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - pads[i] - pads[i + 2]),
  )
  return emit.node('ConvTranspose', [dy, w], { kernel_shape: kernel, strides, pads, dilations, group: groups, output_padding: lost })
}

/** The weight gradient as a convolution of channels' images with the output gradient as one large filter. */
export function lowerWeightGradient(node: Tensor<WeightGradientAttributes>, [x, dy]: readonly string[], emit: Emitter): string {
  const { strides, pads, dilations, groups, kernel } = node.attributes
  const [batch, channels, height, width] = node.inputs[0].shape as [number, number, number, number]
  const [, outputs, rows, columns] = node.inputs[1].shape as [number, number, number, number]
  const depth = channels / groups
  const grouped = emit.node('Reshape', [x, emit.ints([batch, groups, depth, height, width])])
  const images = emit.node('Reshape', [
    emit.node('Transpose', [grouped], { perm: [2, 1, 0, 3, 4] }),
    emit.ints([depth, groups * batch, height, width]),
  ])
  const filters = emit.node('Transpose', [dy], { perm: [1, 0, 2, 3] })
  const swept = emit.node('Conv', [images, filters], {
    kernel_shape: [rows, columns],
    strides: dilations,
    dilations: strides,
    pads,
    group: groups,
  })
  const cut = emit.node('Slice', [swept, emit.ints([0, 0]), emit.ints(kernel), emit.ints([2, 3])])
  return emit.node('Reshape', [emit.node('Transpose', [cut], { perm: [1, 0, 2, 3] }), emit.ints([outputs, depth, ...kernel])])
}
