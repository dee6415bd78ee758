import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly files: readonly string[]
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const root = new URL('../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as Manifest
const paths = Object.entries(manifest.exports).flatMap(([path, target]) => (typeof target === 'string' ? [] : [[path, target] as const]))

/** What each sub-path must offer: a few names that examples and docs rely on. */
const offered: Readonly<Record<string, readonly string[]>> = {
  '.': ['search', 'resume', 'evolution', 'morphism', 'enas', 'darts', 'space', 'choice', 'conv', 'UserError'],
  './tensor': ['input', 'gradients', 'convolution', 'createTrainingProgram'],
  './network': ['buildNetwork', 'networkCost', 'initialWeights'],
  './space': ['space', 'choice', 'repeat', 'cell', 'float', 'randomFor'],
  './hub': ['spaces', 'findSpace'],
  './data': ['openDataset', 'openBatches', 'describeDatasets'],
  './train': ['trainNetwork', 'evaluate', 'defaultSettings'],
  './strategy': ['strategies', 'findStrategy'],
  './oneshot': ['oneShotMethods', 'trainSupernet', 'judgePath', 'spos', 'darts'],
  './model': ['exportModel', 'predict', 'writeReport'],
  './search': ['runLoop', 'parseBudget'],
}

describe('the package', () => {
  it.each(paths)('%s is built, typed and imports', async (path, target) => {
    expect(existsSync(fileURLToPath(new URL(target.types, root)))).toBe(true)
    const names = Object.keys((await import(fileURLToPath(new URL(target.default, root)))) as Record<string, unknown>)
    expect(offered[path].filter((name) => !names.includes(name))).toEqual([])
  })

  it('holds what it needs at run time', () => {
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'assets']))
    expect(existsSync(fileURLToPath(new URL(manifest.bin.nascent, root)))).toBe(true)
  })

  it('pins every version exactly', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    )
    expect(loose).toEqual([])
  })
})
