import sharp from 'sharp'
import type { Mistake, TrainedModel } from '../artifact.ts'
import { modelInputs } from '../interface.ts'
import { rawColumns } from '../raw-inputs.ts'
import { px } from '../charts/frame.ts'
import { digits, percent } from './format.ts'
import { html, type Html } from './html.ts'
import { exampleWord } from './words.ts'

/** Columns of a table that are shown. */
const mostColumns = 8
/** Rows of a table that are shown. */
const mostRows = 12
/** Pictures that are seen at once. */
const shownFirst = 12

/** Test examples that it got wrong, to be looked at. */
export async function mistakesSection(model: TrainedModel): Promise<Html> {
  const { test, data } = model
  if (test === undefined) return html``
  const { mistakes } = test
  const classification = data.task === 'classification'
  if (mistakes.length === 0)
    return html`<section id="mistakes"><h2>Mistakes</h2><p>There are none: every test ${exampleWord(data, 1)} was answered right.</p></section>`
  const intro = classification
    ? `The ${exampleWord(data)} of the test that it was surest about and still got wrong. Often they show what is missing from the training data, or that the given class is doubtful.`
    : `The ${exampleWord(data)} of the test with the largest errors. Often they show what is missing from the training data, or that the given value is doubtful.`
  const body =
    data.kind === 'table'
      ? rows(model, mistakes.slice(0, mostRows))
      : gallery(await Promise.all(mistakes.map((mistake) => card(model, mistake))))
  return html`<section id="mistakes"><h2>Mistakes</h2><p>${intro}</p>${body}</section>`
}

function gallery(cards: readonly Html[]): Html {
  const list = (some: readonly Html[]): Html => html`<ul class="gallery">${some}</ul>`
  const more = cards.slice(shownFirst)
  return html`${list(cards.slice(0, shownFirst))}${more.length > 0 ? html`<details><summary>${more.length} more</summary>${list(more)}</details>` : html``}`
}

/** One picture or signal with what it is and what it was taken for. */
async function card({ data }: TrainedModel, mistake: Mistake): Promise<Html> {
  const { truth, predicted, confidence, input } = mistake
  const [is, said] = data.task === 'classification' ? [truth, predicted] : [digits(Number(truth)), digits(Number(predicted))]
  const label = `Test ${exampleWord(data, 1)} ${mistake.index + 1}: ${is}, called ${said}`
  const shown =
    data.kind === 'image'
      ? html`<img src="${await pngUrl(input, data.input.shape)}" alt="${label}" width="112" height="112">`
      : curve(input, data.input.shape, label)
  return html`<li>${shown}<p><span class="is">is <b>${is}</b></span><span class="said">said <b>${said}</b>${confidence === undefined ? '' : ` (${Math.floor(confidence * 100)}\u00a0%\u00a0sure)`}</span></p></li>`
}

/** Raw pixels [channels, height, width] from 0 to 255 as a data URL of a PNG. */
export async function pngUrl(pixels: readonly number[], [channels, height, width]: readonly number[]): Promise<string> {
  const plane = height * width
  const planes = channels >= 3 ? 3 : 1
  const bytes = new Uint8Array(planes * plane)
  for (let c = 0; c < planes; c++)
    for (let i = 0; i < plane; i++) bytes[i * planes + c] = Math.max(0, Math.min(255, Math.round(pixels[c * plane + i])))
  const picture = sharp(bytes, { raw: { width, height, channels: planes } })
  const small = Math.max(width, height) > 224 ? picture.resize(224, 224, { fit: 'inside' }) : picture
  const png = await small.png({ compressionLevel: 9 }).toBuffer()
  return `data:image/png;base64,${png.toString('base64')}`
}

/** A signal's channels as lines. */
function curve(values: readonly number[], [channels, length]: readonly number[], label: string): Html {
  const [width, height] = [112, 112]
  const low = Math.min(...values)
  const range = Math.max(...values) - low || 1
  const lines = Array.from({ length: Math.min(channels, 6) }, (_, c) => {
    const points = Array.from(
      { length },
      (_, i) => `${px((i / Math.max(length - 1, 1)) * width)},${px(height - 4 - ((values[c * length + i] - low) / range) * (height - 8))}`,
    )
    return html`<g class="series s${c}"><polyline points="${points.join(' ')}"/></g>`
  })
  return html`<svg class="signal" viewBox="0 0 ${width} ${height}" width="112" height="112" role="img" aria-label="${label}">${lines}</svg>`
}

function rows({ data }: TrainedModel, mistakes: readonly Mistake[]): Html {
  const inputs = modelInputs(data)
  const width = data.input.shape[0]
  const all = Float32Array.from(mistakes.flatMap(({ input }) => input))
  const { feeds } = rawColumns(inputs, all, width)
  const columns = inputs.slice(0, mostColumns)
  const numbers = data.task === 'regression'
  const value = (text: string): string => (numbers ? digits(Number(text), 4) : text)
  const cellOf = (name: string, kind: string, row: number): string => {
    const cell = feeds[name].data[row]
    if (typeof cell === 'bigint')
      return cell < -62_167_219_200_000n ? '' : new Date(Number(cell)).toISOString().slice(0, 16).replace('T', ' ').replace(' 00:00', '')
    if (kind === 'number') return Number.isNaN(cell) ? '' : String(Number((cell as number).toPrecision(6)))
    return String(cell)
  }
  const left =
    inputs.length > mostColumns ? html`<p class="small">The first ${mostColumns} of ${inputs.length} columns are shown.</p>` : html``
  return html`<div class="scroll"><table><thead><tr><th scope="col"${numbers ? html` class="number"` : html``}>Is</th><th scope="col"${numbers ? html` class="number"` : html``}>Said</th>${numbers ? html`` : html`<th scope="col" class="number">Sure</th>`}${columns.map(
    ({ column, name }) => html`<th scope="col">${column?.name ?? name}</th>`,
  )}</tr></thead><tbody>${mistakes.map(
    (mistake, row) =>
      html`<tr><td${numbers ? html` class="number"` : html``}>${value(mistake.truth)}</td><td${numbers ? html` class="number"` : html``}>${value(mistake.predicted)}</td>${numbers ? html`` : html`<td class="number">${percent(mistake.confidence ?? Number.NaN)}</td>`}${columns.map(
        ({ name, kind }) => html`<td>${cellOf(name, kind, row) || '–'}</td>`,
      )}</tr>`,
  )}</tbody></table></div>${left}`
}
