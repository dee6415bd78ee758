import { UserError } from '../errors.ts'
import { sizeOf } from '../tensor/index.ts'
import type { Weights } from './network.ts'

/** Header bytes that a file may have at most, as the safetensors format has it. */
const largestHeader = 100_000_000

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/**
 * Weights as a safetensors file: 8 bytes of header length, the header as JSON, then the values, little-endian float32.
 * Names are written in sorted order, so equal weights are equal bytes.
 * @param metadata texts kept in the header
 */
export function writeWeights(weights: Weights, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const names = [...weights.keys()].sort()
  const header: Record<string, Entry | Readonly<Record<string, string>>> = {}
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata
  let size = 0
  for (const name of names) {
    const { shape, data } = weights.get(name)!
    if (data.length !== sizeOf(shape)) throw new RangeError(`${name} has ${data.length} values, which do not fill [${shape.join(', ')}]`)
    Object.defineProperty(header, name, { enumerable: true, value: { dtype: 'F32', shape, data_offsets: [size, size + 4 * data.length] } })
    size += 4 * data.length
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  // Values begin at a multiple of 8 bytes: the header is filled up with spaces.
  const start = 8 + Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(start + size).fill(0x20, 8, start)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(start - 8), true)
  bytes.set(text, 8)
  let offset = start
  for (const name of names) {
    for (const value of weights.get(name)!.data) {
      view.setFloat32(offset, value, true)
      offset += 4
    }
  }
  return bytes
}

export interface StoredWeights {
  readonly weights: Weights
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Reads what `writeWeights` wrote, or any safetensors file of float32 tensors.
 * @param what how messages name it: a path
 * @throws UserError when the bytes are damaged or hold other types
 */
export function readWeights(bytes: Uint8Array, what = 'the weights'): StoredWeights {
  const damaged = (problem: string): never => {
    throw new UserError(`${what} cannot be read: ${problem}. The file is damaged or not of the safetensors format; train or export again.`)
  }
  if (bytes.length < 8) return damaged(`it has ${bytes.length} bytes, fewer than its length field`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getBigUint64(0, true)
  if (length > BigInt(Math.min(largestHeader, bytes.length - 8))) return damaged(`its header would have ${length} bytes`)
  const start = 8 + Number(length)
  const header = parseHeader(bytes.subarray(8, start)) ?? damaged('its header is no JSON object')
  const { __metadata__: metadata = {}, ...entries } = header
  if (!isTexts(metadata)) return damaged('its metadata are not texts')

  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>()
  const spans: (readonly [number, number])[] = []
  for (const [name, entry] of Object.entries(entries)) {
    const { shape, span } = checkedEntry(entry) ?? damaged(`the entry of ${JSON.stringify(name)} is malformed`)
    if (start + span[1] > bytes.length) return damaged(`${JSON.stringify(name)} ends beyond the file's end`)
    const data = new Float32Array(sizeOf(shape))
    for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(start + span[0] + 4 * i, true)
    weights.set(name, { shape, data })
    spans.push(span)
  }
  const end = spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]).reduce((at, [from, to]) => (from === at ? to : Number.NaN), 0)
  if (start + end !== bytes.length) return damaged('its tensors overlap or leave gaps')
  return { weights, metadata }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string')

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function checkedEntry(value: unknown): { readonly shape: readonly number[]; readonly span: readonly [number, number] } | undefined {
  const { dtype, shape, data_offsets: span } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Entry>
  if (dtype !== 'F32' || !Array.isArray(shape) || !shape.every(isCount)) return undefined
  if (!Array.isArray(span) || span.length !== 2 || !span.every(isCount)) return undefined
  const [from, to] = span as unknown as readonly [number, number]
  return to - from === 4 * sizeOf(shape) ? { shape, span: [from, to] } : undefined
}

/** SHA-256 of the weights in hexadecimal: equal for equal names, shapes and values. */
export async function hashWeights(weights: Weights): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', writeWeights(weights) as Uint8Array<ArrayBuffer>)
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
