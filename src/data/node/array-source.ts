import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { UserError } from '../../errors.ts'
import { type ArrayPair, byteScale, inputBytes, inputLayout, learnArrayTargets, pairArrays } from '../arrays.ts'
import type { DataSource, DecodeResult, RecordSink } from '../decoded.ts'
import { type NumberArray, parseIdx } from '../idx.ts'
import { type NpyArray, parseNpy } from '../npy.ts'
import { fileFingerprint } from './built-in.ts'
import { zipFiles } from './files.ts'

export const arrayEnding = /(\.npy|\.idx|[-.]idx\d-ubyte)(\.gz)?$/i
const unpackLimit = 2 ** 31 - 1

/** Arrays in files (NPY, IDX, each may be `.gz`) as a data set; `files` are all that may belong to it. */
export function arrayFilesSource(name: string, path: string, files: readonly string[]): DataSource {
  const pairs = pairsOf(path, files)
  const used = pairs.flatMap(({ inputs, targets }) => [inputs, targets])
  return {
    name,
    fingerprint: fileFingerprint(used),
    key: { arrays: used.map((file) => resolve(file)) },
    slow: true,
    decode: async (sink) => decodePairs(path, pairs, (file) => parseFile(file, readFileSync(file)), sink),
  }
}

/** The arrays of an NPZ archive as a data set. */
export function npzSource(name: string, path: string): DataSource {
  const archive = zipFiles(path)
  const pairs = pairsOf(path, archive.paths)
  return {
    name,
    fingerprint: archive.fingerprint,
    key: { npz: resolve(path) },
    slow: true,
    async decode(sink) {
      const wanted = pairs.flatMap(({ inputs, targets }) => [inputs, targets])
      const contents = await archive.read(wanted)
      const read = (entry: string): NpyArray => {
        const content = contents[wanted.indexOf(entry)]
        if (!(content instanceof Uint8Array)) throw new UserError(`${path}: ${entry} cannot be read.`)
        return parseFile(`${path}: ${entry}`, content, entry)
      }
      return decodePairs(path, pairs, read, sink)
    },
  }
}

/** The file that holds the other half of a pair, beside a given one. */
export function arraySiblings(path: string, names: readonly string[]): string[] {
  return names.filter((name) => arrayEnding.test(name)).map((name) => join(dirname(path), name))
}

function pairsOf(path: string, names: readonly string[]): ArrayPair[] {
  const pairs = pairArrays(names)
  if (pairs.length > 0) return pairs
  throw new UserError(
    `${path} has no inputs and targets that belong together: name them X and y, or images and labels (with train, valid or test for parts); it has ${names.slice(0, 10).join(', ') || 'none'}.`,
  )
}

function parseFile(where: string, content: Uint8Array, name = where): NpyArray {
  try {
    const bytes = /\.gz$/i.test(name) ? gunzipSync(content, { maxOutputLength: unpackLimit }) : content
    return /\.npy(\.gz)?$/i.test(name) ? parseNpy(bytes) : parseIdx(bytes)
  } catch (error) {
    throw new UserError(`${where} cannot be read: ${(error as Error).message}.`)
  }
}

function decodePairs(path: string, pairs: readonly ArrayPair[], read: (name: string) => NpyArray, sink: RecordSink): DecodeResult {
  const inputs = pairs.map((pair): NumberArray => {
    const array = read(pair.inputs)
    if ('words' in array) throw new UserError(`${path}: ${pair.inputs} holds words, but inputs must be numbers.`)
    return array
  })
  const targets = pairs.map((pair) => read(pair.targets))
  for (const [i, pair] of pairs.entries()) {
    const [a, b] = [inputs[i]?.shape[0] ?? 0, targets[i]?.shape[0] ?? 0]
    if (a !== b)
      throw new UserError(`${path}: ${pair.inputs} has ${a} records, but ${pair.targets} has ${b}: they must belong to the same examples.`)
  }
  try {
    const [first] = inputs as [NumberArray]
    const layout = inputLayout(first.shape, first.data instanceof Uint8Array)
    const odd = inputs.findIndex(({ shape }) => shape.slice(1).join() !== first.shape.slice(1).join())
    if (odd >= 0) throw new Error(`${pairs[odd]?.inputs} has records of another shape than ${pairs[0]?.inputs}`)
    const scale = layout.kind === 'image' ? byteScale(inputs) : { offset: 0, factor: 1 }
    const learned = learnArrayTargets(targets, `array of ${path}`)
    const total = inputs.reduce((sum, { shape }) => sum + shape[0], 0)
    if (learned.rows.length !== total) throw new Error('some targets are missing (NaN); take those examples out')
    for (const array of inputs) sink.append(inputBytes(array, layout, scale))
    const given = Uint8Array.from(inputs.flatMap(({ shape }, i) => Array.from<number>({ length: shape[0] }).fill(pairs[i].part)))
    const columns =
      layout.kind === 'table'
        ? Array.from({ length: layout.shape[0] }, (_, i) => ({ name: `x${i + 1}`, kind: 'number' as const }))
        : undefined
    return {
      targets: learned.targets,
      given,
      info: {
        kind: layout.kind,
        task: learned.task,
        input: { shape: layout.shape },
        dtype: layout.kind === 'image' ? 'uint8' : 'float32',
        classes: learned.classes,
        notes: [...(scale.note ? [scale.note] : []), ...learned.notes],
        ...(columns && { columns, target: 'y' }),
      },
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${path}: ${(error as Error).message}.`)
  }
}
