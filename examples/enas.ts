// Efficient neural architecture search in a few lines: units to choose among, a reward of accuracy and cost, and one call. All networks share one set of weights.
import { batchNorm, choice, conv, dense, globalPool, identity, maxPool, relu, search, separable, sequence, space } from 'nascent'

const unit = (name: string, width: number) =>
  choice(name, {
    conv3: sequence(conv(width, 3), batchNorm(), relu()),
    conv5: sequence(conv(width, 5), batchNorm(), relu()),
    separable3: sequence(separable(width, 3), batchNorm(), relu()),
    separable5: sequence(separable(width, 5), batchNorm(), relu()),
    skip: identity(),
  })

const units = sequence(conv(16, 3), unit('a', 16), unit('b', 16), maxPool(2), unit('c', 32), unit('d', 32), globalPool(), dense('classes'))

const { best, test } = await search({
  data: process.argv[2] ?? 'digits',
  space: space('units', units),
  strategy: 'enas',
  reward: ({ accuracy, flops }) => accuracy * (1e6 / flops) ** 0.07,
  budget: process.argv[3] ?? '30s',
  seed: 1,
})
console.log(`${best?.architecture}: reward ${best?.metrics.reward.toFixed(3)}, ${(best?.metrics.flops ?? 0) / 1e6} MFLOPs`)
console.log(`right in ${((test.accuracy ?? 0) * 100).toFixed(1)} % of pictures it never saw`)
