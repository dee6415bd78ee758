import { covers, widened } from './channels.ts'
import type { LayerOf, Rule } from './rule.ts'
import { remap, spread } from './weights.ts'

/** The small network inside is widened like any other. */
export const squeezeExcite: Rule<LayerOf<'squeeze-excite'>> = {
  carry({ layer: before, inputShape }, after, { input: { channels, positive } }) {
    if (before.gate !== after.gate || after.squeezed < before.squeezed || !covers(channels, inputShape[0])) return undefined
    const inner = widened(before.squeezed, after.squeezed)
    const axes = { reads: 0, gives: 1 } as const
    return {
      channels,
      positive,
      weights: ({ old, fresh, random }) => ({
        squeeze: remap(old('squeeze'), fresh('squeeze'), axes, channels, inner, random),
        squeezeBias: spread(old('squeezeBias'), fresh('squeezeBias'), inner),
        excite: remap(old('excite'), fresh('excite'), axes, inner, channels, random),
        exciteBias: spread(old('exciteBias'), fresh('exciteBias'), channels),
      }),
    }
  },
}
