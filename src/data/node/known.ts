import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { UserError } from '../../errors.ts'
import type { DataSource } from '../decoded.ts'
import { givenPart } from '../split.ts'
import { digitClasses, digitsSource, fashionMnistSource, fileFingerprint, mnistLikeSource } from './built-in.ts'
import { type DownloadOptions, download, type RemoteFile } from './download.ts'
import { tarEntries } from './tar.ts'

/** A data set that is opened by its name. */
export interface KnownDataset {
  readonly name: string
  readonly summary: string
  /** Files to be downloaded; none for what is shipped. */
  readonly files: readonly RemoteFile[]
  source(folder: string): DataSource
}

const mnistHosts = ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/']
const cifarHosts = ['https://www.cs.toronto.edu/~kriz/']
const remote = (hosts: readonly string[], name: string, bytes: number, sha256: string): RemoteFile => ({
  urls: hosts.map((host) => host + name),
  bytes,
  sha256,
})

const cifar10Classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

/** All data sets known by name, the shipped ones first. */
export const knownDatasets: readonly KnownDataset[] = [
  { name: 'digits', summary: '1,797 handwritten digits, 8×8 grey, 10 classes; shipped', files: [], source: () => digitsSource() },
  {
    name: 'fashion-mnist',
    summary: '70,000 pictures of clothes, 28×28 grey, 10 classes; shipped',
    files: [],
    source: () => fashionMnistSource(),
  },
  {
    name: 'mnist',
    summary: '70,000 handwritten digits, 28×28 grey, 10 classes; 12 MB to download',
    files: [
      remote(mnistHosts, 'train-images-idx3-ubyte.gz', 9_912_422, '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'),
      remote(mnistHosts, 'train-labels-idx1-ubyte.gz', 28_881, '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'),
      remote(mnistHosts, 't10k-images-idx3-ubyte.gz', 1_648_877, '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6'),
      remote(mnistHosts, 't10k-labels-idx1-ubyte.gz', 4_542, 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6'),
    ],
    source: (folder) => mnistLikeSource('mnist', `${folder}/`, digitClasses),
  },
  {
    name: 'cifar10',
    summary: '60,000 colour pictures, 32×32, 10 classes; 170 MB to download',
    files: [remote(cifarHosts, 'cifar-10-binary.tar.gz', 170_052_171, 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd')],
    source: (folder) => cifarSource('cifar10', join(folder, 'cifar-10-binary.tar.gz'), 1),
  },
  {
    name: 'cifar100',
    summary: '60,000 colour pictures, 32×32, 100 classes; 169 MB to download',
    files: [remote(cifarHosts, 'cifar-100-binary.tar.gz', 168_513_733, '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec')],
    source: (folder) => cifarSource('cifar100', join(folder, 'cifar-100-binary.tar.gz'), 2),
  },
]

/** Whether all files of a known data set are here. */
export function isAvailable(known: KnownDataset, cache: string): boolean {
  return known.files.every((file) => existsSync(join(downloads(known, cache), fileName(file))))
}

/** The source of a known data set, downloaded first where it must be. NASCENT_MIRROR is an address whose files are taken instead of the public ones. */
export async function knownSource(known: KnownDataset, cache: string, options: DownloadOptions): Promise<DataSource> {
  const folder = downloads(known, cache)
  const mirror = process.env.NASCENT_MIRROR
  for (const file of known.files) {
    const urls = mirror ? [`${mirror.replace(/\/$/, '')}/${fileName(file)}`] : file.urls
    await download({ ...file, urls }, join(folder, fileName(file)), options)
  }
  const source = known.source(folder)
  return {
    ...source,
    async decode(sink) {
      try {
        return await source.decode(sink)
      } catch (error) {
        if (error instanceof UserError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error
        throw new UserError(
          `The files of ${known.name} in ${folder} are damaged (${(error as Error).message}): delete that folder and start again.`,
        )
      }
    },
  }
}

function downloads(known: KnownDataset, cache: string): string {
  return join(cache, 'downloads', known.name)
}

function fileName(file: RemoteFile): string {
  return file.urls[0]?.split('/').pop() ?? ''
}

const cifarImage = 3 * 32 * 32

/**
 * The binary version of CIFAR (Alex Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009): records of `labelBytes` labels, the
 * last of them the class, then red, green and blue planes.
 */
export function cifarSource(name: string, archive: string, labelBytes: number): DataSource {
  return {
    name,
    fingerprint: fileFingerprint([archive]),
    key: {},
    slow: true,
    async decode(sink) {
      const entries = tarEntries(await promisify(gunzip)(readFileSync(archive), { maxOutputLength: 2 ** 29 }))
      const find = (test: RegExp): Uint8Array[] =>
        [...entries]
          .filter(([path]) => test.test(path))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, bytes]) => bytes)
      const train = find(/(data_batch_\d|train)\.bin$/)
      const test = find(/test(_batch)?\.bin$/)
      const size = labelBytes + cifarImage
      const targets: number[] = []
      const given: number[] = []
      for (const [part, files] of [
        [givenPart.train, train],
        [givenPart.test, test],
      ] as const) {
        for (const bytes of files) {
          if (bytes.length % size !== 0)
            throw new UserError(`${archive} holds a file of another length than it should: delete it and start again.`)
          for (let at = 0; at < bytes.length; at += size) {
            targets.push(bytes[at + labelBytes - 1])
            given.push(part)
            sink.append(bytes.subarray(at + labelBytes, at + size))
          }
        }
      }
      const names = find(/(batches\.meta|fine_label_names)\.txt$/)[0]
      const read =
        names === undefined
          ? cifar10Classes
          : new TextDecoder()
              .decode(names)
              .split('\n')
              .map((line) => line.trim())
              .filter(Boolean)
      return {
        targets: Int32Array.from(targets),
        given: Uint8Array.from(given),
        info: { kind: 'image', task: 'classification', input: { shape: [3, 32, 32] }, dtype: 'uint8', classes: read, notes: [] },
      }
    },
  }
}
