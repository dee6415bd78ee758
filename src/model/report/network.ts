import { networkDiagram } from '../charts/diagram.ts'
import type { TrainedModel } from '../artifact.ts'
import { type BlockGraph, networkBlocks } from './blocks.ts'
import { bytes, digits, plural, quantity } from './format.ts'
import { html, type Html } from './html.ts'
import { exampleWord } from './words.ts'

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
