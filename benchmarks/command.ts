import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What came of a run of the built command. */
export interface Outcome {
  readonly accuracy: number
  readonly finished: number
  readonly failed: number
  /** Stopped on their way, or by the end of the time. */
  readonly stopped: number
  readonly savings?: { readonly share: number; readonly lost?: number }
  /** On the wall, from the start of the command to its end. */
  readonly seconds: number
}

const bin = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Runs a `fit` or `search` as a user does. @param folder where runs go */
export function runCommand(args: readonly string[], budget: string, seed: number, folder: string): Outcome {
  const began = performance.now()
  const out = join(folder, `${args.join('-')}-${seed}`)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [bin, ...args, '--budget', budget, '--seed', String(seed), '--out', out, '--json'],
    { encoding: 'utf8', env: { ...process.env, NASCENT_HOME: folder } },
  )
  const seconds = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`nascent ${args.join(' ')} ended with ${status}: ${stderr.trim().split('\n').at(-1)}`)
  const { test, trials, savings } = JSON.parse(stdout) as {
    readonly test: { readonly accuracy: number }
    readonly trials: { readonly finished: number; readonly failed: number; readonly stopped: number }
    readonly savings?: Outcome['savings']
  }
  return { accuracy: test.accuracy, ...trials, savings, seconds }
}

/** The machine, as the first line of a benchmark says it. */
export const machine = (): string => `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}`
