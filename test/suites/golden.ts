import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Shape, sizeOf } from '../../src/tensor/index.ts'

/** A file that a script of test/golden wrote. */
export const readGolden = (name: string): unknown => JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8'))

/** Numbers in [-1, 1) from a 32-bit mixing function of the index: the same as in test/golden/formula.py. */
export function formulaValues(count: number, seed: number, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    let x = (i + Math.imul(seed, 0x9e3779b1)) >>> 0
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad) >>> 0
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97) >>> 0
    x = (x ^ (x >>> 15)) >>> 0
    return Math.fround(x / 2 ** 31 - 1) * scale
  })
}

export const formulaTensor = (shape: Shape, seed: number, scale = 1): Float32Array => formulaValues(sizeOf(shape), seed, scale)

/** Three projections on vectors of the formula, and the sum of squares. */
export type Fingerprint = readonly number[]

/** Checks values against a fingerprint; `tolerance` is relative to the tensor's norm. */
export function expectFingerprint(what: string, values: Float32Array, print: Fingerprint, tolerance: number): void {
  const norm = Math.sqrt(print[3])
  const scale = norm + 1e-4
  for (const i of [0, 1, 2]) {
    const direction = formulaValues(values.length, 9000 + i)
    const projection = values.reduce((sum, value, k) => sum + value * direction[k], 0)
    expect(Math.abs(projection - print[i]) / scale, `${what}: projection ${i} is ${projection}, not ${print[i]}`).toBeLessThan(tolerance)
  }
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  expect(Math.abs(length - norm) / scale, `${what}: its norm is ${length}, not ${norm}`).toBeLessThan(tolerance)
}
