import { type CurveSetResult, predictionShares } from './curves.ts'

interface Rows {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const digits = (value: number, count: number): string => (Number.isFinite(value) ? value.toFixed(count) : '–')

/** Predictors of one set as a person reads them: correlation and error at each part of the training. */
export function predictionRows({ predictions }: CurveSetResult): Rows {
  const names = [...new Set(predictions.map(({ predictor }) => predictor))]
  const at = (name: string, share: number) => predictions.find((one) => one.predictor === name && one.share === share)
  const percents = predictionShares.map((share) => `${share * 100} %`)
  return {
    head: ['predictor', ...percents.map((share) => `Spearman at ${share}`), ...percents.map((share) => `error at ${share}`), 'ms'],
    rows: names.map((name) => [
      name,
      ...predictionShares.map((share) => digits(at(name, share)?.spearman ?? Number.NaN, 3)),
      ...predictionShares.map((share) => digits(at(name, share)?.error ?? Number.NaN, 3)),
      digits(Math.max(...predictions.filter(({ predictor }) => predictor === name).map(({ milliseconds }) => milliseconds)), 1),
    ]),
  }
}

/** Stoppers of one set as a person reads them. */
export function stopperRows({ stoppers }: CurveSetResult): Rows {
  return {
    head: ['stopper', 'epochs saved, %', 'regret, %', 'within 0.5 %, % of orders', 'trained whole, %'],
    rows: stoppers.map(({ stopper, saved, regret, within, whole }) => [
      stopper,
      digits(100 * saved, 1),
      digits(regret, 3),
      digits(100 * within, 0),
      digits(100 * whole, 1),
    ]),
  }
}
