import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { UserError } from '../../errors.ts'
import type { Records } from '../dataset.ts'

/** Where decoded inputs lie in a cache file, and the checksums of the file's chunks. */
export interface FileLayout {
  readonly path: string
  readonly dtype: 'uint8' | 'float32'
  /** Numbers of a record. */
  readonly length: number
  /** Bytes of the whole file. */
  readonly bytes: number
  readonly chunkBytes: number
  readonly checksums: readonly number[]
}

/** Reads inputs of records by position from a cache file: memory does not grow with the data, and the system's page cache is shared between processes. */
export class FileRecords implements Records {
  readonly count: number
  readonly dtype: 'uint8' | 'float32'
  readonly #file: number
  readonly #checked: Uint8Array
  #open = true

  constructor(
    readonly layout: FileLayout,
    readonly targets: Int32Array | Float32Array,
    /** Called once when a chunk is not what was written, before the error is thrown. */
    readonly onDamage: () => void = () => {},
  ) {
    this.count = targets.length
    this.dtype = layout.dtype
    this.#file = openSync(layout.path, 'r')
    this.#checked = new Uint8Array(layout.checksums.length)
  }

  readInputs(indices: ArrayLike<number>, into: Uint8Array | Float32Array): void {
    const size = this.layout.length * (this.dtype === 'uint8' ? 1 : 4)
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
    for (let start = 0; start < indices.length; ) {
      const first = indices[start]
      let run = 1
      while (start + run < indices.length && indices[start + run] === first + run) run++
      if (!(first >= 0 && first + run <= this.count)) throw new RangeError(`There is no record ${first}: the part has ${this.count}`)
      this.#check(first * size, run * size)
      this.#read(bytes, start * size, run * size, first * size)
      start += run
    }
  }

  close(): void {
    if (this.#open) closeSync(this.#file)
    this.#open = false
  }

  #read(into: Uint8Array, offset: number, length: number, position: number): void {
    for (let done = 0; done < length; ) {
      const got = readSync(this.#file, into, offset + done, length - done, position + done)
      if (got === 0) this.#damaged()
      done += got
    }
  }

  /** Checks the chunks under a range the first time that it is read. */
  #check(position: number, length: number): void {
    const { chunkBytes, bytes, checksums } = this.layout
    for (let chunk = Math.floor(position / chunkBytes); chunk * chunkBytes < position + length; chunk++) {
      if (this.#checked[chunk] === 1) continue
      const content = new Uint8Array(Math.min(chunkBytes, bytes - chunk * chunkBytes))
      this.#read(content, 0, content.length, chunk * chunkBytes)
      if (crc32(content) !== checksums[chunk]) this.#damaged()
      this.#checked[chunk] = 1
    }
  }

  #damaged(): never {
    this.onDamage()
    throw new UserError(
      `The decoded data in ${this.layout.path} were damaged and have been thrown away: start again, they are made anew from the original.`,
    )
  }
}
