import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { inputLayout, pairArrays } from '../../src/data/arrays.ts'
import { parseIdx } from '../../src/data/idx.ts'
import { parseNpy } from '../../src/data/npy.ts'
import { givenPart } from '../../src/data/split.ts'
import { examples, testFolder } from './folder.ts'

interface Golden {
  readonly arrays: Readonly<Record<string, { readonly file: string; readonly values?: number[]; readonly words?: string[] }>>
  readonly refused: Readonly<Record<string, string>>
  readonly archives: Readonly<Record<string, string>>
}
const golden = JSON.parse(readFileSync(new URL('../golden/numpy-arrays.json', import.meta.url), 'utf8')) as Golden
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
const { write, open } = testFolder('arrays')

/** An NPY file of float32 or bytes. */
function npy(shape: readonly number[], data: Float32Array | Uint8Array): Uint8Array {
  const header = `{'descr': '${data instanceof Uint8Array ? '|u1' : '<f4'}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }\n`
  const file = new Uint8Array(10 + header.length + data.byteLength)
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8])
  file.set(new TextEncoder().encode(header), 10)
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length)
  return file
}

/** An IDX file of bytes. */
function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + data.length)
  file.set([0, 0, 8, shape.length])
  const view = new DataView(file.buffer)
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size)
  file.set(data, 4 + 4 * shape.length)
  return file
}
const bytesFrom = (count: number, value: (i: number) => number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => value(i))

describe('NPY', () => {
  it.each(Object.entries(golden.arrays))('reads %s as NumPy wrote it', (_, { file, values, words }) => {
    const array = parseNpy(bytes(file))
    expect(array.shape).toEqual([2, 3])
    expect('words' in array ? array.words : [...array.data]).toEqual(words ?? values)
  })

  it.each(Object.entries(golden.refused))('refuses %s', (_, file) => {
    expect(() => parseNpy(bytes(file))).toThrow(/Python objects|Fortran order|is not read/)
  })

  it('refuses what is no NPY file, cut off, or claims more than is there', () => {
    const file = npy([4], Float32Array.of(1, 2, 3, 4))
    expect(() => parseNpy(file.subarray(0, file.length - 1))).toThrow(/should have \d+ bytes/)
    expect(() => parseNpy(file.subarray(0, 30))).toThrow(/cut off in its header/)
    expect(() => parseNpy(bytesFrom(100, (i) => i))).toThrow(/does not begin like/)
    expect(() => parseNpy(npy([1e9], Float32Array.of(1)))).toThrow(/should have/)
    expect(() => parseNpy(npy([1e9, 1e9], Float32Array.of(1)))).toThrow(/is none/)
  })
})

