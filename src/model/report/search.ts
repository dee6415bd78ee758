import { legend } from '../charts/frame.ts'
import { type Point, scatterChart } from '../charts/scatter-chart.ts'
import type { ReportData, ReportTrial } from '../report-data.ts'
import { digits, percent, plural, quantity } from './format.ts'
import { html, type Html } from './html.ts'
import { paretoFront } from './statistics.ts'
import { isShare, metricInSentence, metricName } from './words.ts'

/** Trials in the table. */
const mostRows = 10

type Objective = ReportData['run']['objectives'][number]

const valueOf = (trial: ReportTrial, { metric }: Objective): number => trial.metrics[metric] ?? Number.NaN
const better = (a: number, b: number, { direction }: Objective): boolean => (direction === 'maximize' ? a > b : a < b)
const show = (value: number, metric: string): string => (isShare(metric) ? percent(value, { fixed: true }) : digits(value, 4))

/** The search: every trial, the best so far, and accuracy against cost. */
export function searchSection({ run, trials, model }: ReportData): Html {
  const objective = run.objectives[0] ?? { metric: 'accuracy', direction: 'maximize' }
  const finished = trials
    .filter((trial) => trial.status === 'finished' && Number.isFinite(valueOf(trial, objective)))
    .toSorted((a, b) =>
      (a.finishedAt ?? '') < (b.finishedAt ?? '') ? -1 : (a.finishedAt ?? '') > (b.finishedAt ?? '') ? 1 : a.number - b.number,
    )
  if (finished.length === 0) return html``
  const chosen = finished.find(({ architecture }) => architecture === model.architecture)
  const short = `trained for a short while (${plural(run.fidelity.epochs, 'epoch')}${run.fidelity.share === undefined ? '' : `, ${percent(run.fidelity.share)} of the data`})`
  const judged = run.sharedWeights === undefined ? short : 'given its part of the shared weights'
  const final =
    run.finalWeights === 'shared'
      ? 'The finished model has the shared weights, too.'
      : `The finished model was trained ${run.sharedWeights === undefined ? 'longer' : 'by itself'}, so it is usually better than these figures.`
  const words = `Strategy “${run.strategy}” proposed networks of the space “${run.space}”; each was ${judged} and judged on ${metricInSentence(objective.metric)} on the validation part. ${final}`
  return html`<section id="search"><h2>The search</h2><p>${words}</p>
<figure>${overTime(finished, objective, chosen)}${legend([
    { name: 'trial', className: 'faint' },
    { name: 'best so far', className: 'stair' },
    { name: 'the network of this model', className: 'chosen' },
  ])}<figcaption>${metricName(objective.metric)} of each trial, in the order in which they finished</figcaption></figure>
${costs(finished, objective, chosen)}${trialTable(finished, objective, chosen)}</section>`
}

function overTime(finished: readonly ReportTrial[], objective: Objective, chosen: ReportTrial | undefined): Html {
  const { metric } = objective
  const stairs: (readonly [number, number])[] = []
  const points = finished.map((trial, i): Point => {
    const value = valueOf(trial, objective)
    const best = stairs[stairs.length - 1]
    if (best === undefined || better(value, best[1], objective)) stairs.push([i + 1, value])
    return { x: i + 1, y: value, role: trial === chosen ? 'chosen' : undefined, title: `trial ${trial.number}: ${show(value, metric)}` }
  })
  const best = stairs[stairs.length - 1][1]
  return scatterChart({
    label: `${metricName(metric)} of ${plural(finished.length, 'trial')} in the order in which they finished; the best has ${show(best, metric)}`,
    x: 'trials finished',
    y: metricName(metric),
    yStyle: isShare(metric) ? 'percent' : 'plain',
    points,
    stairs,
    wide: { width: 940, height: 300 },
  })
}

const costMetrics = ['parameters', 'flops', 'latencyMs'] as const

