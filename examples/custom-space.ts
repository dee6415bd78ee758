// A search space of one's own, one file. Search it with: nascent search digits --space examples/custom-space.ts#small --budget 30s
import { batchNorm, choice, conv, dense, float, globalPool, identity, relu, repeat, scope, separable, sequence, space } from 'nascent/space'

const block = choice('op', {
  conv3: sequence(conv('same', 3), batchNorm(), relu()),
  sep5: sequence(separable('same', 5), batchNorm(), relu()),
  skip: identity(),
})

const stage = (name: string, width: number) =>
  scope(name, conv(width, 3, { stride: 2 }), batchNorm(), relu(), repeat('depth', [1, 3], block))

export const small = space('small', sequence(stage('first', 16), stage('second', 32), globalPool(), dense('classes')), {
  summary: 'two stages of one to three blocks',
  hyperparameters: { learningRate: float('learningRate', 0.02, 0.2, { log: true }) },
})
