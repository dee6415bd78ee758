import { lineChart } from '../model/charts/line-chart.ts'
import { html, type Html } from '../model/report/html.ts'
import { page } from '../model/report/page.ts'
import type { RegretPoint } from './compare.ts'
import { comparisonRows, type TabularResult } from './words.ts'

/** A comparison as one HTML page: the table, and the curves of regret with their confidence bands. */
export function comparisonHtml(result: TabularResult, version: string): string {
  const { table, budget, repeats } = result
  return page({
    title: `${table} – strategies compared by Nascent`,
    brand: 'Nascent bench tabular',
    heading: table,
    subtitle: `${Object.keys(result.strategies).length} search strategies, ${repeats} searches of ${budget} trials each.`,
    sections: [
      { id: 'found', name: 'What they find', content: found(result) },
      { id: 'regret', name: 'On the way', content: regret(result) },
    ],
    footer: `Made by Nascent ${version}; seed ${result.seed}.`,
  })
}

function found(result: TabularResult): Html {
  const { summary, head, rows, notes } = comparisonRows(result)
  const cells = (row: readonly string[]): Html =>
    html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="number">${cell}</td>`))}</tr>`
  return html`<section id="found"><h2>What they find</h2><p>${summary}.</p>
<div class="scroll" tabindex="0" role="group" aria-label="What the strategies find"><table><thead><tr>${head.map((name, i) => html`<th scope="col"${i === 0 ? html`` : html` class="number"`}>${name}</th>`)}</tr></thead><tbody>${rows.map(cells)}</tbody></table></div>
${notes.map((note) => html`<p class="small">${note}</p>`)}</section>`
}

function regret({ strategies, truth, signal, optimum }: TabularResult): Html {
  const all = Object.entries(strategies).toSorted(([, a], [, b]) => a.rank - b.rank)
  const positive = all.flatMap(([, { regret: points }]) => points.map(({ mean }) => mean)).filter((mean) => mean > 0)
  // A logarithm has no place for a regret of 0: it is drawn half as high as the least that is more.
  const floor = Math.min(...positive) / 2
  const above = (value: number): number => Math.max(value, floor)
  const chart = lineChart({
    label: `Regret of ${all.length} strategies over their trials, on a logarithmic scale; at the end ${all.map(([name, { regret: points }]) => `${name} ${points[points.length - 1].mean.toPrecision(3)}`).join(', ')}`,
    x: 'trials',
    y: `regret of ${truth}`,
    log: true,
    series: all.map(([name, { regret: points }]) => ({
      name,
      points: thinned(points).map(({ trials, mean }) => [trials, above(mean)] as const),
      band: thinned(points).map(({ trials, low, high }) => [trials, above(low), above(high)] as const),
    })),
    wide: { width: 940, height: 420 },
  })
  return html`<section id="regret"><h2>On the way</h2><p>How far the best trial by ${signal} is from the best of the table (${optimum.truth}), after each trial; the lower, the better. Bands: 95 % confidence intervals of the means.</p>
<figure>${positive.length > 0 ? chart : html`<p>Every strategy finds the best at once.</p>`}</figure></section>`
}

/** Points enough for a curve of a page's width. */
function thinned(points: readonly RegretPoint[]): readonly RegretPoint[] {
  const step = Math.max(1, Math.ceil(points.length / 160))
  return points.filter((_, i) => (points.length - 1 - i) % step === 0)
}
