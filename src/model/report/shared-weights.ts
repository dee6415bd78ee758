import { lineChart } from '../charts/line-chart.ts'
import { strips, type StripGroup } from '../charts/strips.ts'
import type { ReportData, SharedWeightsEpoch } from '../report-data.ts'
import { plural } from './format.ts'
import { html, type Html } from './html.ts'

/** What methods keep an eye on, and how it is said. Those of one chart share an axis. */
const watched: readonly { readonly title: string; readonly metrics: Readonly<Record<string, string>>; readonly meaning: string }[] = [
  {
    title: 'Reward',
    metrics: { reward: 'reward of the networks drawn', baseline: 'baseline' },
    meaning: 'What the controller is paid for the networks that it draws; networks above the baseline become likelier.',
  },
  {
    title: 'Entropy',
    metrics: { entropy: 'entropy' },
    meaning: 'How undecided the search is: 1 as at the beginning, 0 when all is decided.',
  },
  {
    title: 'Skip connections',
    metrics: { skips: 'choices that lean to the skip connection' },
    meaning: 'Differentiable search can collapse to skip connections, which are learnt fastest and do nothing.',
  },
  {
    title: 'Ends of the space',
    metrics: { largest: 'loss of the largest network', smallest: 'loss of the smallest network' },
    meaning: 'The smallest network learns from the largest one; both should fall.',
  },
]

/** Choices that are drawn; the rest would make the page long. */
const mostChoices = 24

/** How the shared weights were trained, and what was learnt about the choices meanwhile. */
export function sharedWeightsSection({ run }: ReportData): Html {
  const { sharedWeights: epochs = [] } = run
  if (epochs.length === 0) return html``
  const last = epochs[epochs.length - 1]
  const charts = watched.flatMap((one) => watchedChart(epochs, one))
  const warning = epochs.findLast((record) => record.warning !== undefined)
  return html`<section id="shared"><h2>The shared weights</h2><p>“${run.strategy}” trained one set of weights for all networks of the space at once, ${plural(last.step, 'step')} long. A network is then judged with the part of them that belongs to it.</p>
${warning === undefined ? html`` : html`<p class="small">Noticed in record ${warning.epoch}: ${warning.warning}.</p>`}
<div class="pair"><figure>${lineChart({
    label: `Loss of the shared weights over ${plural(last.step, 'step')}`,
    x: 'step',
    y: 'loss',
    series: [{ name: 'training', points: epochs.map(({ step, trainLoss }) => [step, trainLoss] as const) }],
    wide: { width: 460, height: 300 },
  })}<figcaption>Loss of the networks that were trained (smaller is better)</figcaption></figure>${charts}</div>
${choices(epochs)}</section>`
}

function watchedChart(epochs: readonly SharedWeightsEpoch[], { title, metrics, meaning }: (typeof watched)[number]): Html[] {
  const series = Object.entries(metrics)
    .map(([metric, name]) => ({
      name,
      points: epochs.flatMap((record) => (metric in record.metrics ? [[record.step, record.metrics[metric]] as const] : [])),
    }))
    // A count that stays at nothing is no picture.
    .filter(({ points }) => points.some(([, value]) => value !== 0))
  if (series.length === 0) return []
  return [
    html`<figure>${lineChart({ label: `${title} over the training`, x: 'step', y: title.toLowerCase(), series, wide: { width: 460, height: 300 } })}<figcaption>${meaning}</figcaption></figure>`,
  ]
}

/** What the alphas said, record by record. */
function choices(epochs: readonly SharedWeightsEpoch[]): Html {
  const known = epochs.flatMap(({ step, alphas }) => (alphas === undefined ? [] : [{ step, alphas }]))
  if (known.length === 0) return html``
  const paths = Object.keys(known[0].alphas)
  const groups = paths.slice(0, mostChoices).map(
    (path): StripGroup => ({
      name: path,
      rows: Object.keys(known[0].alphas[path]).map((value) => ({
        name: value,
        shares: known.map(({ alphas }) => alphas[path]?.[value] ?? 0),
      })),
    }),
  )
  const times = known.map(({ step }) => `step ${step}`)
  const middle = Math.ceil(groups.length / 2)
  const halves = groups.length > 1 ? [groups.slice(0, middle), groups.slice(middle)] : [groups]
  const left = paths.length - groups.length
  return html`<h3>How the choices were made</h3><p>Each strip is an alternative of a choice, from the first record on the left to the last on the right: the darker, the likelier.${left > 0 ? ` ${plural(left, 'further choice')} ${left === 1 ? 'is' : 'are'} not drawn.` : ''}</p><div class="pair">${halves.map(
    (half, i) =>
      html`<figure>${strips(half, times, `Probabilities of the alternatives over the training, part ${i + 1} of ${halves.length}`)}</figure>`,
  )}</div>`
}
