import type { DataSummary } from '../artifact.ts'
import { type ModelInput, modelInputs } from '../interface.ts'
import type { ReportData } from '../report-data.ts'
import { html, type Html } from './html.ts'

export interface Snippet {
  readonly title: string
  readonly code: string
}

/** How to use the model: a few lines for each place. */
export function usageSection({ model }: ReportData): Html {
  const what =
    model.data.kind === 'table'
      ? 'It takes the raw columns, each as an input of its own, and copes with missing values and unknown categories.'
      : model.data.kind === 'image'
        ? `It takes raw pixels (0 to 255), brought to ${model.data.input.shape[2]}×${model.data.input.shape[1]} ${model.data.input.shape[0] === 1 ? 'grey' : 'colour'}; nothing else need be done to them.`
        : 'It takes raw values; nothing need be done to them.'
  return html`<section id="use"><h2>How to use it</h2><p>The model is one file, <code>model.onnx</code>, that any ONNX runtime takes: in Node.js, Python, C#, Java, Swift, in the browser and on phones. ${what}</p>${usageSnippets(
    model.data,
  ).map(
    ({ title, code }, i) =>
      html`<details${i === 0 ? html` open` : html``}><summary>${title}</summary><pre tabindex="0"><code>${code}</code></pre></details>`,
  )}</section>`
}

/** The snippets as text. */
export function usageSnippets(data: DataSummary): readonly Snippet[] {
  const inputs = modelInputs(data)
  const file = { image: 'picture.png', table: 'rows.csv', signal: 'signals.npy' }[data.kind]
  return [
    { title: 'Command line', code: `nascent predict model.onnx ${file} > predictions.csv` },
    { title: 'Node.js', code: nodeCode(data, inputs) },
    { title: 'Python', code: pythonCode(data, inputs) },
    { title: 'Browser', code: browserCode(data, inputs) },
  ]
}

const quoted = (text: string): string => JSON.stringify(text)

/** A value that each kind of column may have, as JavaScript or Python writes it. */
function sample({ kind, column }: ModelInput, language: 'js' | 'python'): string {
  if (kind === 'category') return quoted(column?.values?.[0] ?? '')
  if (kind === 'date')
    return language === 'js' ? `BigInt(Date.parse('2024-05-17'))` : 'int(datetime(2024, 5, 17, tzinfo=timezone.utc).timestamp() * 1000)'
  return language === 'js' ? '1.5' : '1.5'
}

const typeNames = { uint8: 'uint8', float32: 'float32', int64: 'int64', string: 'string' } as const
const results = (data: DataSummary): string => (data.task === 'classification' ? 'label, probabilities' : 'value')
const printed = (data: DataSummary): string => (data.task === 'classification' ? 'label.data[0], probabilities.data' : 'value.data[0]')

function tableFeeds(inputs: readonly ModelInput[]): string {
  return inputs
    .map((input) => `  ${quoted(input.name)}: new ort.Tensor('${typeNames[input.dtype]}', [${sample(input, 'js')}], [1, 1]),`)
    .join('\n')
}

const unknownValues = '// Missing values: NaN for numbers, "" for categories; dates are milliseconds since 1970, -(2n ** 63n) when missing.'

function nodeCode(data: DataSummary, inputs: readonly ModelInput[]): string {
  const open = `const model = await ort.InferenceSession.create('model.onnx')`
  const run = `const { ${results(data)} } = await model.run(`
  const print = `console.log(${printed(data)})`
  if (data.kind === 'table')
    return `import * as ort from 'onnxruntime-node'\n\n${open}\n${unknownValues}\n${run}{\n${tableFeeds(inputs)}\n})\n${print}`
  const [{ name, shape, dtype }] = inputs
  const [channels, height, width] = shape
  if (data.kind === 'signal') {
    return `import * as ort from 'onnxruntime-node'\n\n${open}\nconst values = new Float32Array(${shape.join(' * ')}) // channel after channel\n${run}{ ${name}: new ort.Tensor('${dtype}', values, [1, ${shape.join(', ')}]) })\n${print}`
  }
  return `import * as ort from 'onnxruntime-node'
import sharp from 'sharp'

${open}
const rgb = await sharp('picture.png').autoOrient().flatten({ background: '#fff' })
  .resize({ width: ${width}, height: ${height}, fit: 'fill' })${channels === 1 ? '.greyscale()' : ".toColourspace('srgb')"}.raw().toBuffer()
// From pixel after pixel to channel after channel.
const pixels = Uint8Array.from({ length: ${channels * height * width} }, (_, i) => rgb[(i % ${height * width}) * ${channels} + Math.floor(i / ${height * width})])
${run}{ ${name}: new ort.Tensor('${dtype}', pixels, [1, ${shape.join(', ')}]) })
${print}`
}

