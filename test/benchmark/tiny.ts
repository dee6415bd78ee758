import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { tiny } from './tiny-space.ts'

/** How right an architecture is: the sum of its numbers, at most 16; the truth has a little more for the last one. */
export const rows = [...tiny.enumerate()].map((architecture) => {
  const numbers = Object.values(architecture) as number[]
  const signal = numbers.reduce((sum, value) => sum + value, 0)
  return { text: tiny.print(architecture), signal, truth: signal + numbers[3] / 10 }
})

export const csv = (some: readonly (typeof rows)[number][]): string =>
  ['architecture,valid,test,hours', ...some.map(({ text, signal, truth }) => `${text},${signal},${truth},2`)].join('\n')

/** A folder with the tiny space as a module, and a table of all its architectures; gone after the tests. */
export function tinyFolder(): { readonly at: (name: string) => string; readonly write: (name: string, text: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  const at = (name: string): string => join(folder, name)
  const write = (name: string, text: string): string => {
    writeFileSync(at(name), text)
    return at(name)
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  write('tiny.ts', `export { tiny } from ${JSON.stringify(fileURLToPath(import.meta.url).replace(/tiny\.ts$/, 'tiny-space.ts'))}\n`)
  return { at, write }
}
