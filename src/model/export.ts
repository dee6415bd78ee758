import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { lowerDynamic, encodeModel, type Runtime } from '../tensor/index.ts'
import { TensorProto_DataType } from '../tensor/onnx/onnx_pb.ts'
import type { ModelProto } from '../tensor/onnx/onnx_pb.ts'
import { createNodeRuntime } from '../tensor/node/index.ts'
import type { TrainedModel } from './artifact.ts'
import { codesInput, coreGraph, indexOutput } from './core-graph.ts'
import { explained, writeFileAtomic } from './files.ts'
import { foldBatchNorm } from './fold.ts'
import { type ModelInput, modelInputs, outputNames } from './interface.ts'
import { writeMetadata } from './metadata.ts'
import { encodeTexts, nameClasses, orderInputs } from './text-graph.ts'
import { verifyModel } from './verify.ts'

export interface ExportOptions {
  /** Runs the check; by default ONNX Runtime on this machine. */
  readonly runtime?: Runtime
  readonly threads?: number
}

/** Name of the batch dimension. */
const dimension = 'N'

/** A trained model as an ONNX model of standard operators: raw pixels or raw columns in; probabilities and names, or values, out. */
export function onnxModel(model: TrainedModel): ModelProto {
  const { network, weights } = foldBatchNorm(model.network, model.weights)
  const inputs = modelInputs(model.data)
  const build = (batch: number) => coreGraph(network, weights, model.data, batch)
  const onnx = lowerDynamic(build, { target: 'standard', metadata: writeMetadata(model), dimension })
  if (model.data.task === 'classification') nameClasses(onnx, indexOutput, outputNames.label, model.data.classes, dimension)
  for (const input of inputs) {
    if (input.kind === 'category') encodeTexts(onnx, codesInput(input), input.name, input.column?.values ?? [], dimension)
  }
  orderInputs(
    onnx,
    inputs.map(({ name, dtype, shape }) => ({ name, shape, type: onnxTypes[dtype] })),
    dimension,
  )
  return onnx
}

const onnxTypes: Readonly<Record<ModelInput['dtype'], TensorProto_DataType>> = {
  uint8: TensorProto_DataType.UINT8,
  float32: TensorProto_DataType.FLOAT,
  int64: TensorProto_DataType.INT64,
  string: TensorProto_DataType.STRING,
}

/**
 * Writes a model as one ONNX file, reads it back, runs it on the model's real examples and compares with the network. A file that is there
 * already is replaced only by one that was written whole and agrees.
 * @throws UserError when the file cannot be written; Error when the file does not do what the network does
 */
export async function exportModel(model: TrainedModel, path: string, { runtime, threads }: ExportOptions = {}): Promise<void> {
  const bytes = encodeModel(onnxModel(model))
  const engine = runtime ?? (await createNodeRuntime())
  await writeFileAtomic(path, bytes, async (written) => {
    const read = await readFile(written).catch((error: unknown) => {
      throw explained(error, path)
    })
    if (!read.equals(bytes))
      throw new UserError(`${path} reads back other bytes than were written: look at the disk, or choose another place with --out.`)
    await verifyModel(model, read, engine, threads)
  })
}
