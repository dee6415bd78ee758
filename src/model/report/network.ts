import { networkDiagram } from '../charts/diagram.ts'
import { lineChart } from '../charts/line-chart.ts'
import type { TrainedModel } from '../artifact.ts'
import { type BlockGraph, networkBlocks } from './blocks.ts'
import { bytes, digits, percent, plural, quantity } from './format.ts'
import { html, type Html } from './html.ts'
import { exampleWord, isShare, metricName } from './words.ts'

/** Boxes above which a drawing says nothing any more (and the layout takes long). */
const mostDrawn = 150

const explanations: Readonly<Record<TrainedModel['data']['kind'], string>> = {
  image:
    'Data flow from top to bottom. Each box is a step: convolutions look for patterns in small neighbourhoods, pooling makes the picture smaller, dense layers weigh everything up.',
  signal:
    'Data flow from top to bottom. Each box is a step: convolutions look for patterns in short stretches, pooling makes the signal shorter, dense layers weigh everything up.',
  table:
    'Data flow from top to bottom. Each box is a step: the embedding turns categories into numbers, dense layers weigh the numbers against each other.',
}

/** The winner: what it is made of. */
export function networkSection(model: TrainedModel): Html {
  const { network, data, metrics } = model
  const graph = networkBlocks(network)
  const layers = network.nodes.length
  const { parameters, flops, latencyMs } = metrics
  const facts: readonly (readonly [string, string])[] = [
    ['layers', String(layers)],
    ['parameters', quantity(parameters ?? Number.NaN)],
    ['size', bytes(4 * (parameters ?? 0))],
    ['operations for one ' + exampleWord(data, 1), quantity(flops ?? Number.NaN)],
    ['time for one ' + exampleWord(data, 1), latencyMs === undefined ? '–' : `${digits(latencyMs)} ms`],
  ]
  const label = `Diagram of the network: ${graph.blocks.length} blocks from the input to ${data.task === 'classification' ? `the scores of ${plural(network.outputs, 'class', 'classes')}` : 'the value'}; the table below lists them`
  const drawn =
    graph.blocks.length <= mostDrawn
      ? html`<div class="scroll figure" tabindex="0" role="group" aria-label="Diagram of the network">${networkDiagram(graph, label)}</div>`
      : html`<p>It has too many parts to draw; the table lists them.</p>`
  return html`<section id="network"><h2>The network</h2><p>${explanations[data.kind]}</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${drawn}
<p class="small">Architecture${model.space === undefined ? '' : ` (a point of the search space “${model.space}”)`}:</p><pre class="wrap"><code>${model.architecture}</code></pre>${blockTable(graph)}</section>`
}

function blockTable({ blocks }: BlockGraph): Html {
  return html`<details><summary>The blocks as a table</summary><div class="scroll"><table><thead><tr><th scope="col">Block</th><th scope="col">Place</th><th scope="col">Gives</th><th scope="col" class="number">Parameters</th><th scope="col" class="number">Operations</th></tr></thead><tbody>${blocks.map(
    ({ id, title, extras, shape, parameters, flops }) =>
      html`<tr><td>${[title, ...extras].join(', ')}</td><td><code>${id}</code></td><td>${shape.join('×')}</td><td class="number">${parameters === 0 ? '–' : quantity(parameters)}</td><td class="number">${flops === 0 ? '–' : quantity(flops)}</td></tr>`,
  )}</tbody></table></div></details>`
}

/** Metrics that a curve is drawn of, the first that is there. */
const curveMetrics = ['accuracy', 'balanced-accuracy', 'r2', 'rmse'] as const

/** How it learnt: loss and a metric, epoch by epoch. */
export function curveSection({ curve, data }: TrainedModel): Html {
  if (curve.length === 0) return html``
  const metric = curveMetrics.find((name) => curve.some(({ metrics }) => Number.isFinite(metrics[name])))
  const loss = (field: 'trainLoss' | 'validLoss') => curve.map((record) => [record.epoch, record[field]] as const)
  const value = (name: string) => curve.map(({ epoch, metrics }) => [epoch, metrics[name]] as const)
  const wide = { width: 460, height: 300 }
  const single = curve.length === 1 ? html`<p class="small">There was one pass only.</p>` : html``
  return html`<section id="learning"><h2>How it learnt</h2><p>One epoch is one pass over the training ${exampleWord(data)}. Learning goes well while both losses fall; when the loss on unseen ${exampleWord(data)} begins to rise, the network only learns by heart.</p>${single}
<div class="pair"><figure>${lineChart({
    label: `Loss over ${plural(curve.length, 'epoch')}`,
    x: 'epoch',
    y: 'loss',
    series: [
      { name: 'training', points: loss('trainLoss') },
      { name: 'validation (not trained on)', points: loss('validLoss') },
    ],
    wide,
  })}<figcaption>Loss (smaller is better)</figcaption></figure>${
    metric === undefined
      ? html``
      : html`<figure>${lineChart({ label: `${metricName(metric)} on the validation part over ${plural(curve.length, 'epoch')}`, x: 'epoch', y: metricName(metric), style: isShare(metric) ? 'percent' : 'plain', series: [{ name: `${metricName(metric)}, validation`, points: value(metric) }], wide })}<figcaption>${metricName(metric)} (${metric === 'rmse' ? 'smaller' : 'larger'} is better)</figcaption></figure>`
  }</div>
<details><summary>The curve as a table</summary><div class="scroll"><table><thead><tr><th scope="col" class="number">Epoch</th><th scope="col" class="number">Training loss</th><th scope="col" class="number">Validation loss</th>${metric === undefined ? html`` : html`<th scope="col" class="number">${metricName(metric)}</th>`}</tr></thead><tbody>${curve.map(
    ({ epoch, trainLoss, validLoss, metrics }) =>
      html`<tr><td class="number">${epoch}</td><td class="number">${digits(trainLoss, 4)}</td><td class="number">${digits(validLoss, 4)}</td>${metric === undefined ? html`` : html`<td class="number">${isShare(metric) ? percent(metrics[metric]) : digits(metrics[metric], 4)}</td>`}</tr>`,
  )}</tbody></table></div></details></section>`
}