/** Small charts side by side, one for each cost, with the trials that no other beats in both. */
function costs(finished: readonly ReportTrial[], objective: Objective, chosen: ReportTrial | undefined): Html {
  const shown = costMetrics.filter(
    (cost) => cost !== objective.metric && new Set(finished.map(({ metrics }) => metrics[cost]).filter((value) => value > 0)).size > 1,
  )
  if (shown.length === 0) return html``
  const sign = objective.direction === 'maximize' ? 1 : -1
  const chart = (cost: (typeof costMetrics)[number]): Html => {
    const front = new Set(
      paretoFront(
        finished,
        ({ metrics }) => metrics[cost] ?? Number.NaN,
        (trial) => sign * valueOf(trial, objective),
      ),
    )
    const points = finished.map((trial): Point => {
      const y = valueOf(trial, objective)
      const x = trial.metrics[cost] ?? Number.NaN
      return {
        x,
        y,
        role: trial === chosen ? 'chosen' : front.has(trial) ? 'strong' : undefined,
        title: `trial ${trial.number}: ${show(y, objective.metric)}, ${quantity(x)} ${metricName(cost)}`,
      }
    })
    const stairs = [...front].map((trial) => [trial.metrics[cost], valueOf(trial, objective)] as const)
    const name = cost === 'latencyMs' ? 'Latency in ms' : metricName(cost)
    return html`<figure>${scatterChart({
      label: `${metricName(objective.metric)} against ${name} of ${plural(finished.length, 'trial')}; ${plural(front.size, 'trial')} on the Pareto front`,
      x: name,
      y: metricName(objective.metric),
      yStyle: isShare(objective.metric) ? 'percent' : 'plain',
      xStyle: cost === 'latencyMs' ? 'plain' : 'quantity',
      log: true,
      points,
      stairs,
      wide: { width: 356, height: 260 },
    })}</figure>`
  }
  return html`<h3>Quality has a price</h3><p>The same trials against what they cost. The line joins those that no other trial beats in both ways (the Pareto front): a cheaper network is had only with ${sign > 0 ? 'less' : 'more'} ${metricInSentence(objective.metric)}.</p><div class="triple">${shown.map(chart)}</div>${legend(
    [
      { name: 'trial', className: 'faint' },
      { name: 'Pareto front', className: 'strong' },
      { name: 'the network of this model', className: 'chosen' },
    ],
  )}`
}

function trialTable(finished: readonly ReportTrial[], objective: Objective, chosen: ReportTrial | undefined): Html {
  const top = finished
    .toSorted((a, b) =>
      better(valueOf(a, objective), valueOf(b, objective), objective)
        ? -1
        : valueOf(a, objective) === valueOf(b, objective)
          ? a.number - b.number
          : 1,
    )
    .slice(0, mostRows)
  const { metric } = objective
  return html`<h3>The best trials</h3><div class="scroll" tabindex="0" role="group" aria-label="The best trials"><table><thead><tr><th scope="col" class="number">Trial</th><th scope="col" class="number">${metricName(metric)}</th><th scope="col" class="number">Parameters</th><th scope="col" class="number">FLOPs</th><th scope="col" class="number">Latency</th><th scope="col" class="number">Epochs</th><th scope="col">Made by</th></tr></thead><tbody>${top.map(
    (trial) =>
      html`<tr class="figures${trial === chosen ? ' chosen' : ''}"><td class="number">${trial.number}</td><td class="number">${show(valueOf(trial, objective), metric)}</td><td class="number">${quantity(trial.metrics.parameters ?? Number.NaN)}</td><td class="number">${quantity(trial.metrics.flops ?? Number.NaN)}</td><td class="number">${trial.metrics.latencyMs === undefined ? '–' : `${digits(trial.metrics.latencyMs)} ms`}</td><td class="number">${trial.epochs}</td><td>${trial.origin ?? '–'}</td></tr><tr class="architecture${trial === chosen ? ' chosen' : ''}"><td colspan="7"><code>${trial.architecture}</code></td></tr>`,
  )}</tbody></table></div>`
}