function pythonCode(data: DataSummary, inputs: readonly ModelInput[]): string {
  const head = `import numpy as np\nimport onnxruntime`
  const open = `model = onnxruntime.InferenceSession("model.onnx")`
  const result = data.task === 'classification' ? 'probabilities, label' : '[value]'
  const print = data.task === 'classification' ? 'print(label[0], probabilities[0])' : 'print(value[0])'
  const outputs = data.task === 'classification' ? '["probabilities", "label"]' : '["value"]'
  if (data.kind === 'table') {
    const dtype = { float32: 'np.float32', int64: 'np.int64', string: 'object', uint8: 'np.uint8' } as const
    const feeds = inputs
      .map((input) => `    ${quoted(input.name)}: np.array([[${sample(input, 'python')}]], dtype=${dtype[input.dtype]}),`)
      .join('\n')
    const dates = inputs.some(({ kind }) => kind === 'date') ? `from datetime import datetime, timezone\n` : ''
    return `${dates}${head}\n\n${open}\n# Missing values: nan for numbers, "" for categories; dates are milliseconds since 1970, -2**63 when missing.\n${result} = model.run(${outputs}, {\n${feeds}\n})\n${print}`
  }
  const [{ name, shape }] = inputs
  const [channels, height, width] = shape
  if (data.kind === 'signal')
    return `${head}\n\n${open}\nvalues = np.zeros((1, ${shape.join(', ')}), np.float32)\n${result} = model.run(${outputs}, {"${name}": values})\n${print}`
  const array = channels === 1 ? 'np.asarray(picture, np.uint8)[None, None]' : 'np.asarray(picture, np.uint8).transpose(2, 0, 1)[None]'
  return `${head}\nfrom PIL import Image\n\n${open}\npicture = Image.open("picture.png").convert("${channels === 1 ? 'L' : 'RGB'}").resize((${width}, ${height}))\n${result} = model.run(${outputs}, {"${name}": ${array}})\n${print}`
}

function browserCode(data: DataSummary, inputs: readonly ModelInput[]): string {
  const head = `import * as ort from 'onnxruntime-web'\n\nconst model = await ort.InferenceSession.create('model.onnx')`
  const run = `const { ${results(data)} } = await model.run(`
  const print = `console.log(${printed(data)})`
  if (data.kind === 'table') return `${head}\n${unknownValues}\n${run}{\n${tableFeeds(inputs)}\n})\n${print}`
  const [{ name, shape, dtype }] = inputs
  const [channels, height, width] = shape
  if (data.kind === 'signal')
    return `${head}\nconst values = new Float32Array(${shape.join(' * ')}) // channel after channel\n${run}{ ${name}: new ort.Tensor('${dtype}', values, [1, ${shape.join(', ')}]) })\n${print}`
  const pixel =
    channels === 1
      ? 'Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2])'
      : `data[4 * (i % ${height * width}) + Math.floor(i / ${height * width})]`
  return `${head}
const canvas = new OffscreenCanvas(${width}, ${height}).getContext('2d')
canvas.drawImage(document.querySelector('img'), 0, 0, ${width}, ${height})
const { data } = canvas.getImageData(0, 0, ${width}, ${height}) // RGBA
const pixels = Uint8Array.from({ length: ${channels * height * width} }, (_, i) => ${pixel})
${run}{ ${name}: new ort.Tensor('${dtype}', pixels, [1, ${shape.join(', ')}]) })
${print}`
}
