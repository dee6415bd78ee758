import { html, type Html } from '../report/html.ts'
import type { Scale } from './scale.ts'

/** Where a chart's data are drawn, in pixels of its view box. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export const areaOf = ({ width, height }: Size): Area => ({ left: 64, right: width - 12, top: 14, bottom: height - 40 })

/** Coordinates with a tenth of a pixel. */
export const px = (value: number): string => String(Math.round(value * 10) / 10)

/** A chart as one image with a text that says what it shows, for those who do not see it. */
export const svg = ({ width, height }: Size, label: string, content: readonly Html[], className = 'chart'): Html =>
  html`<svg class="${className}" viewBox="0 0 ${px(width)} ${px(height)}" style="max-width:${px(width)}px" role="img" aria-label="${label}">${content}</svg>`

/** Grid lines, tick labels and the names of the axes. */
export function axes(area: Area, x: Scale, y: Scale, xName: string, yName: string): Html {
  const { left, right, top, bottom } = area
  return html`<g class="grid">${y.ticks.map((tick) => html`<line x1="${px(left)}" x2="${px(right)}" y1="${px(y.at(tick))}" y2="${px(y.at(tick))}"/>`)}</g>
<g class="ticks">${y.ticks.map((tick) => html`<text x="${px(left - 8)}" y="${px(y.at(tick) + 4)}" text-anchor="end">${y.format(tick)}</text>`)}${x.ticks.map(
    (tick) => html`<text x="${px(x.at(tick))}" y="${px(bottom + 18)}" text-anchor="middle">${x.format(tick)}</text>`,
  )}</g>
<line class="axis" x1="${px(left)}" x2="${px(right)}" y1="${px(bottom)}" y2="${px(bottom)}"/>
<text class="name" x="${px((left + right) / 2)}" y="${px(bottom + 35)}" text-anchor="middle">${xName}</text>
<text class="name" transform="rotate(-90)" x="${px(-(top + bottom) / 2)}" y="12" text-anchor="middle">${yName}</text>`
}

/** The same chart drawn for a wide and a narrow page; one of them is shown. */
export const responsive = (
  chart: (size: Size) => Html,
  wide: Size = { width: 680, height: 300 },
  narrow: Size = { width: 356, height: 260 },
): Html => html`<div class="wide">${chart(wide)}</div><div class="narrow">${chart(narrow)}</div>`

/** Names of series with their colours, outside the drawing, where they may wrap. */
export const legend = (entries: readonly { readonly name: string; readonly className: string }[]): Html =>
  html`<p class="legend">${entries.map(({ name, className }) => html`<span><i class="swatch ${className}"></i>${name}</span>`)}</p>`
