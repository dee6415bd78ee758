import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { UserError } from '../../errors.ts'
import { writeWhole } from '../../search/node/runs.ts'

/** What networks are worth that were trained by themselves, in a file that grows with each. */
export interface Truths {
  /** By the architecture as text. */
  get(architecture: string): number | undefined
  set(architecture: string, value: number): void
}

const shape = z.object({ of: z.record(z.string(), z.union([z.string(), z.number()])), truths: z.record(z.string(), z.number()) })

/**
 * @param file where they are kept; in memory alone when absent
 * @param of how they are trained: data, space, epochs, seed, metric
 * @throws UserError for a file that is none, or was made in another way
 */
export function openTruths(file: string | undefined, of: Readonly<Record<string, string | number>>): Truths {
  const known = new Map(Object.entries(file !== undefined && existsSync(file) ? read(file, of) : {}))
  return {
    get: (architecture) => known.get(architecture),
    set(architecture, value) {
      known.set(architecture, value)
      if (file !== undefined) writeWhole(file, `${JSON.stringify({ of, truths: Object.fromEntries(known) }, undefined, 1)}\n`)
    },
  }
}

function read(file: string, of: Readonly<Record<string, string | number>>): Record<string, number> {
  const parsed = shape.safeParse(parse(readFileSync(file, 'utf8')))
  if (!parsed.success) throw new UserError(`${file} holds no results of networks trained by themselves: name another file with --truths.`)
  const other = Object.entries(of).find(([name, value]) => parsed.data.of[name] !== value)
  if (other) {
    const [name, value] = other
    throw new UserError(
      `${file} was made with ${name} ${parsed.data.of[name]}, not ${value}: name another file with --truths, or give the same.`,
    )
  }
  return parsed.data.truths
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
