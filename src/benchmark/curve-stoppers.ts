import type { ObservedTrial, Proxy } from '../proxy/proxy.ts'
import { pickMany, randomFor } from '../space/index.ts'
import type { CurveContestant } from './curve-contestants.ts'
import { type CurveSet, noSpace, partOfTrial, wholeTrial } from './curve-set.ts'
import { spreadOf } from './statistics.ts'
import { signOf } from '../proxy/observed.ts'

/** What one stopper spared, and what that cost. */
export interface StopperResult {
  readonly stopper: string
  /** Share of all epochs that were not trained, over the orderings. */
  readonly saved: number
  /** How far the best end found is from the best of full training, in per cent of that. */
  readonly regret: number
  /** Share of the orderings in which it is within half a per cent. */
  readonly within: number
  /** Share of the trials that were trained whole. */
  readonly whole: number
}

export interface StopperOptions {
  readonly orderings: number
  readonly seed: number
}

interface Search {
  readonly saved: number
  readonly regret: number
  readonly whole: number
}

/** Lets stoppers judge searches that try the networks of a set in random orders, one after the other. */
export function compareStoppers(
  set: CurveSet,
  contestants: readonly CurveContestant[],
  { orderings, seed }: StopperOptions,
): readonly StopperResult[] {
  const trials = set.curves.map((curve, i) => wholeTrial(set, curve, i))
  const sign = signOf(set.objective)
  const best = Math.max(...trials.map(({ final }) => sign * (final ?? Number.NaN)))
  return contestants.flatMap(({ name, stopper, ends = false }) => {
    if (stopper === undefined) return []
    const proxy = stopper({ space: noSpace, seed, objective: set.objective })
    const searches = Array.from({ length: orderings }, (_, ordering): Search => {
      const order = pickMany(randomFor(seed, 'ordering', set.name, ordering), trials, trials.length)
      const { epochs, found, whole } = search(order, proxy, sign, ends)
      return {
        saved: 1 - epochs / (trials.length * set.shares.length),
        regret: (100 * (best - found)) / Math.abs(best),
        whole: whole / trials.length,
      }
    })
    const mean = (of: (one: Search) => number): number => spreadOf(searches.map(of)).mean
    return [
      {
        stopper: name,
        saved: mean(({ saved }) => saved),
        regret: mean(({ regret }) => regret),
        within: mean(({ regret }) => Number(regret <= 0.5)),
        whole: mean((one) => one.whole),
      },
    ]
  })
}

/** One search: what it trained, and the best end that it knows, turned so that more is better. */
function search(
  order: readonly ObservedTrial[],
  proxy: Proxy,
  sign: 1 | -1,
  ends: boolean,
): { readonly epochs: number; readonly found: number; readonly whole: number } {
  const others: ObservedTrial[] = []
  let [epochs, whole] = [0, 0]
  /** The end that the search believes its best to have, and the one that it has. */
  let [believed, found] = [-Infinity, -Infinity]
  for (const [number, full] of order.entries()) {
    const trial = { ...full, number }
    const points = trial.curve.length
    let at = 1
    while (at < points && proxy.judge?.(partOfTrial(trial, at, 'running'), others) === 'continue') at++
    epochs += at
    if (at === points) whole++
    others.push(at === points ? trial : partOfTrial(trial, at, 'finished'))
    if (at < points && !ends) continue
    const value =
      sign * (at === points ? (trial.final as number) : Math.max(...trial.curve.slice(0, at).map((point) => sign * point.value)) * sign)
    // A search trains its winner whole in the end: what counts is what that comes to.
    if (value > believed) [believed, found] = [value, sign * (trial.final as number)]
  }
  return { epochs, found, whole }
}
