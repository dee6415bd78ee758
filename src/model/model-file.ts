import { readFile } from 'node:fs/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { UserError } from '../errors.ts'
import type { Runtime, Session } from '../tensor/index.ts'
import { ModelProtoSchema } from '../tensor/onnx/onnx_pb.ts'
import { explained } from './files.ts'
import { type ModelMetadata, parseMetadata } from './metadata.ts'

/** An exported model, ready to run. */
export interface OpenModel {
  readonly path: string
  readonly metadata: ModelMetadata
  readonly session: Session
}

/**
 * Opens a model file that `exportModel` wrote.
 * @throws UserError when there is none, it is damaged, or of another program
 */
export async function openModel(path: string, runtime: Runtime, threads = 1): Promise<OpenModel> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw explained(error, path)
  })
  const metadata = readMetadata(bytes, path)
  try {
    return { path, metadata, session: await runtime.createSession(bytes, { threads }) }
  } catch (error) {
    throw damaged(path, error)
  }
}

/** Reads what a model file says of itself, without making it ready to run. */
export async function inspectModel(path: string): Promise<ModelMetadata> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw explained(error, path)
  })
  return readMetadata(bytes, path)
}

function readMetadata(bytes: Uint8Array, path: string): ModelMetadata {
  const properties = modelProperties(bytes, path)
  const metadata = parseMetadata(properties)
  if (metadata) return metadata
  if ('nascent_version' in properties) throw damaged(path)
  throw new UserError(
    `${path} is an ONNX model, but not one that Nascent exported, so it does not say what it takes: run it with an ONNX runtime instead.`,
  )
}

function modelProperties(bytes: Uint8Array, path: string): Readonly<Record<string, string>> {
  try {
    const { metadataProps, graph } = fromBinary(ModelProtoSchema, bytes)
    if (!graph || graph.output.length === 0) throw new Error('there is no graph')
    return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]))
  } catch (error) {
    throw damaged(path, error)
  }
}

/** For a file whose bytes are not a whole model. */
export const damaged = (path: string, cause?: unknown): UserError =>
  new UserError(`${path} is damaged or not an ONNX model: export it again ("nascent export <run>"), or put back a copy.`, { cause })