describe('IDX', () => {
  it('reads numbers of all its types', () => {
    expect(parseIdx(idx([2, 2], Uint8Array.of(1, 2, 3, 255)))).toEqual({ shape: [2, 2], data: Uint8Array.of(1, 2, 3, 255) })
    const file = new Uint8Array(8 + 8)
    file.set([0, 0, 0x0d, 1, 0, 0, 0, 2])
    new DataView(file.buffer).setFloat32(8, 1.5)
    new DataView(file.buffer).setFloat32(12, -2)
    expect(parseIdx(file)).toEqual({ shape: [2], data: Float32Array.of(1.5, -2) })
  })

  it('refuses what is cut off or none', () => {
    expect(() => parseIdx(idx([9], Uint8Array.of(1)))).toThrow(/should have 17 bytes/)
    expect(() => parseIdx(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toThrow(/does not begin like/)
  })
})

describe('arrays as data sets', () => {
  const labels = bytesFrom(30, (i) => i % 3)

  it('opens NPZ archives as NumPy writes them, with their parts', async () => {
    for (const [name, file] of Object.entries(golden.archives)) {
      write(`${name}.npz`, bytes(file))
      const data = await open(`${name}.npz`)
      expect(data.kind).toBe('image')
      expect(data.input.shape).toEqual([1, 4, 5])
      expect(data.classes).toEqual(['0', '1', '2'])
      if (name === 'stored') expect(data.test.count).toBe(10)
      const byFirst = new Map(examples(data).map(({ input, target }) => [input.join(), target]))
      for (let i = 0; i < 30; i++) {
        const picture = Array.from({ length: 20 }, (_, j) => (i * 20 + j) % 256)
        expect(byFirst.get(picture.join())).toBe(String(i % 3))
      }
    }
  })

  it('opens IDX pairs from a folder or by one of them', async () => {
    const pictures = bytesFrom(30 * 9, (i) => i % 251)
    write('idx/train-images-idx3-ubyte', idx([20, 3, 3], pictures.subarray(0, 180)))
    write('idx/train-labels-idx1-ubyte.gz', gzipSync(idx([20], labels.subarray(0, 20))))
    write('idx/t10k-images-idx3-ubyte.gz', gzipSync(idx([10, 3, 3], pictures.subarray(180))))
    write('idx/t10k-labels-idx1-ubyte', idx([10], labels.subarray(20)))
    for (const path of ['idx', 'idx/train-images-idx3-ubyte']) {
      const data = await open(path)
      expect([data.train.count + data.valid.count, data.test.count]).toEqual([20, 10])
      expect(data.classes).toEqual(['0', '1', '2'])
    }
  })

  it('opens NPY pairs: tables, colour pictures with channels last, unit floats, signals', async () => {
    write(
      'table/X.npy',
      npy(
        [30, 4],
        Float32Array.from({ length: 120 }, (_, i) => i / 3),
      ),
    )
    write(
      'table/y.npy',
      npy(
        [30],
        Float32Array.from({ length: 30 }, (_, i) => i * 1.5),
      ),
    )
    const table = await open('table')
    expect([table.kind, table.task, table.columns?.[3].name]).toEqual(['table', 'regression', 'x4'])
    for (const { input, target } of examples(table)) expect(input[0]).toBeCloseTo((Number(target) / 1.5) * (4 / 3), 4)

    write(
      'last/X.npy',
      npy(
        [30, 2, 2, 3],
        Float32Array.from({ length: 360 }, (_, i) => (i % 3) / 2),
      ),
    )
    write('last/labels.npy', npy([30], labels))
    const last = await open('last')
    expect(last.input.shape).toEqual([3, 2, 2])
    expect(examples(last)[0].input).toEqual([0, 0, 0, 0, 128, 128, 128, 128, 255, 255, 255, 255])

    write(
      'signal/X.npy',
      npy(
        [30, 40, 2],
        Float32Array.from({ length: 2400 }, (_, i) => i % 2),
      ),
    )
    write(
      'signal/y.npy',
      npy(
        [30, 3],
        Float32Array.from({ length: 90 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0)),
      ),
    )
    const signal = await open('signal')
    expect([signal.kind, signal.input.shape]).toEqual(['signal', [2, 40]])
    expect(signal.normalization.mean).toEqual([0, 1])
    expect(signal.classes).toEqual(['0', '1', '2'])
  })

  it('are refused with a sentence when they do not fit', async () => {
    const inputs = npy([30, 4], new Float32Array(120))
    write('lone/X.npy', inputs)
    await expect(open('lone')).rejects.toThrow(/lone has no inputs and targets that belong together: name them X and y/)
    write('unequal/X.npy', inputs)
    write('unequal/y.npy', npy([29], new Float32Array(29)))
    await expect(open('unequal')).rejects.toThrow(/has 30 records, but .* has 29/)
    write('odd/X.npy', npy([6, 2, 2, 2, 2], new Float32Array(96)))
    write('odd/y.npy', npy([6], Float32Array.of(0, 1, 0, 1, 0, 1)))
    await expect(open('odd')).rejects.toThrow(/inputs of shape \(6, 2, 2, 2, 2\) are not understood/)
    write('soft/X.npy', inputs)
    write('soft/y.npy', npy([30, 2], new Float32Array(60).fill(0.5)))
    await expect(open('soft')).rejects.toThrow(/must be one-hot rows, but record 0 is not/)
    write('cut/X.npy', inputs.subarray(0, 90))
    write('cut/y.npy', npy([30], new Float32Array(30)))
    await expect(open('cut')).rejects.toThrow(/X\.npy cannot be read: it should have/)
    write('bomb.npz', zipSync({ 'x.npy': new Uint8Array(80_000_000), 'y.npy': labels }, { level: 1 }))
    await expect(open('bomb.npz')).rejects.toThrow(/would unpack to more than/)
  })

  it('are paired by their names', () => {
    const pairs = (names: string[]): string[] => pairArrays(names).map(({ inputs, targets, part }) => `${inputs}+${targets}:${part}`)
    expect(pairs(['x_train.npy', 'y_train.npy', 'x_test.npy', 'y_test.npy'])).toEqual([
      `x_train.npy+y_train.npy:${givenPart.train}`,
      `x_test.npy+y_test.npy:${givenPart.test}`,
    ])
    expect(pairs(['arr_0.npy', 'arr_1.npy'])).toEqual(['arr_0.npy+arr_1.npy:0'])
    expect(pairs(['Xtrain.npy', 'ytrain.npy', 'testX.npy', 'testY.npy'])).toEqual([
      `Xtrain.npy+ytrain.npy:${givenPart.train}`,
      `testX.npy+testY.npy:${givenPart.test}`,
    ])
    expect(pairs(['train_images.npy', 'train_labels.npy', 'val_images.npy', 'val_labels.npy'])).toHaveLength(2)
    expect(pairs(['emnist-train-images-idx3-ubyte.gz', 'emnist-train-labels-idx1-ubyte.gz'])).toHaveLength(1)
    expect(pairs(['weights.npy', 'other.npy'])).toEqual([])
  })

  it('are pictures, signals or tables by their shape', () => {
    expect(inputLayout([9, 28, 28], false).kind).toBe('image')
    expect(inputLayout([9, 2, 128], false)).toEqual({ kind: 'signal', shape: [2, 128], channelsLast: false })
    expect(inputLayout([9, 128, 9], false)).toEqual({ kind: 'signal', shape: [9, 128], channelsLast: true })
    expect(inputLayout([9, 3, 32, 32], false)).toEqual({ kind: 'image', shape: [3, 32, 32], channelsLast: false })
  })
})
