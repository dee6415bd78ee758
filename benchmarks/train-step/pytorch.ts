import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type MemoryFormat = 'contiguous' | 'channels_last'

/** A Python process that trains the same networks. */
export interface PyTorch {
  readonly version: string
  run(net: string, format: MemoryFormat, steps: number): Promise<{ readonly wall: number[]; readonly cpu: number[] }>
  stop(): void
}

/** Starts Python with PyTorch; undefined when there is none. */
export async function startPyTorch(threads: number): Promise<PyTorch | undefined> {
  const python = await startPython('train-step.py', [threads])
  return (
    python && {
      version: python.version,
      run: async (net, format, steps) => (await python.ask({ net, format, steps })) as { wall: number[]; cpu: number[] },
      stop: python.stop,
    }
  )
}

/** A Python process that answers each line of JSON with one. */
export interface Python {
  readonly version: string
  ask(request: object): Promise<unknown>
  stop(): void
}

/** Starts a script of the folder above, whose first line says PyTorch's version; undefined when there is no PyTorch. */
export async function startPython(script: string, args: readonly number[]): Promise<Python | undefined> {
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url))
  const python = spawn(process.env.NASCENT_PYTHON ?? 'python3', [file, ...args.map(String)])
  const next = lines(python)
  const hello = await next()
  if (hello === undefined) return undefined
  const { version } = JSON.parse(hello) as { version: string }
  return {
    version,
    async ask(request) {
      python.stdin.write(`${JSON.stringify(request)}\n`)
      const answer = await next()
      if (answer === undefined) throw new Error('PyTorch stopped in the middle of the benchmark')
      return JSON.parse(answer)
    },
    stop: () => python.stdin.end(),
  }
}

/** Gives the lines that a process prints one by one; undefined when it has ended (or never began). */
function lines(child: ChildProcessWithoutNullStreams): () => Promise<string | undefined> {
  const ready: (string | undefined)[] = []
  const waiting: ((line: string | undefined) => void)[] = []
  let ended = false
  const give = (line: string | undefined): void => {
    const first = waiting.shift()
    if (first) first(line)
    else ready.push(line)
  }
  const end = (): void => {
    ended = true
    give(undefined)
  }
  child.on('error', end)
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', give).on('close', end)
  return () => {
    if (ready.length > 0) return Promise.resolve(ready.shift())
    return ended ? Promise.resolve(undefined) : new Promise((resolve) => waiting.push(resolve))
  }
}
