import { z } from 'zod'
import type { TrainedModel } from './artifact.ts'
import { type ModelInput, modelInputs } from './interface.ts'

const column = z.object({
  name: z.string(),
  kind: z.enum(['number', 'category', 'date']),
  values: z.array(z.string()).optional(),
  format: z.enum(['ymd', 'dmy', 'mdy']).optional(),
  parts: z.array(z.enum(['epoch', 'year', 'month', 'weekday', 'hour'])).optional(),
  indicator: z.boolean().optional(),
  decimalComma: z.boolean().optional(),
})

const input = z.object({
  name: z.string(),
  kind: z.enum(['pixels', 'signal', 'number', 'category', 'date']),
  shape: z.array(z.number().int().positive()),
  dtype: z.enum(['uint8', 'float32', 'int64', 'string']),
  column: column.optional(),
})

/** A text that is JSON of a schema. */
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'no JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)

const schema = z.object({
  nascent_version: z.string(),
  architecture: z.string(),
  task: z.enum(['classification', 'regression']),
  kind: z.enum(['image', 'table', 'signal']),
  dataset: z.string(),
  target: z.string().optional(),
  classes: json(z.array(z.string())),
  inputs: json(z.array(input)),
})

/** What `predict` reads of a model file. */
export type ModelMetadata = z.infer<typeof schema>

/** All that a model file says of itself, as ONNX's metadata_props: texts by key; what is not one word or sentence is JSON. */
export function writeMetadata(model: TrainedModel): Readonly<Record<string, string>> {
  const { data, metrics, test } = model
  const inputs = modelInputs(data)
  const finite = (numbers: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)))
  return {
    nascent_version: model.version,
    architecture: model.architecture,
    ...(model.space === undefined ? {} : { space: model.space }),
    task: data.task,
    kind: data.kind,
    dataset: data.name,
    ...(data.target === undefined ? {} : { target: data.target }),
    classes: JSON.stringify(data.classes),
    metrics: JSON.stringify({ validation: finite(metrics), ...(test ? { test: finite(test.metrics) } : {}) }),
    inputs: JSON.stringify(inputs),
    ...(data.kind === 'image' ? { preprocessing: JSON.stringify(preprocessing(data.input.shape)) } : {}),
    description: describeInterface(inputs, data.task),
  }
}

const preprocessing = ([channels, height, width]: readonly number[]) => ({
  channels,
  height,
  width,
  order: channels === 1 ? 'grey' : 'RGB',
  layout: 'NCHW',
  range: [0, 255],
})

/** Inputs and outputs in words, for people who open the file in a viewer. */
function describeInterface(inputs: readonly ModelInput[], task: 'classification' | 'regression'): string {
  const result =
    task === 'classification'
      ? 'Out come `probabilities` [N, classes] (float) and `label` [N] (string).'
      : 'Out comes `value` [N] (float), in the unit of the target.'
  const [first] = inputs
  if (first?.kind === 'pixels')
    return `\`pixels\` [N, ${first.shape.join(', ')}] (${first.dtype}) are raw pixels from 0 to 255, not normalised. ${result}`
  if (first?.kind === 'signal')
    return `\`signal\` [N, ${first.shape.join(', ')}] (${first.dtype}) are raw values, not normalised. ${result}`
  return (
    `Each raw column is an input of shape [N, 1]: numbers are float32 with NaN for missing; categories are strings, an empty or unknown one is missing; ` +
    `dates are int64 milliseconds since 1970-01-01 UTC with the smallest int64 for missing. ${result}`
  )
}

/** Reads metadata_props; undefined when they are not of a model that Nascent wrote. */
export function parseMetadata(properties: Readonly<Record<string, string>>): ModelMetadata | undefined {
  const result = schema.safeParse(properties)
  return result.success ? result.data : undefined
}
