import type { TestResult } from '../artifact.ts'
import type { ReportData } from '../report-data.ts'
import { bytes, digits, duration, percent, plural, quantity, whole } from './format.ts'
import { html, type Html } from './html.ts'
import { classScores, confusions, quantile, wilsonInterval } from './statistics.ts'
import { exampleWord, isShare, metricName, metricWords } from './words.ts'

/** What a reader who knows nothing of machine learning should take home. */
export function summarySection(data: ReportData): Html {
  const { model } = data
  const test = model.test
  const lead =
    test === undefined
      ? html`<p class="lead">The model has not been tested yet.</p>`
      : model.data.task === 'classification'
        ? rightAnswers(data, test)
        : sizeOfErrors(data, test)
  return html`<section id="summary"><h2>In short</h2>${lead}<ul class="points">${[...howMade(data)].map((text) => html`<li>${text}</li>`)}</ul>${metricsTable(test)}${notes(model.data.notes)}</section>`
}

/** 93 of 100; near the ends of a larger number, so that it is never "100 of 100" when something was wrong. */
export function outOf(share: number, count: number): { readonly hits: number; readonly of: number } {
  for (const of of [100, 1000, 10_000]) {
    const hits = Math.round(share * of)
    const honest = hits > 0 && hits < of && (of > 100 || share <= 0.985)
    if (of < count && honest) return { hits, of }
  }
  return { hits: Math.round(share * count), of: count }
}

function rightAnswers({ model }: ReportData, test: TestResult): Html {
  const { accuracy } = test.metrics
  const many = exampleWord(model.data)
  const { hits, of } = outOf(accuracy, test.count)
  const [low, high] = wilsonInterval(Math.round(accuracy * test.count), test.count)
  const scores = classScores(test.confusion ?? [])
  const guess = Math.max(...scores.map(({ count }) => count), 0) / Math.max(test.count, 1)
  const known = scores.filter(({ count }) => count > 0).toSorted((a, b) => b.recall - a.recall)
  const [best, worst] = [known[0], known[known.length - 1]]
  const mixed = confusions(test.confusion ?? [])[0]
  const { classes } = model.data
  return html`<p class="lead">It is right in <strong>${whole(hits)} of ${whole(of)}</strong> ${many} it never saw.</p>
<p>This was measured once, on ${plural(test.count, exampleWord(model.data, 1), many)} that were kept apart from all of the search and training. With so many, the true share of right answers lies between ${percent(low)} and ${percent(high)} (95 % confidence). Always answering with the most frequent class would be right in ${percent(guess)}.</p>
${best && worst && best !== worst && best.recall > worst.recall ? html`<p>It finds <b>${classes[best.index]}</b> best (${percent(best.recall)} of them) and <b>${classes[worst.index]}</b> worst (${percent(worst.recall)}).${mixed ? html` Its most frequent mistake is to take <b>${classes[mixed.truth]}</b> for <b>${classes[mixed.predicted]}</b> (${plural(mixed.count, 'time')}).` : html``}</p>` : html``}`
}

function sizeOfErrors({ model }: ReportData, test: TestResult): Html {
  const { mae, rmse, r2 } = test.metrics
  const errors = (test.points ?? []).map(([truth, predicted]) => Math.abs(predicted - truth))
  const many = exampleWord(model.data)
  const mean = r2 < 1 ? rmse / Math.sqrt(1 - r2) : undefined
  const target = model.data.target ?? 'the target'
  return html`<p class="lead">Its predictions of <b>${target}</b> are off by <strong>${digits(mae)}</strong> on average, for ${many} it never saw.</p>
<p>This was measured once, on ${plural(test.count, exampleWord(model.data, 1), many)} that were kept apart from all of the search and training. Half of the predictions are off by less than ${digits(quantile(errors, 0.5))}, nine in ten by less than ${digits(quantile(errors, 0.9))}. ${
    r2 > 0
      ? `It explains ${percent(r2)} of the differences between ${many} (R²).`
      : `It is no better than always saying the mean (R² is ${digits(r2)}).`
  }${mean === undefined ? '' : ` The typical error (RMSE) is ${digits(rmse)}; always saying the mean would have ${digits(mean)}.`}</p>`
}

function* howMade({ model, run, trials }: ReportData): Generator<Html> {
  const finished = trials.filter(({ status }) => status === 'finished').length
  const stopped = trials.filter(({ status }) => status === 'stopped').length
  const failed = trials.filter(({ status }) => status === 'failed').length
  const { counts, classes, task } = model.data
  const word = exampleWord(model.data)
  const rest = [stopped > 0 && `${whole(stopped)} stopped early`, failed > 0 && `${whole(failed)} failed`].filter((text) => text !== false)
  if (trials.length > 0) {
    yield html`The computer tried ${plural(finished, 'network')} of its own design${rest.length > 0 ? ` (${rest.join(', ')})` : ''}${run.seconds === undefined ? '' : ` in ${duration(run.seconds)}`} and trained the best one further.`
  }
  yield html`It learnt from ${whole(counts.train + counts.valid)} ${word}${task === 'classification' ? ` of ${plural(classes.length, 'class', 'classes')}` : ''} of “${model.data.name}”.`
  const { parameters, latencyMs } = model.metrics
  if (parameters !== undefined) {
    yield html`The model has ${quantity(parameters)} parameters (about ${bytes(parameters * 4)})${latencyMs === undefined ? '' : ` and takes ${digits(latencyMs)} ms for one ${exampleWord(model.data, 1)} on one core of the machine it was made on`}.`
  }
}

function metricsTable(test: TestResult | undefined): Html {
  if (test === undefined) return html``
  const rows = Object.entries(test.metrics).filter(([, value]) => Number.isFinite(value))
  return html`<details><summary>All test figures, explained</summary><div class="scroll"><table><thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.map(
    ([name, value]) =>
      html`<tr><th scope="row">${metricName(name)}</th><td class="number">${isShare(name) ? percent(value) : digits(value, 4)}</td><td>${metricWords[name]?.meaning ?? ''}</td></tr>`,
  )}</tbody></table></div></details>`
}

const notes = (texts: readonly string[]): Html =>
  texts.length === 0
    ? html``
    : html`<details open><summary>What was noticed in the data</summary><ul>${texts.map((text) => html`<li>${text}</li>`)}</ul></details>`
