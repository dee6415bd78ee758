import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadModel, saveModel } from '../../src/model/artifact.ts'
import { writeFileAtomic } from '../../src/model/files.ts'
import { mlp, modelOf, picture, pictureData, tableData } from './fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-artifact-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a trained model in a folder', () => {
  it('comes back as it was, NaN and infinities included', async () => {
    const image = modelOf(picture(), pictureData([3, 12, 10], ['a', 'b', 'c', 'd']))
    const table = modelOf(mlp(1), tableData('regression'), {
      metrics: { r2: Number.NaN, loss: Number.POSITIVE_INFINITY },
      curve: [{ epoch: 1, step: 3, trainLoss: 0.5, validLoss: Number.NaN, metrics: { r2: -0.1 }, seconds: 1 }],
      test: {
        count: 2,
        metrics: { rmse: 1 },
        points: [[1, 2]],
        mistakes: [{ index: 0, truth: '1', predicted: '2', input: [Number.NaN, 1] }],
      },
    })
    for (const [name, model] of Object.entries({ image, table })) {
      const written = await saveModel(model, at(name))
      expect(written).toEqual([at(`${name}/model.safetensors`), at(`${name}/model.json`)])
      expect(await loadModel(at(name))).toEqual(model)
    }
  })

  it('is refused with a sentence when it is missing, damaged, or of two models', async () => {
    await expect(loadModel(at('none'))).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('no trained model') })
    for (const [file, content, words] of [
      ['model.json', '{"format":1,', 'damaged'],
      ['model.json', '{"format":2}', 'damaged'],
      ['model.safetensors', 'xx', 'safetensors'],
    ] as const) {
      await saveModel(modelOf(mlp(3), tableData('classification', ['a', 'b', 'c'])), at('broken'))
      writeFileSync(at(`broken/${file}`), content)
      await expect(loadModel(at('broken'))).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining(words) })
    }
    const weights = readFileSync(at('image/model.safetensors'))
    await saveModel(modelOf(mlp(3), tableData('classification', ['a', 'b', 'c'])), at('mixed'))
    writeFileSync(at('mixed/model.safetensors'), weights)
    await expect(loadModel(at('mixed'))).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('not of one model') })
  })
})

describe('writing a file', () => {
  it('leaves what was there, and no remains, when the check fails', async () => {
    writeFileSync(at('file'), 'old')
    await expect(
      writeFileAtomic(at('file'), 'new', async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(readFileSync(at('file'), 'utf8')).toBe('old')
    await writeFileAtomic(at('file'), 'new')
    expect(readFileSync(at('file'), 'utf8')).toBe('new')
    const { readdirSync } = await import('node:fs')
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('says that the disk is full', async () => {
    // A device that is always full, where the system has one.
    const { existsSync } = await import('node:fs')
    if (!existsSync('/dev/full')) return
    const { explained } = await import('../../src/model/files.ts')
    let caught: unknown
    try {
      writeFileSync('/dev/full', 'x')
    } catch (error) {
      caught = explained(error, 'model.onnx')
    }
    expect(caught).toMatchObject({ name: 'UserError', message: expect.stringMatching(/model\.onnx.*disk is full/) })
  })
})
