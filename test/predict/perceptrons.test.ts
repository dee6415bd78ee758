import { describe, expect, it } from 'vitest'
import { Mlp, MlpEnsemble, normalScores, sparseVector, trainMlp } from '../../src/predict/index.ts'
import { integer, normal, randomFor } from '../../src/space/index.ts'

const vector = (random: ReturnType<typeof randomFor>, length: number): Float64Array => Float64Array.from({ length }, () => normal(random))

describe('a multi-layer perceptron', () => {
  it('has the gradient of finite differences', () => {
    const random = randomFor(1, 'gradient')
    const model = new Mlp([5, 7, 6, 4], random)
    // Biases away from zero, so that no unit stands at its kink.
    for (let i = 0; i < model.parameters.length; i++) model.parameters[i] += normal(random, 0, 0.3)
    const inputs = [vector(random, 5), Float64Array.of(0, 1, 0, -2, 0), vector(random, 5)].map(sparseVector)
    const loss = (): number => inputs.reduce((sum, input, i) => sum + 0.5 * (model.forward(input) - i) ** 2, 0)
    model.gradient.fill(0)
    for (const [i, input] of inputs.entries()) model.backward(model.forward(input) - i)
    const step = 1e-6
    let largest = 0
    for (let i = 0; i < model.parameters.length; i++) {
      const value = model.parameters[i]
      model.parameters[i] = value + step
      const above = loss()
      model.parameters[i] = value - step
      const below = loss()
      model.parameters[i] = value
      const expected = (above - below) / (2 * step)
      largest = Math.max(largest, Math.abs(expected))
      expect(model.gradient[i]).toBeCloseTo(expected, 5)
    }
    expect(largest).toBeGreaterThan(0.1)
  })

  it('learns what no linear model can: a product of signs', () => {
    const random = randomFor(2, 'signs')
    const example = (): Float64Array => Float64Array.from({ length: 3 }, () => integer(random, 0, 1) * 2 - 1)
    const inputs = Array.from({ length: 64 }, example)
    const target = (input: Float64Array): number => input[0] * input[1]
    const model = trainMlp(inputs.map(sparseVector), 3, inputs.map(target), random, { hidden: [16, 16], steps: 400 })
    for (const input of Array.from({ length: 20 }, example)) expect(model.forward(sparseVector(input))).toBeCloseTo(target(input), 0)
  })

  it('gives the same network for the same stream', () => {
    const inputs = [Float64Array.of(0, 1), Float64Array.of(1, 0), Float64Array.of(1, 1)].map(sparseVector)
    const train = (seed: number): Mlp => trainMlp(inputs, 2, [0, 1, 2], randomFor(seed, 'same'), { steps: 20 })
    expect(train(3).parameters).toEqual(train(3).parameters)
    expect(train(3).parameters).not.toEqual(train(4).parameters)
  })
})

describe('an ensemble of perceptrons', () => {
  it('agrees where it has examples and disagrees far from them', () => {
    const random = randomFor(5, 'ensemble')
    const inputs = Array.from({ length: 40 }, () => Float64Array.of(random.next(), 1))
    const model = new MlpEnsemble(
      inputs.map(sparseVector),
      2,
      inputs.map(([x]) => Math.sin(5 * x)),
      5,
      random,
    )
    const near = [0.2, 0.4, 0.6, 0.8].map((x) => model.predict(sparseVector(Float64Array.of(x, 1))))
    for (const [i, { mean }] of near.entries()) expect(Math.abs(mean - Math.sin(5 * [0.2, 0.4, 0.6, 0.8][i]))).toBeLessThan(0.3)
    const far = model.predict(sparseVector(Float64Array.of(4, 1))).deviation
    for (const { deviation } of near) expect(deviation).toBeLessThan(far / 2)
  })
})

describe('normal scores', () => {
  it('are the quantiles of ranks, whatever the scale', () => {
    // Quantiles of 1/10, 3/10, … of the standard normal distribution, from tables.
    expect([...normalScores([5, 1, 3, 100, -20])].map((score) => Number(score.toFixed(4)))).toEqual([0.5244, -0.5244, 0, 1.2816, -1.2816])
    expect([...normalScores([0.5, 0.1, 0.3, 0.51, -2])]).toEqual([...normalScores([5, 1, 3, 100, -20])])
  })

  it('are equal for equal values', () => {
    const scores = normalScores([2, 1, 2, 2, 7])
    expect(scores[0]).toBe(scores[2])
    expect(scores[0]).toBe(scores[3])
    expect(scores[0]).toBe(0)
  })
})
