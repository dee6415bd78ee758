import { lineChart } from '../charts/line-chart.ts'
import type { TrainedModel } from '../artifact.ts'
import type { ReportData } from '../report-data.ts'
import { digits, percent, plural } from './format.ts'
import { html, type Html } from './html.ts'
import { exampleWord, isShare, metricName } from './words.ts'

/** Metrics that a curve is drawn of: the first that is there. */
const curveMetrics = { classification: ['accuracy', 'balanced-accuracy'], regression: ['r2', 'rmse'] } as const

/** How it learnt: loss and a metric, epoch by epoch. */
export function curveSection({ model, trials }: ReportData): Html {
  const { curve, data } = model
  if (curve.length === 0) return html``
  const validated = curve.some(({ validLoss }) => Number.isFinite(validLoss))
  // The final training takes the validation part too; what there is to see of unseen examples is in the trial of the same network.
  const trial = validated
    ? undefined
    : trials.find(({ architecture, curve: own = [] }) => architecture === model.architecture && own.length > 1)
  const many = exampleWord(data)
  const words = validated
    ? `Learning goes well while both losses fall; when the loss on unseen ${many} begins to rise, the network only learns by heart.`
    : `At last it was trained on all ${many} but those of the test, so there is no curve on unseen ones${trial ? '; the one on the right is from its trial in the search' : ''}.`
  const single = curve.length === 1 ? html`<p class="small">There was one pass only.</p>` : html``
  const seen = metricChart(validated ? curve : (trial?.curve ?? []), data.task)
  const lossChart = lineChart({
    label: `Loss over ${plural(curve.length, 'epoch')}`,
    x: 'epoch',
    y: 'loss',
    series: [
      { name: 'training', points: curve.map(({ epoch, trainLoss }) => [epoch, trainLoss] as const) },
      { name: 'validation (not trained on)', points: curve.map(({ epoch, validLoss }) => [epoch, validLoss] as const) },
    ],
    wide: seen ? { width: 460, height: 300 } : { width: 680, height: 300 },
  })
  return html`<section id="learning"><h2>How it learnt</h2><p>One epoch is one pass over the training ${many}. ${words}</p>${single}
<div class="pair"><figure>${lossChart}<figcaption>Loss (smaller is better)</figcaption></figure>${seen}</div>
${curveTable(curve, validated)}</section>`
}

type Curve = TrainedModel['curve']

function metricChart(curve: Curve, task: TrainedModel['data']['task']): Html | undefined {
  const metric = curveMetrics[task].find((name) => curve.some(({ metrics }) => Number.isFinite(metrics[name])))
  if (metric === undefined) return undefined
  const name = metricName(metric)
  const points = curve.map(({ epoch, metrics }) => [epoch, metrics[metric]] as const)
  return html`<figure>${lineChart({
    label: `${name} on the validation part over ${plural(curve.length, 'epoch')}`,
    x: 'epoch',
    y: name,
    style: isShare(metric) ? 'percent' : 'plain',
    series: [{ name: `${name}, validation`, points }],
    wide: { width: 460, height: 300 },
  })}<figcaption>${name} (${metric === 'rmse' ? 'smaller' : 'larger'} is better)</figcaption></figure>`
}

function curveTable(curve: Curve, validated: boolean): Html {
  const names = [...new Set(curve.flatMap(({ metrics }) => Object.keys(metrics)))].filter((name) => name !== 'loss')
  const heads = ['Epoch', 'Training loss', ...(validated ? ['Validation loss'] : []), ...names.map(metricName)]
  const rows = curve.map(({ epoch, trainLoss, validLoss, metrics }) => [
    String(epoch),
    digits(trainLoss, 4),
    ...(validated ? [digits(validLoss, 4)] : []),
    ...names.map((name) => (isShare(name) ? percent(metrics[name], { fixed: true }) : digits(metrics[name], 4))),
  ])
  return html`<details><summary>The curve as a table</summary><div class="scroll" tabindex="0" role="group" aria-label="The curve as a table"><table><thead><tr>${heads.map(
    (head) => html`<th scope="col" class="number">${head}</th>`,
  )}</tr></thead><tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`)}</tbody></table></div></details>`
}
