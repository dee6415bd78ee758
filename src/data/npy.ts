import type { NumberArray } from './idx.ts'

/** What an NPY file holds: numbers, or words. */
export type NpyArray = NumberArray | { readonly shape: readonly number[]; readonly words: readonly string[] }

type Reader = {
  readonly bytes: number
  readonly read: (view: DataView, at: number, little: boolean) => number
  readonly make: (count: number) => NumberArray['data']
}

const readers: Readonly<Record<string, Reader>> = {
  u1: { bytes: 1, read: (view, at) => view.getUint8(at), make: (n) => new Uint8Array(n) },
  b1: { bytes: 1, read: (view, at) => view.getUint8(at), make: (n) => new Uint8Array(n) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at), make: (n) => new Int8Array(n) },
  i2: { bytes: 2, read: (view, at, little) => view.getInt16(at, little), make: (n) => new Int16Array(n) },
  u2: { bytes: 2, read: (view, at, little) => view.getUint16(at, little), make: (n) => new Int32Array(n) },
  i4: { bytes: 4, read: (view, at, little) => view.getInt32(at, little), make: (n) => new Int32Array(n) },
  u4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little), make: (n) => new Float64Array(n) },
  i8: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)), make: (n) => new Float64Array(n) },
  u8: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)), make: (n) => new Float64Array(n) },
  f2: { bytes: 2, read: (view, at, little) => halfFloat(view.getUint16(at, little)), make: (n) => new Float32Array(n) },
  f4: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little), make: (n) => new Float32Array(n) },
  f8: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little), make: (n) => new Float64Array(n) },
}

/**
 * Reads an NPY file (NumPy's format, versions 1 to 3): numbers of any size, booleans, and words. Python objects are refused, since reading them
 * would run code. Throws an Error that says what is wrong. Sizes are checked against the bytes that are there before anything is made.
 */
export function parseNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || bytes[0] !== 0x93 || new TextDecoder().decode(bytes.subarray(1, 6)) !== 'NUMPY')
    throw new Error('it does not begin like an NPY file')
  const long = bytes[6] >= 2
  const start = long ? 12 : 10
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true))
  if (end > bytes.length) throw new Error('it is cut off in its header')
  const header = new TextDecoder().decode(bytes.subarray(start, end))
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1]
  const sizes = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]
  if (descr === undefined || sizes === undefined) throw new Error('its header has no simple type and shape')
  const shape = sizes
    .split(',')
    .map((size) => size.trim())
    .filter(Boolean)
    .map(Number)
  const count = shape.reduce((product, size) => product * size, 1)
  if (!shape.every((size) => Number.isInteger(size) && size >= 0) || !Number.isSafeInteger(count))
    throw new Error(`its shape (${sizes}) is none`)
  const little = !descr.startsWith('>')
  const type = descr.replace(/^[<>|=]/, '')
  const itemBytes = type.startsWith('U') ? 4 * Number(type.slice(1)) : type.startsWith('S') ? Number(type.slice(1)) : readers[type]?.bytes
  if (itemBytes === undefined || Number.isNaN(itemBytes))
    throw new Error(type === 'O' ? 'it holds Python objects, which are not read: save plain numbers' : `its type ${descr} is not read`)
  if (bytes.length - end !== count * itemBytes)
    throw new Error(`it should have ${end + count * itemBytes} bytes for the shape (${sizes}), but has ${bytes.length}`)
  if (/'fortran_order':\s*True/.test(header) && shape.length > 1)
    throw new Error('it is in Fortran order: save it with numpy.ascontiguousarray')
  if (type.startsWith('U') || type.startsWith('S'))
    return { shape, words: readWords(view, end, count, itemBytes, type.startsWith('U'), little) }
  return { shape, data: readNumbers(bytes, view, end, count, readers[type], type, little) }
}

function readNumbers(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  count: number,
  reader: Reader,
  type: string,
  little: boolean,
): NumberArray['data'] {
  if (type === 'u1' || type === 'b1') return bytes.subarray(start, start + count)
  const data = reader.make(count)
  for (let i = 0; i < count; i++) data[i] = reader.read(view, start + i * reader.bytes, little)
  return data
}

function readWords(view: DataView, start: number, count: number, size: number, wide: boolean, little: boolean): string[] {
  return Array.from({ length: count }, (_, i) => {
    let word = ''
    for (let at = 0; at < size; at += wide ? 4 : 1) {
      const code = wide ? view.getUint32(start + i * size + at, little) : view.getUint8(start + i * size + at)
      if (code === 0) break
      word += String.fromCodePoint(Math.min(code, 0x10ffff))
    }
    return word
  })
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
