import { html, type Html } from '../report/html.ts'
import { px, svg } from './frame.ts'

/** Rows that belong together, such as the alternatives of a choice; each has a share (0 to 1) at every time. */
export interface StripGroup {
  readonly name: string
  readonly rows: readonly { readonly name: string; readonly shares: readonly number[] }[]
}

const rowHeight = 14
const headHeight = 19
const gap = 8
const labels = 150

/** Shares over time, a strip of squares for each: the darker, the larger. @param times names of the columns, for the titles */
export function strips(groups: readonly StripGroup[], times: readonly string[], label: string, width = 460): Html {
  const cell = (width - labels - 4) / Math.max(1, times.length)
  let y = 0
  const drawn = groups.map(({ name, rows }) => {
    const head = html`<text class="name" x="0" y="${px(y + 13)}">${name}</text>`
    y += headHeight
    const lines = rows.map((row) => {
      const top = y
      y += rowHeight
      const squares = row.shares.map(
        (share, i) =>
          html`<rect x="${px(labels + i * cell)}" y="${px(top)}" width="${px(cell)}" height="${px(rowHeight - 1)}" class="right" opacity="${Math.min(1, Math.max(0.04, share)).toFixed(2)}"><title>${row.name}, ${times[i]}: ${(100 * share).toFixed(1)} %</title></rect>`,
      )
      return html`<text x="${px(labels - 8)}" y="${px(top + 10.5)}" text-anchor="end">${row.name}</text>${squares}`
    })
    y += gap
    return html`${head}<g class="heat ticks">${lines}</g>`
  })
  return svg({ width, height: Math.max(1, y - gap) }, label, drawn)
}
