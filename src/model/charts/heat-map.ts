import { html, type Html } from '../report/html.ts'
import { px, svg } from './frame.ts'

/** A matrix of shares (0 to 1) as squares, for matrices too large for a table of numbers. Only what is not 0 is drawn. */
export function heatMap(shares: readonly (readonly number[])[], label: string, title: (row: number, column: number) => string): Html {
  const size = 560
  const cell = size / Math.max(shares.length, 1)
  const squares = shares.flatMap((row, r) =>
    row.flatMap((share, c) =>
      share > 0
        ? [
            html`<rect x="${px(c * cell)}" y="${px(r * cell)}" width="${px(cell)}" height="${px(cell)}" class="${r === c ? 'right' : 'wrong'}" opacity="${Math.max(0.08, share).toFixed(2)}"><title>${title(r, c)}</title></rect>`,
          ]
        : [],
    ),
  )
  return svg({ width: size, height: size }, label, [
    html`<rect class="ground" width="${px(size)}" height="${px(size)}"/>`,
    html`<g class="heat">${squares}</g>`,
  ])
}
