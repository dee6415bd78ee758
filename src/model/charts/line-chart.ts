import { html, type Html } from '../report/html.ts'
import { areaOf, axes, legend, px, responsive, type Size, svg } from './frame.ts'
import { linearScale, type NumberStyle } from './scale.ts'

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface LineChartOptions {
  /** What it shows, in a sentence. */
  readonly label: string
  readonly x: string
  readonly y: string
  readonly style?: NumberStyle
  readonly series: readonly Series[]
  readonly wide?: Size
}

const finite = (points: Series['points']): Series['points'] => points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))

/** Lines over a common axis, such as a learning curve. Points that are not finite are left out. */
export function lineChart({ label, x: xName, y: yName, style, series, wide }: LineChartOptions): Html {
  const lines = series.map(({ name, points }) => ({ name, points: finite(points) })).filter(({ points }) => points.length > 0)
  const all = lines.flatMap(({ points }) => points)
  const draw = (size: Size): Html => {
    const area = areaOf(size)
    const x = linearScale(
      all.map(([value]) => value),
      [area.left, area.right],
      'whole',
      6,
    )
    const y = linearScale(
      all.map(([, value]) => value),
      [area.bottom, area.top],
      style,
    )
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
    return svg(size, label, [axes(area, x, y, xName, yName), ...drawn])
  }
  return html`${responsive(draw, wide)}${legend(lines.map(({ name }, i) => ({ name, className: `s${i}` })))}`
}
