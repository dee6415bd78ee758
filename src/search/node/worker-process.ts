import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../errors.ts'
import type { Message, Order, Request, Results } from './protocol.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Messages on the way, other than the result. */
  readonly onMessage?: (message: Message, reply: (order: Order) => void) => void
  /** Seconds after which the process is ended. */
  readonly seconds?: number
  /** Bytes of memory above which the process is ended. */
  readonly memoryLimit?: number
}

/** One child process that computes; forked when first needed, kept between calls, forked again after a crash. */
export interface WorkerProcess {
  /**
   * One request at a time.
   * @throws WorkerLost when the process ended; UserError and Error as thrown in the worker
   */
  call<R extends Request>(request: R, options?: CallOptions): Promise<Results[R['type']]>
  /** Forks ahead, so that loading does not wait for the first call. */
  warm(): void
  close(): Promise<void>
}

/** The process ended before it answered; the message says why. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost'
}

export interface WorkerOptions {
  readonly entry?: string
  /** Milliseconds a worker has to end by itself after it was told to cancel; default 2000. */
  readonly grace?: number
  /** Environment variables added to those of this process. */
  readonly env?: Readonly<Record<string, string>>
}

// Beside this file, in sources (.ts) and built (.js) alike.
const defaultEntry = fileURLToPath(new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))

interface Live {
  readonly child: ChildProcess
  /** The end of what it wrote on stderr. */
  words: string
  /** Why we ended it. */
  verdict?: string
}

export function createWorkerProcess({ entry = defaultEntry, grace = 2000, env = {} }: WorkerOptions = {}): WorkerProcess {
  let live: Live | undefined

  const start = (): Live => {
    const execArgv = entry.endsWith('.ts') ? ['--import', import.meta.resolve('jiti/register')] : []
    const child = fork(entry, [], {
      execArgv,
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
    })
    const started: Live = { child, words: '' }
    child.stderr?.on('data', (chunk: Buffer) => {
      started.words = `${started.words}${chunk.toString()}`.slice(-4000)
    })
    child.on('error', () => {})
    child.on('exit', () => {
      if (live === started) live = undefined
    })
    live = started
    return started
  }

  const call = <R extends Request>(request: R, options: CallOptions = {}): Promise<Results[R['type']]> => {
    const { signal, onMessage, seconds, memoryLimit = Number.POSITIVE_INFINITY } = options
    const current = live ?? start()
    const { child } = current
    return new Promise((resolve, reject) => {
      let killer: NodeJS.Timeout | undefined
      const end = (verdict: string): void => {
        current.verdict ??= verdict
        child.kill('SIGKILL')
      }
      const limit =
        seconds === undefined ? undefined : setTimeout(() => end(`it took longer than ${Math.round(seconds)} s`), seconds * 1000)
      const cancel = (): void => {
        send(child, { type: 'cancel' })
        killer ??= setTimeout(() => end('it was cancelled'), grace)
      }
      const settle = (): void => {
        clearTimeout(limit)
        clearTimeout(killer)
        signal?.removeEventListener('abort', cancel)
        child.off('message', listen)
        child.off('exit', lost)
      }
      const lost = (code: number | null, killed: NodeJS.Signals | null): void => {
        settle()
        reject(new WorkerLost(lossReason(current, code, killed)))
      }
      const listen = (raw: unknown): void => {
        const message = raw as Message
        if (message.type === 'memory') {
          if (message.bytes > memoryLimit)
            end(`it used ${megabytes(message.bytes)} of memory, more than its share of ${megabytes(memoryLimit)}`)
        } else if (message.type === 'done') {
          settle()
          resolve(message.result as Results[R['type']])
        } else if (message.type === 'failed') {
          settle()
          reject(message.mendable ? new UserError(message.message) : new Error(message.message))
        } else hear(message)
      }
      /** A caller that cannot take a message (its store fails) ends the call. */
      const hear = (message: Message): void => {
        try {
          onMessage?.(message, (order) => send(child, order))
        } catch (error) {
          settle()
          child.kill('SIGKILL')
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      child.on('message', listen)
      child.on('exit', lost)
      signal?.addEventListener('abort', cancel)
      send(child, request)
      if (signal?.aborted) cancel()
    })
  }

  return {
    call,
    warm() {
      if (live === undefined) start()
    },
    async close() {
      const child = live?.child
      if (child === undefined) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A process that is just ending cannot be sent to: its exit says what there is to say. */
function send(child: ChildProcess, order: Order): void {
  if (child.connected) child.send(order, () => {})
}

function lossReason({ verdict, words }: Live, code: number | null, killed: NodeJS.Signals | null): string {
  if (verdict !== undefined) return verdict
  if (killed === 'SIGKILL') return 'its process was killed, most likely because memory ran out'
  if (/heap out of memory|std::bad_alloc/i.test(words)) return 'memory ran out'
  if (killed !== null) return `its process crashed (${killed})`
  const lines = words
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at '))
  const last = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1)
  return `its process ended with code ${code}${last === undefined ? '' : `: ${last.slice(0, 300)}`}`
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`
