import { createRequire } from 'node:module'
import { join } from 'node:path'
import { nets } from './nets.ts'

/** What is used of @tensorflow/tfjs: its layers interface. */
interface TensorFlow {
  setBackend(name: string): Promise<boolean>
  ready(): Promise<void>
  readonly layers: Readonly<Record<string, (options?: Readonly<Record<string, unknown>>) => object>>
  sequential(options: { readonly layers: readonly object[] }): Model
  readonly train: { momentum(rate: number, momentum: number): object }
  randomNormal(shape: readonly number[]): object
  tensor1d(values: readonly number[]): object
}

interface Model {
  compile(options: Readonly<Record<string, unknown>>): void
  trainOnBatch(x: object, y: object): Promise<number>
}

/**
 * Milliseconds of a training step in TensorFlow.js's plain JavaScript backend (its WebAssembly one has no gradients of convolutions), the
 * least of three. Only for the networks that its layers say in a few words; undefined for the others and without NASCENT_TFJS.
 */
export async function timeTensorFlow(name: string): Promise<number | undefined> {
  const folder = process.env.NASCENT_TFJS
  const layers = folder === undefined ? undefined : architectures[name]
  if (folder === undefined || !layers) return undefined
  const tf = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs') as TensorFlow
  await tf.setBackend('cpu')
  await tf.ready()
  const shape = nets.find((net) => net.name === name)!.inputs[0].shape
  // TensorFlow.js wants channels last.
  const own = shape.length === 4 ? [shape[0], shape[2], shape[3], shape[1]] : shape
  const model = tf.sequential({ layers: layers(tf, own.slice(1)) })
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'sparseCategoricalCrossentropy' })
  const x = tf.randomNormal(own)
  const y = tf.tensor1d(Array.from({ length: own[0] }, (_, i) => i % 10))
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) {
    const began = performance.now()
    await model.trainOnBatch(x, y)
    least = Math.min(least, performance.now() - began)
  }
  return least
}

type Architecture = (tf: TensorFlow, inputShape: readonly number[]) => object[]

const architectures: Readonly<Record<string, Architecture>> = {
  plain(tf, inputShape) {
    const block = (filters: number, first = false): object[] => [
      tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...(first ? { inputShape } : {}) }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
    ]
    const pool = (): object => tf.layers.maxPooling2d({ poolSize: 2 })
    return [...block(32, true), pool(), ...block(64), pool(), ...block(64), ...top(tf)]
  },
  mlp(tf, inputShape) {
    const [width] = inputShape
    const units = [256, 256, 128].map((size, i) =>
      tf.layers.dense({ units: size, activation: 'relu', ...(i === 0 ? { inputShape: [width] } : {}) }),
    )
    return [...units, tf.layers.dense({ units: 10, activation: 'softmax' })]
  },
}

const top = (tf: TensorFlow): object[] => [
  tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
  tf.layers.dense({ units: 10, activation: 'softmax' }),
]
