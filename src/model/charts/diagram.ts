import { graphlib, layout as layoutLayers } from '@dagrejs/dagre'
import { quantity } from '../report/format.ts'
import { html, type Html } from '../report/html.ts'
import type { Block, BlockGraph } from '../report/blocks.ts'
import { px, type Size, svg } from './frame.ts'

const box = { width: 232, height: 44, extra: 16 }
/** A box with a line for what belongs to its layer is higher. */
const heightOf = ({ extras }: Block): number => box.height + (extras.length > 0 ? box.extra : 0)

const gap = { rank: 20, node: 18, column: 44 }
/** Columns are not longer than about this. */
const columnHeight = 620

interface Placed {
  readonly block: Block
  readonly x: number
  readonly y: number
}

/** A network drawn top down: boxes in layers, arrows along the data. Long chains are wrapped into columns when there is room. */
export function networkDiagram(graph: BlockGraph, label: string): Html {
  const { placed, edges, size } = layout(graph)
  const columns = wrap(placed, graph.edges, size)
  if (columns.length < 2) return drawing(placed, edges, size, label)
  const wide = wrapped(columns, edges, graph)
  return html`<div class="wide">${drawing(wide.placed, wide.edges, wide.size, label)}</div><div class="narrow">${drawing(placed, edges, size, label)}</div>`
}

type Path = readonly { readonly x: number; readonly y: number }[]

function layout({ blocks, edges }: BlockGraph): {
  readonly placed: readonly Placed[]
  readonly edges: readonly Path[]
  readonly size: Size
} {
  const layered = new graphlib.Graph()
  layered.setGraph({ rankdir: 'TB', ranksep: gap.rank, nodesep: gap.node, marginx: 4, marginy: 4 })
  layered.setDefaultEdgeLabel(() => ({}))
  for (const block of blocks) layered.setNode(block.id, { width: box.width, height: heightOf(block) })
  for (const { from, to } of edges) layered.setEdge(from, to)
  layoutLayers(layered)
  const placed = blocks.map((block) => {
    const { x, y } = layered.node(block.id) as { x: number; y: number }
    return { block, x, y }
  })
  const paths = edges.map(({ from, to }) => (layered.edge({ v: from, w: to }) as { points: Path }).points)
  const { width = box.width, height = box.height } = layered.graph()
  return { placed, edges: paths, size: { width, height } }
}

/** Cuts a tall drawing where only one value crosses, into columns of about equal height; as many as fit beside each other. */
function wrap(placed: readonly Placed[], edges: BlockGraph['edges'], { width, height }: Size): readonly (readonly Placed[])[] {
  const fitting = Math.max(1, Math.floor((940 + gap.column) / (width + gap.column)))
  const wanted = Math.min(fitting, Math.ceil(height / columnHeight))
  if (wanted < 2) return [placed]
  const y = new Map(placed.map(({ block, y }) => [block.id, y]))
  const order = placed.toSorted((a, b) => a.y - b.y)
  const crossing = (from: number, to: number): number =>
    new Set(edges.filter((edge) => (y.get(edge.from) as number) <= from && (y.get(edge.to) as number) >= to).map(({ from }) => from)).size
  const cuts = order.flatMap(({ y }, i) => (i > 0 && y > order[i - 1].y && crossing(order[i - 1].y, y) === 1 ? [i] : []))
  const columns: Placed[][] = []
  let start = 0
  for (let column = 1; column < wanted; column++) {
    const target = (height * column) / wanted
    const later = cuts.filter((cut) => cut > start)
    if (later.length === 0) break
    const best = later.reduce((a, b) => (Math.abs(order[b].y - target) < Math.abs(order[a].y - target) ? b : a))
    columns.push(order.slice(start, best))
    start = best
  }
  columns.push(order.slice(start))
  const longest = Math.max(...columns.map((column) => column[column.length - 1].y - column[0].y))
  return longest < 0.75 * height ? columns : [placed]
}

