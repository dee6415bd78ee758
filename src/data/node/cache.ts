import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { UserError } from '../../errors.ts'
import type { Decoded, DecodedInfo, DecodeResult, DataSource, RecordSink } from '../decoded.ts'
import { MemoryRecords, recordLength } from '../records.ts'
import { FileRecords } from './file-records.ts'

/** Inputs up to this size are held in memory; larger ones are read by position. */
export const memoryLimit = 64 * 1024 * 1024
const chunkBytes = 1024 * 1024
/** Decoded data that can be written nowhere are held in memory up to this size. */
const unwrittenLimit = 1024 * 1024 * 1024
const version = 1

interface Manifest {
  readonly version: number
  readonly fingerprint: string
  readonly info: DecodedInfo
  readonly count: number
  readonly file: string
  readonly bytes: number
  readonly checksums: readonly number[]
}

/** The folder that decoded and downloaded data are kept in: NASCENT_CACHE, or the system's place for caches. */
export function cacheFolder(): string {
  if (process.env.NASCENT_CACHE) return process.env.NASCENT_CACHE
  if (process.platform === 'win32') return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'nascent', 'cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nascent')
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nascent')
}

/**
 * Decodes a source, or opens what an earlier call decoded. The cache is one binary file of fixed-size records (inputs, targets, given parts) and
 * one JSON manifest, each written beside and then renamed; a damaged or outdated one is made anew. Where nothing can be written, the data stay in memory.
 */
export async function decodeCached(
  source: DataSource,
  cache: string,
  onNote: (note: string) => void,
  inMemory = memoryLimit,
): Promise<Decoded> {
  if (!source.slow) return decodeToMemory(source)
  const entry = join(cache, 'decoded', entryName(source))
  const opened = openEntry(entry, source.fingerprint, inMemory)
  if (typeof opened === 'object') return opened
  if (opened === 'damaged') onNote(`The decoded copy of ${source.name} was damaged: it is made anew.`)
  try {
    mkdirSync(join(cache, 'decoded'), { recursive: true })
    await writeEntry(entry, source)
  } catch (error) {
    if (!isDiskError(error)) throw error
    onNote(
      `${join(cache, 'decoded')} cannot be written (${error.code}), so ${source.name} is decoded into memory each time; set NASCENT_CACHE to a folder with room.`,
    )
    return decodeToMemory(source)
  }
  const made = openEntry(entry, source.fingerprint, inMemory)
  if (typeof made === 'object') return made
  throw new UserError(`The decoded copy of ${source.name} in ${cache} cannot be read back: set NASCENT_CACHE to a folder on a sound disk.`)
}

/** Decodes without a cache. */
export async function decodeToMemory(source: DataSource): Promise<Decoded> {
  const chunks: Uint8Array[] = []
  let size = 0
  const sink: RecordSink = {
    append(bytes) {
      size += bytes.byteLength
      if (size > unwrittenLimit)
        throw new UserError(
          `${source.name} is too large to be held in memory: set NASCENT_CACHE to a folder with room for the decoded data.`,
        )
      chunks.push(bytes.slice())
    },
  }
  const result = await source.decode(sink)
  // Shared memory, so that the thread that prepares batches reads the same bytes.
  const all = new Uint8Array(new SharedArrayBuffer(size))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  const inputs = result.info.dtype === 'uint8' ? all : new Float32Array(all.buffer)
  return { info: result.info, records: new MemoryRecords(inputs, result.targets, recordLength(result.info.input)), given: givenOf(result) }
}

function givenOf(result: DecodeResult): Uint8Array {
  return result.given ?? new Uint8Array(result.targets.length)
}

function entryName(source: DataSource): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([version, source.name, source.key]))
    .digest('hex')
    .slice(0, 20)
  const readable =
    source.name
      .split(/[\\/]/)
      .pop()
      ?.replace(/[^\w.-]+/g, '_')
      .slice(0, 40) ?? ''
  return `${readable}-${digest}`
}

/** Writes the records to a file beside the entry, then moves file and manifest to their places. */
async function writeEntry(entry: string, source: DataSource): Promise<void> {
  const temporary = `${entry}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  const file = openSync(temporary, 'wx')
  try {
    const writer = new ChunkWriter(file)
    const result = await source.decode(writer)
    const { targets } = result
    writer.append(new Uint8Array(4 - (writer.bytes % 4 || 4)))
    writer.append(new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength))
    writer.append(givenOf(result))
    const { bytes, checksums } = writer.finish()
    closeSync(file)
    // The name holds the content's digest: two processes that decode at the same time never mix their files.
    const name = `${entry}.${createHash('sha256').update(JSON.stringify(checksums)).digest('hex').slice(0, 8)}.bin`
    const manifest: Manifest = {
      version,
      fingerprint: source.fingerprint,
      info: result.info,
      count: targets.length,
      file: name.slice(name.length - basenameLength(name)),
      bytes,
      checksums,
    }
    renameSync(temporary, name)
    const body = JSON.stringify(manifest)
    writeFileSync(`${temporary}.json`, `${JSON.stringify({ checksum: crc32(body) })}\n${body}`)
    renameSync(`${temporary}.json`, `${entry}.json`)
    removeOthers(entry, name)
  } catch (error) {
    try {
      closeSync(file)
    } catch {}
    rmSync(temporary, { force: true })
    rmSync(`${temporary}.json`, { force: true })
    throw error
  }
}

function basenameLength(path: string): number {
  return path.length - Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) - 1
}

/** Drops files of the same entry that were made from an older state of the source. */
function removeOthers(entry: string, keep: string): void {
  const folder = join(entry, '..')
  const prefix = entry.slice(entry.length - basenameLength(entry))
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${prefix}.`) && name.endsWith('.bin') && join(folder, name) !== keep) rmSync(join(folder, name), { force: true })
  }
}

