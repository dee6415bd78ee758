import { describe, expect, it } from 'vitest'
import {
  areaUnderCurve,
  argmaxRows,
  balancedAccuracy,
  classificationMetrics,
  confusionMatrix,
  macroF1,
  regressionMetrics,
  softmaxRows,
} from '../../src/train/metrics.ts'

describe('metrics', () => {
  const truth = [0, 0, 0, 1, 1, 2]
  const predicted = [0, 0, 1, 1, 2, 2]
  const confusion = confusionMatrix(predicted, truth, 4)

  it('count', () => {
    expect(confusion).toEqual([
      [2, 1, 0, 0],
      [0, 1, 1, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ])
    // Recalls 2/3, 1/2, 1; F1 4/5, 1/2, 2/3. Class 3 neither occurs nor is predicted.
    expect(balancedAccuracy(confusion)).toBeCloseTo((2 / 3 + 1 / 2 + 1) / 3, 12)
    expect(macroF1(confusion)).toBeCloseTo((4 / 5 + 1 / 2 + 2 / 3) / 3, 12)
  })

  it('know logits', () => {
    const logits = Float32Array.of(2, 0, 0, 1, -1, 1, 100, -100)
    expect(Array.from(argmaxRows(logits, 2))).toEqual([0, 1, 1, 0])
    const probabilities = softmaxRows(logits, 2)
    expect(probabilities[0]).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 1), 6)
    expect(Array.from(probabilities.slice(6))).toEqual([1, 0])
    const metrics = classificationMetrics(logits, [0, 1, 0, 1], 2)
    expect(metrics.accuracy).toBe(0.5)
    const loss = (Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(2)) + 200) / 4
    expect(metrics.loss).toBeCloseTo(loss, 5)
    // Scores −2, 1, 2, −200 of classes 0, 1, 0, 1: one of four pairs is in order.
    expect(metrics.auc).toBe(0.25)
  })

  it('halve ties under the curve', () => {
    expect(areaUnderCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75)
    expect(areaUnderCurve([0.5, 0.5, 0.5], [0, 1, 1])).toBe(0.5)
    expect(areaUnderCurve([1, 2], [1, 1])).toBeUndefined()
  })

  it('measure regressions', () => {
    const metrics = regressionMetrics([2.5, 0, 2, 8], [3, -0.5, 2, 7], 2)
    expect(metrics.rmse).toBeCloseTo(Math.sqrt(0.375), 12)
    expect(metrics.mae).toBeCloseTo(0.5, 12)
    expect(metrics.r2).toBeCloseTo(0.9486081370449679, 12)
    expect(metrics.loss).toBeCloseTo(0.375 / 4, 12)
    expect(regressionMetrics([1, 1], [1, 1]).r2).toBe(1)
    expect(regressionMetrics([1, 2], [1, 1]).r2).toBe(0)
  })
})
