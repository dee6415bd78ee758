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

const script = fileURLToPath(new URL('../train-step.py', import.meta.url))

/** Starts Python with PyTorch; undefined when there is none. */
export async function startPyTorch(threads: number): Promise<PyTorch | undefined> {
  const python = spawn(process.env.NASCENT_PYTHON ?? 'python3', [script, String(threads)])
  const next = lines(python)
  const hello = await next()
  if (hello === undefined) return undefined
  const { version } = JSON.parse(hello) as { version: string }
  return {
    version,
    async run(net, format, steps) {
      python.stdin.write(`${JSON.stringify({ net, format, steps })}\n`)
      const answer = await next()
      if (answer === undefined) throw new Error('PyTorch stopped in the middle of the benchmark')
      return JSON.parse(answer) as { wall: number[]; cpu: number[] }
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
