import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../../errors.ts'

/** A file of a public data set, and what it must be. */
export interface RemoteFile {
  /** Tried in this order. */
  readonly urls: readonly string[]
  readonly bytes: number
  readonly sha256: string
}

export interface DownloadOptions {
  readonly onNote?: (note: string) => void
  /** Ends an attempt in which nothing arrives for so long. */
  readonly stallMs?: number
  readonly attempts?: number
}

const defaultStallMs = 30_000
const defaultAttempts = 3

/**
 * Brings a file to `path`, unless it is there already. What was got of it before an interruption lies in `<path>.part` and is gone on from (HTTP Range).
 * The file is moved to its place only when its SHA-256 agrees. Throws a UserError that says how to put the file there by hand.
 */
export async function download(file: RemoteFile, path: string, options: DownloadOptions = {}): Promise<void> {
  if (existsSync(path) && statSync(path).size === file.bytes) return
  makeFolder(dirname(path))
  const part = `${path}.part`
  const problems: string[] = []
  for (let attempt = 0; attempt < (options.attempts ?? defaultAttempts); attempt++) {
    for (const url of file.urls) {
      try {
        await fetchInto(url, part, file.bytes, options.stallMs ?? defaultStallMs, (note) => options.onNote?.(note))
        if ((await sha256(part)) === file.sha256) {
          renameSync(part, path)
          return
        }
        rmSync(part, { force: true })
        problems.push(`${url}: what came is another file (its SHA-256 differs)`)
      } catch (error) {
        problems.push(`${url}: ${reason(error)}`)
      }
    }
  }
  const last = problems[problems.length - 1] ?? 'no address'
  throw new UserError(
    `${file.urls[0]?.split('/').pop()} cannot be downloaded (${last}): connect to the network and start again, which goes on where it stopped, or put the file at ${path} by hand.`,
  )
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new UserError(
      `${folder} cannot be made for the download (${(error as NodeJS.ErrnoException).code}): set NASCENT_CACHE to a folder that can be written.`,
    )
  }
}

async function fetchInto(url: string, part: string, bytes: number, stallMs: number, note: (text: string) => void): Promise<void> {
  let have = existsSync(part) ? statSync(part).size : 0
  if (have > bytes) {
    rmSync(part)
    have = 0
  }
  if (have === bytes) return
  const controller = new AbortController()
  let timer = setTimeout(() => controller.abort(), stallMs)
  const response = await fetch(url, { headers: have > 0 ? { range: `bytes=${have}-` } : {}, signal: controller.signal }).finally(() =>
    clearTimeout(timer),
  )
  if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`)
  // A server that knows no ranges sends everything again.
  const resumed = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`) === true
  if (!resumed) have = 0
  note(`Downloading ${url} (${(bytes / 1e6).toFixed(0)} MB${have > 0 ? `, going on after ${(have / 1e6).toFixed(0)}` : ''}).`)
  const handle: FileHandle = await open(part, resumed ? 'r+' : 'w')
  try {
    const reader = response.body.getReader()
    for (;;) {
      timer = setTimeout(() => controller.abort(), stallMs)
      const { done, value } = await reader.read().finally(() => clearTimeout(timer))
      if (done) break
      if (have + value.length > bytes) throw new Error(`it is longer than the ${bytes} bytes that it should have`)
      await handle.write(value, 0, value.length, have)
      have += value.length
    }
  } finally {
    await handle.close()
  }
  if (have !== bytes) throw new Error(`the connection ended after ${have} of ${bytes} bytes`)
}

async function sha256(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path)) digest.update(chunk as Uint8Array)
  return digest.digest('hex')
}

function reason(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } }
  if (name === 'AbortError') return 'nothing arrives'
  if (cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN') return 'no network'
  return cause?.code ?? message
}
