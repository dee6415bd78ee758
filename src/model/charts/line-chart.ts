import { html, type Html } from '../report/html.ts'
import { areaOf, axes, legend, px, responsive, type Size, svg } from './frame.ts'
import { linearScale, logScale, type NumberStyle } from './scale.ts'

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** What the line is sure to, such as a confidence interval; drawn beneath it. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[]
}

export interface LineChartOptions {
  /** What it shows, in a sentence. */
  readonly label: string
  readonly x: string
  readonly y: string
  readonly style?: NumberStyle
  /** A logarithmic axis for y; all values must be above 0. */
  readonly log?: boolean
  readonly series: readonly Series[]
  readonly wide?: Size
}

const finite = (points: Series['points']): Series['points'] => points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))

/** Lines over a common axis, such as a learning curve. Points that are not finite are left out. */
export function lineChart({ label, x: xName, y: yName, style, log = false, series, wide }: LineChartOptions): Html {
  const lines = series
    .map(({ name, points, band = [] }) => ({ name, points: finite(points), band: band.filter((place) => place.every(Number.isFinite)) }))
    .filter(({ points }) => points.length > 0)
  const all = lines.flatMap(({ points }) => points)
  const draw = (size: Size): Html => {
    const area = areaOf(size)
    const x = linearScale(
      all.map(([value]) => value),
      [area.left, area.right],
      'whole',
      6,
    )
    const heights = [...all.map(([, value]) => value), ...lines.flatMap(({ band }) => band.flatMap(([, low, high]) => [low, high]))]
    const y = (log ? logScale : linearScale)(heights, [area.bottom, area.top], style)
    const bands = lines.map(({ band }, i) => {
      const edge = [...band.map(([a, , high]) => [a, high]), ...band.toReversed().map(([a, low]) => [a, low])]
      const outline = edge.map(([a, b]) => `${px(x.at(a))},${px(y.at(b))}`).join(' ')
      return band.length > 1 ? html`<g class="series s${i}"><polygon class="band" points="${outline}"/></g>` : html``
    })
    const drawn = lines.map(({ name, points }, i) => {
      const path = points.map(([a, b]) => `${px(x.at(a))},${px(y.at(b))}`).join(' ')
      const dots =
        points.length <= 60
          ? points.map(
              ([a, b]) =>
                html`<circle cx="${px(x.at(a))}" cy="${px(y.at(b))}" r="2.5"><title>${name}, ${xName} ${x.format(a)}: ${y.format(b)}</title></circle>`,
            )
          : []
      return html`<g class="series s${i}"><polyline points="${path}"/>${dots}</g>`
    })
    return svg(size, label, [axes(area, x, y, xName, yName), ...bands, ...drawn])
  }
  return html`${responsive(draw, wide)}${legend(lines.map(({ name }, i) => ({ name, className: `s${i}` })))}`
}
