import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { augmentationOf, defaultSettings, learningRateAt, planSteps, totalSteps, withHyperparameters } from '../../src/train/index.ts'
import { rowsData, stripesData } from './examples.ts'

describe('learning rates', () => {
  const rates = (schedule: 'constant' | 'step' | 'cosine', warmup: number, steps: number): number[] =>
    Array.from({ length: steps }, (_, step) => learningRateAt({ schedule, warmup, learningRate: 2 }, step, steps))

  it('rise in warm-up and fall along a cosine', () => {
    const got = rates('cosine', 0.4, 10)
    expect(got.slice(0, 4)).toEqual([0.5, 1, 1.5, 2])
    const want = [0, 1, 2, 3, 4, 5].map((i) => 1 + Math.cos((Math.PI * i) / 6))
    for (const [i, rate] of got.slice(4).entries()) expect(rate).toBeCloseTo(want[i], 12)
  })

  it('fall in steps at half and three quarters', () => {
    const got = rates('step', 0, 8)
    for (const [i, rate] of got.entries()) expect(rate).toBeCloseTo(i < 4 ? 2 : i < 6 ? 0.2 : 0.02, 12)
  })

  it('stay where they are', () => {
    expect(rates('constant', 0, 3)).toEqual([2, 2, 2])
    expect(rates('constant', 0.5, 4)).toEqual([1, 2, 2, 2])
  })

  it('span steps or epochs', () => {
    expect(totalSteps({ epochs: 3 }, 7)).toBe(21)
    expect(totalSteps({ epochs: 3, steps: 11 }, 7)).toBe(11)
  })
})

describe('settings', () => {
  it('take hyper-parameters by name', () => {
    const dataset = stripesData()
    const settings = withHyperparameters(
      defaultSettings(dataset),
      { learningRate: 0.3, weightDecay: 0, batchSize: 32, optimizer: 'adamw', augmentation: 'crop', dropout: 0.2 },
      dataset,
    )
    expect(settings).toMatchObject({ learningRate: 0.3, weightDecay: 0, batchSize: 32, optimizer: 'adamw', augmentation: { crop: 1 } })
    expect(withHyperparameters(defaultSettings(rowsData()), { augmentation: 'crop' }, rowsData()).augmentation).toEqual({})
  })

  it.each([
    [{ learningRat: 1 }, /"learningRat", but there are only learningRate/],
    [{ learningRate: -1 }, /learningRate must be a number from/],
    [{ optimizer: 'sdg' }, /optimizer must be one of sgd, adam, adamw/],
    [{ augmentation: 'turn' }, /no augmentation "turn"; there are none, flip/],
  ])('refuse %j', (hyperparameters, message) => {
    const dataset = stripesData()
    expect(() => withHyperparameters(defaultSettings(dataset), hyperparameters as never, dataset)).toThrow(UserError)
    expect(() => withHyperparameters(defaultSettings(dataset), hyperparameters as never, dataset)).toThrow(message)
  })

  it('leave grey pictures unflipped and give small data more steps', () => {
    const dataset = stripesData()
    expect(defaultSettings(dataset).augmentation.flip).toBeUndefined()
    expect(defaultSettings({ ...dataset, input: { shape: [3, 32, 32] } }).augmentation).toEqual({ flip: true, crop: 4 })
    const many = { ...dataset, train: { ...dataset.train, count: 50_000 } }
    expect(defaultSettings(many, { epochs: 5 }).augmentation).toEqual({})
    expect(defaultSettings(many, { epochs: 30 }).augmentation).toEqual({ crop: 1 })
    expect(defaultSettings(dataset).batchSize).toBe(16)
    expect(augmentationOf('cutout', { kind: 'image', input: { shape: [3, 32, 32] } })).toEqual({ flip: true, crop: 4, cutout: 16 })
  })
})

describe('plans', () => {
  it('fill the time with whole epochs', () => {
    // 0.92 · 100 s − 2 s over 10 steps of 100 ms and a validation of 500 ms.
    expect(planSteps(100, 100, { batches: 10, evaluationMs: 500, compileMs: 2000 })).toEqual({ epochs: 60 })
    expect(planSteps(1, 1000, { batches: 10 })).toEqual({ epochs: 300 })
  })

  it('count steps where no epoch fits', () => {
    expect(planSteps(100, 10, { batches: 1000, evaluationMs: 1200 })).toEqual({ epochs: 1, steps: 80 })
    expect(planSteps(100, 0, { batches: 1000 })).toEqual({ epochs: 1, steps: 1 })
    // 92 s of 100: two epochs of 41 s, and 90 steps of the third before its validation.
    expect(planSteps(100, 100, { batches: 400, evaluationMs: 1000 })).toEqual({ epochs: 3, steps: 890 })
  })
})
