import { type Curve, type CurveBelief, continueCurve, fewestPoints } from '../predict/curves/index.ts'
import { randomFor } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { beliefJudge, beliefSpecs } from './belief-judge.ts'
import type { ProxyEntry } from './proxy.ts'

const specs = {
  ...beliefSpecs,
  points: { summary: 'points of a curve before it is judged', default: fewestPoints, from: fewestPoints, to: 100_000, whole: true },
} satisfies OptionSpecs

/** What the growth curves say of a curve's end; of the seed and the curve alone. */
export const continued = (curve: Curve, seed: number): CurveBelief => continueCurve(curve, randomFor(seed, 'curve', curve.values.length))

export const curve: ProxyEntry = {
  name: 'curve',
  summary: 'continues each learning curve by a weighted mean of growth curves, and stops a trial that will hardly beat the best',
  paper: 'Domhan, Springenberg, Hutter 2015 (IJCAI)',
  options: listed(specs),
  make(context, given) {
    const options = readOptions('curve', specs, given, 'proxy')
    return {
      judge: beliefJudge(context, options, (seen) => (seen.values.length < options.points ? undefined : continued(seen, context.seed))),
    }
  },
}