function openEntry(entry: string, fingerprint: string, inMemory: number): Decoded | 'absent' | 'outdated' | 'damaged' {
  const manifest = readManifest(`${entry}.json`)
  if (typeof manifest === 'string') return manifest
  if (manifest.version !== version || manifest.fingerprint !== fingerprint) return 'outdated'
  const path = join(entry, '..', manifest.file)
  try {
    if (statSync(path).size !== manifest.bytes) return 'damaged'
  } catch {
    return 'damaged'
  }
  const { info, count } = manifest
  const length = recordLength(info.input)
  const inputBytes = count * length * (info.dtype === 'uint8' ? 1 : 4)
  const targetsAt = Math.ceil(inputBytes / 4) * 4
  const whole = inputBytes <= inMemory
  const from = whole ? 0 : Math.floor(targetsAt / chunkBytes) * chunkBytes
  const buffer = readChecked(path, from, manifest)
  if (buffer === undefined) return 'damaged'
  const targetBytes = buffer.slice(targetsAt - from, targetsAt - from + 4 * count).buffer
  const targets = info.task === 'regression' ? new Float32Array(targetBytes) : new Int32Array(targetBytes)
  const given = buffer.slice(targetsAt - from + 4 * count)
  if (whole) {
    const inputs = info.dtype === 'uint8' ? buffer.subarray(0, inputBytes) : new Float32Array(buffer.buffer, 0, inputBytes / 4)
    return { info, given, records: new MemoryRecords(inputs, targets, length) }
  }
  const layout = { path, dtype: info.dtype, length, bytes: manifest.bytes, chunkBytes, checksums: manifest.checksums }
  const records = new FileRecords(layout, targets, () => rmSync(`${entry}.json`, { force: true }))
  return { info, given, records, close: () => records.close() }
}

function readManifest(path: string): Manifest | 'absent' | 'damaged' {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return 'absent'
  }
  try {
    const [head = '', body = ''] = text.split('\n')
    if ((JSON.parse(head) as { checksum: number }).checksum !== crc32(body)) return 'damaged'
    return JSON.parse(body) as Manifest
  } catch {
    return 'damaged'
  }
}

/** The file from a chunk's start to its end in shared memory, or undefined when a checksum does not agree. */
function readChecked(path: string, from: number, manifest: Manifest): Uint8Array | undefined {
  const buffer = new Uint8Array(new SharedArrayBuffer(manifest.bytes - from))
  const file = openSync(path, 'r')
  try {
    for (let done = 0; done < buffer.length; ) {
      const got = readSync(file, buffer, done, Math.min(buffer.length - done, 1 << 30), from + done)
      if (got === 0) return undefined
      done += got
    }
  } finally {
    closeSync(file)
  }
  for (let at = 0; at < buffer.length; at += chunkBytes) {
    if (crc32(buffer.subarray(at, Math.min(at + chunkBytes, buffer.length))) !== manifest.checksums[(from + at) / chunkBytes])
      return undefined
  }
  return buffer
}

/** Writes bytes through a buffer of one chunk, and notes each chunk's checksum. */
class ChunkWriter implements RecordSink {
  bytes = 0
  readonly #file: number
  readonly #checksums: number[] = []
  readonly #buffer = new Uint8Array(chunkBytes)
  #filled = 0

  constructor(file: number) {
    this.#file = file
  }

  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const part = bytes.subarray(done, done + chunkBytes - this.#filled)
      this.#buffer.set(part, this.#filled)
      this.#filled += part.length
      done += part.length
      if (this.#filled === chunkBytes) this.#flush()
    }
    this.bytes += bytes.length
  }

  finish(): { bytes: number; checksums: number[] } {
    if (this.#filled > 0) this.#flush()
    return { bytes: this.bytes, checksums: this.#checksums }
  }

  #flush(): void {
    const chunk = this.#buffer.subarray(0, this.#filled)
    this.#checksums.push(crc32(chunk))
    for (let done = 0; done < chunk.length; ) done += writeSync(this.#file, chunk, done)
    this.#filled = 0
  }
}

function isDiskError(error: unknown): error is NodeJS.ErrnoException {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return (
    code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'ENOENT', 'EFBIG', 'EMFILE'].includes(code)
  )
}
