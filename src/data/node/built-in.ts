import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { DataSource, DecodeResult, RecordSink } from '../decoded.ts'
import { parseDigits } from '../digits.ts'
import { parseIdx } from '../idx.ts'
import { givenPart } from '../split.ts'

/** The package's assets, from src/ and from dist/ alike. */
export const assets = fileURLToPath(new URL('../../../assets/', import.meta.url))

const fashionClasses = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']
export const digitClasses = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

/** 1,797 optical digits of 8×8 grey pixels. */
export function digitsSource(): DataSource {
  const path = `${assets}digits/digits.csv.gz`
  return {
    name: 'digits',
    fingerprint: fileFingerprint([path]),
    key: {},
    slow: false,
    async decode(sink) {
      const { inputs, targets } = parseDigits(gunzipSync(readFileSync(path)).toString('latin1'))
      sink.append(inputs)
      // Seed 0 holds out the test part whatever the run's seed, so that figures on digits compare.
      return {
        targets,
        info: {
          kind: 'image',
          task: 'classification',
          input: { shape: [1, 8, 8] },
          dtype: 'uint8',
          classes: digitClasses,
          notes: [],
          testSeed: 0,
        },
      }
    },
  }
}

/** 70,000 pictures of clothes of 28×28 grey pixels (Han Xiao, Kashif Rasul, Roland Vollgraf, 2017, arXiv:1708.07747). */
export function fashionMnistSource(): DataSource {
  return mnistLikeSource('fashion-mnist', `${assets}fashion-mnist/`, fashionClasses)
}

/** A folder with the four files of MNIST and what has its format. */
export function mnistLikeSource(name: string, folder: string, classes: readonly string[]): DataSource {
  const files = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz', 't10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'].map(
    (file) => `${folder}${file}`,
  )
  return { name, fingerprint: fileFingerprint(files), key: {}, slow: true, decode: async (sink) => decodeMnist(files, classes, sink) }
}

function decodeMnist(files: readonly string[], classes: readonly string[], sink: RecordSink): DecodeResult {
  const [trainImages, trainLabels, testImages, testLabels] = files.map((file) =>
    parseIdx(gunzipSync(readFileSync(file), { maxOutputLength: 1 << 27 })),
  )
  const targets = Int32Array.from([...(trainLabels?.data ?? []), ...(testLabels?.data ?? [])])
  const given = new Uint8Array(targets.length).fill(givenPart.test).fill(givenPart.train, 0, trainLabels?.data.length)
  sink.append(trainImages?.data as Uint8Array)
  sink.append(testImages?.data as Uint8Array)
  const [, height = 0, width = 0] = trainImages?.shape ?? []
  return {
    targets,
    given,
    info: { kind: 'image', task: 'classification', input: { shape: [1, height, width] }, dtype: 'uint8', classes, notes: [] },
  }
}

/** Changes when a file changes: its path, size and time of change. */
export function fileFingerprint(paths: readonly string[]): string {
  return paths.map((path) => `${path}:${statSync(path).size}:${statSync(path).mtimeMs}`).join('|')
}
