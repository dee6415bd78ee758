import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decodeImage } from '../src/data/node/image.ts'

/** A file of pictures as JPEG, each behind its label (one byte) and its length (two bytes, little-endian). */
function* jpegRecords(bytes: Buffer): Generator<{ readonly label: number; readonly jpeg: Buffer }> {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt16LE(at + 1)
    yield { label: bytes[at], jpeg: bytes.subarray(at + 3, at + 3 + length) }
    at += 3 + length
  }
}

/** Bytes as NumPy keeps them. */
function npy(shape: readonly number[], data: Uint8Array): Buffer {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const header = Buffer.from(`${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`)
  const length = Buffer.alloc(2)
  length.writeUInt16LE(header.length)
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, data])
}

/**
 * Writes CIFAR-10 as arrays, made smaller: the first so many pictures of each part.
 *
 * @param size height and width
 * @param folder where the arrays go
 * @throws Error when the folder of NASCENT_DATA has no CIFAR-10
 */
export async function smallCifar10(size: number, counts: { readonly train: number; readonly test: number }, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const part of ['train', 'test'] as const) {
    const file = join(process.env.NASCENT_DATA || '../shared/data', 'cifar10', `cifar10_${part}_full_jpeg.bin.gz`)
    if (!existsSync(file)) throw new Error(`There is no ${file}: name other data with --data, such as cifar10, which is downloaded.`)
    const records = [...jpegRecords(gunzipSync(readFileSync(file)))]
    // The classes lie one after the other: every n-th of all.
    const count = Math.min(counts[part], records.length)
    const chosen = Array.from({ length: count }, (_, i) => records[Math.floor((i * records.length) / count)])
    const images = await Promise.all(chosen.map(({ jpeg }) => decodeImage(jpeg, [3, size, size])))
    writeFileSync(join(folder, `x_${part}.npy`), npy([count, 3, size, size], Buffer.concat(images)))
    writeFileSync(
      join(folder, `y_${part}.npy`),
      npy(
        [count],
        Uint8Array.from(chosen, ({ label }) => label),
      ),
    )
  }
}
