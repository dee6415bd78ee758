import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll } from 'vitest'
import { type Dataset, openDataset, type OpenOptions } from '../../src/data/index.ts'

/** A folder of a test file's own, gone after it. */
export function testFolder(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `nascent-${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const at = (path: string): string => join(folder, path)
  const write = (path: string, content: string | Uint8Array): string => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), content)
    return at(path)
  }
  const open = (path: string, options: OpenOptions = {}): Promise<Dataset> => openDataset(at(path), { cache: at('cache'), ...options })
  return { folder, at, write, open }
}

/** A picture of one colour, with a pixel of another that makes it differ from others. */
export function picture(width: number, height: number, colour: readonly [number, number, number], mark = 0): ReturnType<typeof sharp> {
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) pixels.set(colour, 3 * i)
  pixels[3 * (mark % (width * height))] ^= 1 + Math.floor(mark / (width * height))
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

/** All inputs of a part, one array a record. */
export function inputsOf(dataset: Dataset, part: 'train' | 'valid' | 'test'): number[][] {
  const records = dataset[part]
  const length = dataset.input.shape.reduce((a, b) => a * b, 1)
  return Array.from({ length: records.count }, (_, i) => {
    const into = records.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length)
    records.readInputs([i], into)
    return [...into]
  })
}

/** Inputs and class names of all parts together. */
export function examples(dataset: Dataset): { readonly input: number[]; readonly target: string | number; readonly part: string }[] {
  return (['train', 'valid', 'test'] as const).flatMap((part) =>
    inputsOf(dataset, part).map((input, i) => ({
      input,
      part,
      target: dataset.classes[dataset[part].targets[i]] ?? dataset[part].targets[i],
    })),
  )
}
