import { html, type Html } from '../report/html.ts'
import { areaOf, axes, px, responsive, type Size, svg } from './frame.ts'
import { linearScale, niceTicks, widened } from './scale.ts'

export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Counts of values in about `bins` ranges with round borders. */
export function countBins(values: readonly number[], bins = 21): Bin[] {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return []
  const borders = niceTicks(...widened(Math.min(...finite), Math.max(...finite)), bins)
  const width = borders[1] - borders[0]
  const counts = borders.slice(0, -1).map(() => 0)
  // Rounding may put the outermost values just outside.
  const binOf = (value: number): number => Math.max(0, Math.min(counts.length - 1, Math.floor((value - borders[0]) / width)))
  for (const value of finite) counts[binOf(value)] += 1
  return counts.map((count, i) => ({ from: borders[i], to: borders[i + 1], count }))
}

/** How often values fall into each range. */
export function histogram(bins: readonly Bin[], { label, x: xName }: { readonly label: string; readonly x: string }): Html {
  const draw = (size: Size): Html => {
    const area = areaOf(size)
    const x = linearScale(
      bins.flatMap(({ from, to }) => [from, to]),
      [area.left, area.right],
    )
    const y = linearScale([0, ...bins.map(({ count }) => count)], [area.bottom, area.top], 'quantity', 4)
    const bars = bins.map(({ from, to, count }) => {
      const [left, right] = [x.at(from) + 0.5, x.at(to) - 0.5]
      return html`<rect x="${px(left)}" y="${px(y.at(count))}" width="${px(right - left)}" height="${px(area.bottom - y.at(count))}"><title>${x.format(from)} to ${x.format(to)}: ${count}</title></rect>`
    })
    return svg(size, label, [axes(area, x, y, xName, 'how many'), html`<g class="bars">${bars}</g>`])
  }
  return responsive(draw, { width: 460, height: 300 })
}