/** The columns side by side; edges within one keep their way, those to the next go around the corner. */
function wrapped(columns: readonly (readonly Placed[])[], paths: readonly Path[], graph: BlockGraph) {
  const moved = new Map<
    string,
    { readonly column: number; readonly right: number; readonly dx: number; readonly dy: number; readonly place: Placed }
  >()
  let left = 0
  let height = 0
  for (const [column, members] of columns.entries()) {
    const top = Math.min(...members.map(({ block, y }) => y - heightOf(block) / 2)) - 18
    const from = Math.min(...members.map(({ x }) => x)) - box.width / 2
    const right = left + Math.max(...members.map(({ x }) => x)) + box.width / 2 - from
    for (const { block, x, y } of members) {
      moved.set(block.id, { column, right, dx: left - from, dy: -top, place: { block, x: x - from + left, y: y - top } })
      height = Math.max(height, y - top + heightOf(block) / 2 + 4)
    }
    left = right + gap.column
  }
  const edges = graph.edges.map(({ from, to }, i): Path => {
    const [a, b] = [moved.get(from), moved.get(to)]
    if (!a || !b) return paths[i]
    if (a.column === b.column) return paths[i].map(({ x, y }) => ({ x: x + a.dx, y: y + a.dy }))
    const between = a.right + gap.column / 2
    const [start, end] = [a.place, b.place]
    // Into the top of the box, so that a box beside it is not crossed.
    const above = end.y - heightOf(end.block) / 2
    const over = Math.max(2, above - 14)
    return [
      { x: start.x + box.width / 2, y: start.y },
      { x: between, y: start.y },
      { x: between, y: over },
      { x: end.x, y: over },
      { x: end.x, y: above },
    ]
  })
  return { placed: [...moved.values()].map(({ place }) => place), edges, size: { width: left - gap.column, height } }
}

function drawing(placed: readonly Placed[], edges: readonly Path[], size: Size, label: string): Html {
  return svg(size, label, [html`<g class="edges">${edges.map(arrow)}</g>`, html`<g class="boxes">${placed.map(drawBox)}</g>`], 'diagram')
}

/** A line with a head of its own: markers would need ids, which must be unique in a page. */
function arrow(points: Path): Html {
  const last = points[points.length - 1]
  const before = points[points.length - 2]
  const angle = Math.atan2(last.y - before.y, last.x - before.x)
  const corner = (turn: number): string => `${px(last.x - 7 * Math.cos(angle + turn))},${px(last.y - 7 * Math.sin(angle + turn))}`
  return html`<polyline points="${points.map(({ x, y }) => `${px(x)},${px(y)}`).join(' ')}"/><polygon points="${px(last.x)},${px(last.y)} ${corner(0.42)} ${corner(-0.42)}"/>`
}

const shapeText = (shape: readonly number[]): string => {
  const [first, ...space] = shape
  const what = space.length > 0 ? 'channel' : 'number'
  const many = `${first} ${what}${first === 1 ? '' : 's'}`
  return space.length > 0 ? `${space.join('×')}, ${many}` : many
}

function drawBox({ block, x, y }: Placed): Html {
  const { title, extras, family, shape, parameters } = block
  const height = heightOf(block)
  const top = y - height / 2
  const facts = [shapeText(shape), ...(parameters > 0 ? [`${quantity(parameters)} parameters`] : [])].join(' · ')
  const more = extras.join(', ')
  const line = (text: string, at: number, className?: string): Html =>
    html`<text${className === undefined ? html`` : html` class="${className}"`} x="${px(x)}" y="${px(top + at)}" text-anchor="middle">${shorten(text, className === undefined ? 37 : 42)}</text>`
  return html`<g class="box ${family}"><title>${[title, more].join(' ')}; gives ${facts}</title><rect x="${px(x - box.width / 2)}" y="${px(top)}" width="${px(box.width)}" height="${px(height)}" rx="7"/>${line(title, 18)}${more === '' ? html`` : line(more, 34)}${line(facts, height - 10, 'facts')}</g>`
}

const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
