import dagre from '@dagrejs/dagre'
import { quantity } from '../report/format.ts'
import { html, type Html } from '../report/html.ts'
import type { Block, BlockGraph } from '../report/blocks.ts'
import { px, type Size, svg } from './frame.ts'

const box = { width: 216, height: 44 }
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
  const wide = wrapped(columns, size, graph)
  return html`<div class="wide">${drawing(wide.placed, wide.edges, wide.size, label)}</div><div class="narrow">${drawing(placed, edges, size, label)}</div>`
}

type Path = readonly { readonly x: number; readonly y: number }[]

function layout({ blocks, edges }: BlockGraph): {
  readonly placed: readonly Placed[]
  readonly edges: readonly Path[]
  readonly size: Size
} {
  const layered = new dagre.graphlib.Graph()
  layered.setGraph({ rankdir: 'TB', ranksep: gap.rank, nodesep: gap.node, marginx: 4, marginy: 4 })
  layered.setDefaultEdgeLabel(() => ({}))
  for (const { id } of blocks) layered.setNode(id, { ...box })
  for (const { from, to } of edges) layered.setEdge(from, to)
  dagre.layout(layered)
  const placed = blocks.map((block) => {
    const { x, y } = layered.node(block.id) as { x: number; y: number }
    return { block, x, y }
  })
  const paths = edges.map(({ from, to }) => (layered.edge({ v: from, w: to }) as { points: Path }).points)
  const { width = box.width, height = box.height } = layered.graph()
  return { placed, edges: paths, size: { width, height } }
}

/** Cuts a tall drawing where only one edge crosses, into columns of about equal height; as many as fit beside each other. */
function wrap(placed: readonly Placed[], edges: BlockGraph['edges'], { width, height }: Size): readonly (readonly Placed[])[] {
  const fitting = Math.max(1, Math.floor((940 + gap.column) / (width + gap.column)))
  const wanted = Math.min(fitting, Math.ceil(height / columnHeight))
  if (wanted < 2) return [placed]
  const y = new Map(placed.map(({ block, y }) => [block.id, y]))
  const order = placed.toSorted((a, b) => a.y - b.y)
  const crossing = (from: number, to: number): number =>
    edges.filter((edge) => (y.get(edge.from) as number) <= from && (y.get(edge.to) as number) >= to).length
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
  return columns
}

/** The columns side by side, with edges drawn anew: within a column from box to box, from one column to the next around the corner. */
function wrapped(columns: readonly (readonly Placed[])[], { width }: Size, graph: BlockGraph) {
  const placed: Placed[] = []
  const columnOf = new Map<string, number>()
  let height = 0
  for (const [i, column] of columns.entries()) {
    const top = Math.min(...column.map(({ y }) => y)) - box.height / 2 - 4
    for (const { block, x, y } of column) {
      placed.push({ block, x: x + i * (width + gap.column), y: y - top })
      columnOf.set(block.id, i)
      height = Math.max(height, y - top + box.height / 2 + 4)
    }
  }
  const at = new Map(placed.map((place) => [place.block.id, place]))
  const edges = graph.edges.map(({ from, to }): Path => {
    const [a, b] = [at.get(from) as Placed, at.get(to) as Placed]
    const start = { x: a.x, y: a.y + box.height / 2 }
    const end = { x: b.x, y: b.y - box.height / 2 }
    const column = columnOf.get(from) as number
    if (column === columnOf.get(to)) return [start, end]
    const between = column * (width + gap.column) + width + gap.column / 2
    return [
      { x: a.x + box.width / 2, y: a.y },
      { x: between, y: a.y },
      { x: between, y: b.y },
      { x: b.x - box.width / 2, y: b.y },
    ]
  })
  return { placed, edges, size: { width: columns.length * (width + gap.column) - gap.column, height } }
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

const shapeText = (shape: readonly number[]): string =>
  shape.length > 1 ? `${shape.slice(1).join('×')}, ${shape[0]} channels` : `${shape[0]} numbers`

function drawBox({ block, x, y }: Placed): Html {
  const { title, extras, family, shape, parameters } = block
  const facts = [shapeText(shape), ...(parameters > 0 ? [`${quantity(parameters)} parameters`] : [])].join(' · ')
  const heading = [title, ...extras].join(' + ')
  return html`<g class="box ${family}"><title>${heading}; gives ${facts}</title><rect x="${px(x - box.width / 2)}" y="${px(y - box.height / 2)}" width="${box.width}" height="${box.height}" rx="7"/><text x="${px(x)}" y="${px(y - 4)}" text-anchor="middle">${shorten(heading, 33)}</text><text class="facts" x="${px(x)}" y="${px(y + 13)}" text-anchor="middle">${shorten(facts, 37)}</text></g>`
}

const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
