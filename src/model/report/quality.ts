import { heatMap } from '../charts/heat-map.ts'
import { countBins, histogram } from '../charts/histogram.ts'
import { scatterChart } from '../charts/scatter-chart.ts'
import type { TestResult, TrainedModel } from '../artifact.ts'
import { digits, percent, plural, whole } from './format.ts'
import { html, type Html } from './html.ts'
import { classScores, confusions } from './statistics.ts'
import { exampleWord } from './words.ts'

/** Classes up to which a matrix is a table of numbers. */
const mostTabled = 20
/** Classes up to which a matrix is drawn at all. */
const mostDrawn = 150

/** What it gets right and wrong: the confusion matrix, or predicted against true values. */
export function qualitySection(model: TrainedModel): Html {
  const { test } = model
  if (test === undefined) return html``
  const body = test.confusion ? confusion(model, test.confusion) : valueCharts(model, test)
  return html`<section id="quality"><h2>What it gets right and wrong</h2>${body}</section>`
}

function confusion({ data }: TrainedModel, matrix: readonly (readonly number[])[]): Html {
  const { classes } = data
  const explained = html`<p>Each row holds the test ${exampleWord(data)} of one class; the columns say what the model called them. On the diagonal (blue) it was right; the darker an orange field, the more often it was wrong that way.</p>`
  const chart =
    classes.length <= mostTabled ? confusionTable(classes, matrix) : classes.length <= mostDrawn ? drawnMatrix(classes, matrix) : html``
  return html`${explained}${chart}${classes.length > mostTabled ? mixedUp(classes, matrix) : html``}${scoreTable(classes, matrix, data)}`
}

function confusionTable(classes: readonly string[], matrix: readonly (readonly number[])[]): Html {
  const cell = (count: number, truth: number, predicted: number, total: number): Html => {
    const share = total > 0 ? count / total : 0
    const title = `${classes[truth]} called ${classes[predicted]}: ${count} of ${total}`
    // Colour by the square root, so that rare mistakes are seen too.
    return html`<td class="${truth === predicted ? 'right' : 'wrong'}${share > 0.45 ? ' full' : ''}" style="--share:${Math.sqrt(share).toFixed(3)}" title="${title}">${count === 0 ? '·' : count}</td>`
  }
  return html`<p class="small">True class (rows) and what the model said (columns)</p><div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix"><table class="confusion" aria-label="Confusion matrix"><thead><tr><td></td>${classes.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead><tbody>${matrix.map(
    (row, truth) =>
      html`<tr><th scope="row">${classes[truth]}</th>${row.map((count, predicted) => cell(count, truth, predicted, total(row)))}</tr>`,
  )}</tbody></table></div>`
}

const total = (row: readonly number[]): number => row.reduce((sum, count) => sum + count, 0)

function drawnMatrix(classes: readonly string[], matrix: readonly (readonly number[])[]): Html {
  const shares = matrix.map((row) => row.map((count) => Math.sqrt(count / Math.max(total(row), 1))))
  return heatMap(
    shares,
    `Confusion matrix of ${classes.length} classes; the most frequent mistakes are in the table below`,
    (r, c) => `${classes[r]} called ${classes[c]}: ${matrix[r][c]} of ${total(matrix[r])}`,
  )
}

function mixedUp(classes: readonly string[], matrix: readonly (readonly number[])[]): Html {
  const worst = confusions(matrix).slice(0, 15)
  if (worst.length === 0) return html``
  return html`<h3>Most frequent mistakes</h3><div class="scroll"><table><thead><tr><th scope="col">Is</th><th scope="col">Was called</th><th scope="col" class="number">Times</th></tr></thead><tbody>${worst.map(
    ({ truth, predicted, count }) =>
      html`<tr><td>${classes[truth]}</td><td>${classes[predicted]}</td><td class="number">${count}</td></tr>`,
  )}</tbody></table></div>`
}

function scoreTable(classes: readonly string[], matrix: readonly (readonly number[])[], data: TrainedModel['data']): Html {
  const rows = classScores(matrix).toSorted((a, b) => a.recall - b.recall)
  return html`<details${rows.length <= 12 ? html` open` : html``}><summary>How well each class is found, worst first</summary><div class="scroll"><table><thead><tr><th scope="col">Class</th><th scope="col" class="number">Test ${exampleWord(data)}</th><th scope="col" class="number">Found (recall)</th><th scope="col" class="number">Right when said (precision)</th></tr></thead><tbody>${rows.map(
    ({ index, count, recall, precision }) =>
      html`<tr><th scope="row">${classes[index]}</th><td class="number">${whole(count)}</td><td class="number">${percent(recall, { fixed: true })}</td><td class="number">${percent(precision, { fixed: true })}</td></tr>`,
  )}</tbody></table></div></details>`
}

function valueCharts({ data }: TrainedModel, { points = [], count }: TestResult): Html {
  const target = data.target ?? 'target'
  const errors = points.map(([truth, predicted]) => predicted - truth)
  const bins = countBins(errors)
  const shown = points.length < count ? ` (${whole(points.length)} of ${whole(count)} shown)` : ''
  return html`<p>Each dot is one test ${exampleWord(data, 1)}${shown}. The nearer to the dashed line, the better: there, what was predicted is what is true.</p>
<div class="pair"><figure>${scatterChart({
    label: `Predicted against true ${target} of ${plural(points.length, 'test example')}`,
    x: `true ${target}`,
    y: `predicted ${target}`,
    diagonal: true,
    points: points.map(([x, y]) => ({ x, y, title: `true ${digits(x, 4)}, predicted ${digits(y, 4)}` })),
    wide: { width: 460, height: 400 },
    narrow: { width: 356, height: 320 },
  })}<figcaption>Predicted and true ${target}</figcaption></figure>
<figure>${histogram(bins, { label: `How often errors of each size occur`, x: 'error (predicted − true)' })}<figcaption>Errors: most should lie near 0, as many above as below</figcaption></figure></div>
<details><summary>The errors as a table</summary><div class="scroll"><table><thead><tr><th scope="col" class="number">From</th><th scope="col" class="number">To</th><th scope="col" class="number">How many</th></tr></thead><tbody>${bins.map(
    ({ from, to, count: n }) =>
      html`<tr><td class="number">${digits(from)}</td><td class="number">${digits(to)}</td><td class="number">${n}</td></tr>`,
  )}</tbody></table></div></details>`
}
