/** An array as IDX and NPY files hold one: numbers in row-major order. */
export interface NumberArray {
  readonly shape: readonly number[]
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array
}

const idxTypes = {
  0x08: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at), make: (n: number) => new Uint8Array(n) },
  0x09: { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at), make: (n: number) => new Int8Array(n) },
  0x0b: { bytes: 2, read: (view: DataView, at: number) => view.getInt16(at), make: (n: number) => new Int16Array(n) },
  0x0c: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at), make: (n: number) => new Int32Array(n) },
  0x0d: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at), make: (n: number) => new Float32Array(n) },
  0x0e: { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at), make: (n: number) => new Float64Array(n) },
} as const

/**
 * Reads an IDX file (the format of MNIST: two zero bytes, a type, the number of dimensions, the sizes, the numbers, all big-endian).
 * Throws an Error that says what is wrong when the bytes are not one, or not whole. Bytes are a view, not a copy.
 */
export function parseIdx(bytes: Uint8Array): NumberArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 ? idxTypes[bytes[2] as keyof typeof idxTypes] : undefined
  const rank = bytes[3] ?? 0
  if (type === undefined || rank < 1 || bytes.length < 4 + 4 * rank) throw new Error('it does not begin like an IDX file')
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  const count = shape.reduce((product, size) => product * size, 1)
  const start = 4 + 4 * rank
  if (bytes.length !== start + count * type.bytes) {
    throw new Error(`it should have ${start + count * type.bytes} bytes for the shape [${shape.join(', ')}], but has ${bytes.length}`)
  }
  if (bytes[2] === 0x08) return { shape, data: bytes.subarray(start) }
  const data = type.make(count)
  for (let i = 0; i < count; i++) data[i] = type.read(view, start + i * type.bytes)
  return { shape, data }
}
