import { html, type Html } from '../report/html.ts'
import { type Area, areaOf, axes, px, responsive, type Size, svg } from './frame.ts'
import { linearScale, logScale, type NumberStyle, type Scale } from './scale.ts'

export interface Point {
  readonly x: number
  readonly y: number
  /** What a pointer over it shows. */
  readonly title?: string
  /** `strong` ones are drawn over the others, `chosen` is the one that matters. */
  readonly role?: 'strong' | 'chosen'
}

export interface ScatterChartOptions {
  /** What it shows, in a sentence. */
  readonly label: string
  readonly x: string
  readonly y: string
  readonly xStyle?: NumberStyle
  readonly yStyle?: NumberStyle
  readonly log?: boolean
  readonly points: readonly Point[]
  /** Drawn as stairs through these points, in order: a best-so-far, a Pareto front. */
  readonly stairs?: readonly (readonly [x: number, y: number])[]
  /** Draws where both are equal, on axes with one range. */
  readonly diagonal?: boolean
  readonly wide?: Size
  readonly narrow?: Size
}

/** More points than this are thinned out evenly (those with a role stay): a file should stay small. */
const mostPoints = 1500

/** Points over two axes, such as trials by accuracy and cost. */
export function scatterChart(options: ScatterChartOptions): Html {
  const { label, x: xName, y: yName, xStyle, yStyle, log = false, stairs = [], diagonal = false } = options
  const valid = options.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && (!log || x > 0))
  const every = Math.ceil(valid.length / mostPoints)
  const points = valid.filter(({ role }, i) => role !== undefined || i % every === 0)
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)]
  const draw = (size: Size): Html => {
    const area = areaOf(size)
    const ticks = size.width < 400 ? 4 : 6
    const x = (log ? logScale : linearScale)(diagonal ? [...xs, ...ys] : xs, [area.left, area.right], xStyle, ticks)
    const y = linearScale(diagonal ? [...xs, ...ys] : ys, [area.bottom, area.top], yStyle)
    return svg(size, label, [
      axes(area, x, y, xName, yName),
      diagonal ? diagonalLine(x, y) : html``,
      stairs.length > 0 ? stairLine(stairs, x, y, area) : html``,
      ...[undefined, 'strong', 'chosen'].map(
        (role) =>
          html`<g class="points ${role ?? 'faint'}">${points.filter((point) => point.role === role).map((point) => dot(point, x, y))}</g>`,
      ),
    ])
  }
  return responsive(draw, options.wide, options.narrow)
}

const dot = ({ x, y, title, role }: Point, xs: Scale, ys: Scale): Html =>
  html`<circle cx="${px(xs.at(x))}" cy="${px(ys.at(y))}" r="${role === 'chosen' ? 6 : role === 'strong' ? 4 : 3}">${title === undefined ? html`` : html`<title>${title}</title>`}</circle>`

function diagonalLine(x: Scale, y: Scale): Html {
  const [from, to] = [x.ticks[0], x.ticks[x.ticks.length - 1]]
  return html`<line class="diagonal" x1="${px(x.at(from))}" y1="${px(y.at(from))}" x2="${px(x.at(to))}" y2="${px(y.at(to))}"/>`
}

/** Steps to the right at one height, then up or down to the next. */
function stairLine(stairs: readonly (readonly [number, number])[], x: Scale, y: Scale, area: Area): Html {
  const path = stairs.flatMap(([a, b], i) => {
    const at = `${px(x.at(a))},${px(y.at(b))}`
    const before = stairs[i - 1]
    return before ? [`${px(x.at(a))},${px(y.at(before[1]))}`, at] : [at]
  })
  const last = stairs[stairs.length - 1]
  return html`<polyline class="stairs" points="${[...path, `${px(area.right)},${px(y.at(last[1]))}`].join(' ')}"/>`
}
