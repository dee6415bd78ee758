import type { Session } from '../runtime.ts'
import { createModelBuilder, encodeModel } from './builder.ts'

const domain = 'com.microsoft.nchwc'

/**
 * Finds the block size of ONNX Runtime's blocked convolution kernels: reorders a small input, looks how many channels lie side by side,
 * and checks one convolution on blocks against the standard operator.
 * @returns 0 when there are none, or when they do anything unexpected
 */
export async function detectBlock(createSession: (model: Uint8Array) => Promise<Session>): Promise<number> {
  try {
    const block = await blockSize(createSession)
    return block > 1 && (await convolutionAgrees(createSession, block)) ? block : 0
  } catch {
    return 0
  }
}

async function blockSize(createSession: (model: Uint8Array) => Promise<Session>): Promise<number> {
  const builder = createModelBuilder('onnxruntime')
  const channels = 64
  const x = builder.input('x', 'float32', [1, channels, 1, 2])
  builder.output('y', builder.node('ReorderInput', [x], {}, { domain }), 'float32', [1, channels, 1, 2])
  const session = await createSession(encodeModel(builder.build()))
  const data = Float32Array.from({ length: channels * 2 }, (_, i) => i)
  const { y } = await session.run({ x: { dtype: 'float32', shape: [1, channels, 1, 2], data } })
  await session.release()
  // The second column of the first channel comes right after the first block of channels.
  return Array.from(y.data as Float32Array).indexOf(1)
}

async function convolutionAgrees(createSession: (model: Uint8Array) => Promise<Session>, block: number): Promise<boolean> {
  const builder = createModelBuilder('onnxruntime')
  const shape = [2, block, 5, 7]
  const x = builder.input('x', 'float32', shape)
  const w = builder.input('w', 'float32', [block, block, 3, 3])
  const window = { kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1 }
  // Filters lie as [outputs / b, inputs / b, height, width, inputs in b, outputs in b]; here there is one block of each.
  const filter = builder.node('Reshape', [builder.node('Transpose', [w], { perm: [2, 3, 1, 0] }), builder.ints([block, block, 3, 3])])
  const blocked = builder.node('Conv', [builder.node('ReorderInput', [x], {}, { domain }), filter], window, { domain })
  builder.output('blocked', builder.node('ReorderOutput', [blocked], { channels: block }, { domain }), 'float32', shape)
  builder.output('plain', builder.node('Conv', [x, w], window), 'float32', shape)
  const session = await createSession(encodeModel(builder.build()))
  const wave = (count: number, speed: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i * speed + 1))
  const results = await session.run({
    x: { dtype: 'float32', shape, data: wave(2 * block * 35, 1.7) },
    w: { dtype: 'float32', shape: [block, block, 3, 3], data: wave(block * block * 9, 0.9) },
  })
  await session.release()
  const [a, b] = [results.blocked.data as Float32Array, results.plain.data as Float32Array]
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) < 1e-3)
}
