import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeDatasets } from '../../src/data/index.ts'
import { download, type RemoteFile } from '../../src/data/node/download.ts'
import { cifarSource, isAvailable, type KnownDataset, knownDatasets, knownSource } from '../../src/data/node/known.ts'
import { decodeToMemory } from '../../src/data/node/cache.ts'
import { tarEntries } from '../../src/data/node/tar.ts'
import { testFolder } from './folder.ts'

const { at, write } = testFolder('download')
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 253))
let answer: (request: IncomingMessage, response: ServerResponse) => void
let ranges: (string | undefined)[] = []
const server = createServer((request, response) => {
  ranges.push(request.headers.range)
  answer(request, response)
})
let base = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  ranges = []
  answer = serve
})

/** Answers like a server of files, with ranges. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from > 0) response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`)
  response.writeHead(from > 0 ? 206 : 200)
  response.end(content.subarray(from))
}

/** Sends bytes up to a place and, once they are on the disk, breaks the connection. */
function breakAt(end: number, part: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (from > 0) response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from })
    response.write(content.subarray(from, end))
    const arrived = setInterval(() => {
      if (!existsSync(part) || statSync(part).size < end) return
      clearInterval(arrived)
      response.destroy()
    }, 5)
  }
}

const remote = (path = 'set.bin'): RemoteFile => ({
  urls: [`${base}/${path}`],
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
})

describe('downloading', () => {
  it('brings the file once', async () => {
    await download(remote(), at('a/set.bin'))
    expect(readFileSync(at('a/set.bin')).equals(content)).toBe(true)
    await download(remote(), at('a/set.bin'))
    expect(ranges).toEqual([undefined])
    expect(existsSync(at('a/set.bin.part'))).toBe(false)
  })

  it('goes on where it was interrupted, within a call and in a later one', async () => {
    answer = breakAt(100_000, at('b/set.bin.part'))
    await expect(download(remote(), at('b/set.bin'), { attempts: 1 })).rejects.toThrow(/goes on where it stopped/)
    answer = (request, response) =>
      ranges.length === 2 ? breakAt(150_000, at('b/set.bin.part'))(request, response) : serve(request, response)
    await download(remote(), at('b/set.bin'))
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=150000-'])
    expect(readFileSync(at('b/set.bin')).equals(content)).toBe(true)
  })

  it('begins anew with a server that knows no ranges', async () => {
    write('c/set.bin.part', content.subarray(0, 1000))
    answer = (_, response) => response.writeHead(200).end(content)
    await download(remote(), at('c/set.bin'))
    expect(readFileSync(at('c/set.bin')).equals(content)).toBe(true)
  })

  it('refuses what is another file, and keeps nothing of it', async () => {
    answer = (_, response) => response.writeHead(200).end(Buffer.alloc(content.length))
    await expect(download(remote(), at('d/set.bin'), { attempts: 1 })).rejects.toThrow(
      /set\.bin cannot be downloaded \(.*its SHA-256 differs\).*put the file at .*set\.bin by hand/,
    )
    expect(existsSync(at('d/set.bin'))).toBe(false)
    expect(existsSync(at('d/set.bin.part'))).toBe(false)
    answer = (_, response) => response.writeHead(200).end(Buffer.alloc(content.length * 2))
    await expect(download(remote(), at('d/set.bin'), { attempts: 1 })).rejects.toThrow(/longer than/)
    answer = (_, response) => response.writeHead(404).end('no')
    await expect(download(remote(), at('d/set.bin'), { attempts: 1 })).rejects.toThrow(/answered 404/)
  })

  it('mends a damaged beginning by loading again', async () => {
    write('e/set.bin.part', Buffer.alloc(1000, 7))
    await download(remote(), at('e/set.bin'))
    expect(readFileSync(at('e/set.bin')).equals(content)).toBe(true)
    expect(ranges).toEqual(['bytes=1000-', undefined])
  })

  it('takes the next address when one fails, and ends when nothing arrives', async () => {
    answer = (request, response) => (request.url === '/good' ? serve(request, response) : response.writeHead(500).end())
    await download({ ...remote(), urls: [`${base}/bad`, `${base}/good`] }, at('f/set.bin'), { attempts: 1 })
    answer = () => {}
    await expect(download(remote(), at('g/set.bin'), { attempts: 1, stallMs: 100 })).rejects.toThrow(/nothing arrives/)
    server.closeAllConnections()
  })

  it('says what to do without a network', async () => {
    const file: RemoteFile = { urls: ['http://127.0.0.1:9/set.bin'], bytes: 5, sha256: 'x' }
    const refusal = download(file, at('h/set.bin'), { attempts: 1 })
    await expect(refusal).rejects.toMatchObject({ name: 'UserError' })
    await expect(refusal).rejects.toThrow(/connect to the network and start again.*or put the file at .*h\/set\.bin by hand/)
  })
})

/** A tar archive of some files. */
function tar(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, bytes]) => {
    const head = Buffer.alloc(512)
    head.write(name, 0)
    head.write(bytes.length.toString(8).padStart(11, '0'), 124)
    head.write('0', 156)
    head.write('ustar', 257)
    return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

describe('data sets known by name', () => {
  it('are listed, with what is here already', () => {
    const list = describeDatasets(at('nothing'))
    expect(list.map(({ name }) => name)).toEqual(['digits', 'fashion-mnist', 'mnist', 'cifar10', 'cifar100'])
    expect(list.map(({ available }) => available)).toEqual([true, true, false, false, false])
  })

  it('are downloaded into the cache, from a mirror when one is set, and then are here', async () => {
    const known: KnownDataset = {
      ...(knownDatasets.find(({ name }) => name === 'cifar10') as KnownDataset),
      files: [remote('cifar-10-binary.tar.gz')],
    }
    process.env.NASCENT_MIRROR = `${base}/mirror/`
    const urls: string[] = []
    answer = (request, response) => {
      urls.push(request.url ?? '')
      serve(request, response)
    }
    try {
      await knownSource(
        { ...known, files: known.files.map((file) => ({ ...file, urls: ['http://127.0.0.1:9/cifar-10-binary.tar.gz'] })) },
        at('cache'),
        {},
      )
    } finally {
      delete process.env.NASCENT_MIRROR
    }
    expect(urls).toEqual(['/mirror/cifar-10-binary.tar.gz'])
    expect(isAvailable(known, at('cache'))).toBe(true)
    // What was served is no archive: of the right size, as a file put there by hand may be.
    const source = await knownSource(known, at('cache'), {})
    await expect(decodeToMemory(source)).rejects.toThrow(/files of cifar10 in .*cifar10 are damaged .*delete that folder and start again/)
  })

  it('read the binary format of CIFAR', async () => {
    for (const labelBytes of [1, 2]) {
      const record = (label: number): Uint8Array =>
        Uint8Array.from({ length: labelBytes + 3072 }, (_, i) =>
          i < labelBytes ? (i === labelBytes - 1 ? label : 99) : (label * 7 + i - labelBytes) % 256,
        )
      const file = (labels: number[]): Uint8Array => Buffer.concat(labels.map(record))
      const files: Readonly<Record<string, Uint8Array>> =
        labelBytes === 1
          ? {
              'c/data_batch_2.bin': file([2, 3]),
              'c/data_batch_1.bin': file([0, 1]),
              'c/test_batch.bin': file([4]),
              'c/batches.meta.txt': Buffer.from('p\nq\nr\ns\nt\n\n'),
            }
          : {
              'c/train.bin': file([0, 1, 2, 3]),
              'c/test.bin': file([4]),
              'c/coarse_label_names.txt': Buffer.from('no\n'),
              'c/fine_label_names.txt': Buffer.from('p\nq\nr\ns\nt\n'),
            }
      write(`cifar${labelBytes}.tar.gz`, gzipSync(tar(files)))
      const { info, records, given } = await decodeToMemory(cifarSource('cifar', at(`cifar${labelBytes}.tar.gz`), labelBytes))
      expect(info.classes).toEqual(['p', 'q', 'r', 's', 't'])
      expect([...records.targets]).toEqual([0, 1, 2, 3, 4])
      expect([...given]).toEqual([1, 1, 1, 1, 3])
      const pixels = new Uint8Array(3072)
      records.readInputs([2], pixels)
      expect([pixels[0], pixels[3071]]).toEqual([14, (14 + 3071) % 256])
    }
  })

  it('refuse a tar archive that is cut off', () => {
    const whole = tar({ a: new Uint8Array(3000) })
    expect([...tarEntries(whole).keys()]).toEqual(['a'])
    expect(() => tarEntries(whole.subarray(0, 1500))).toThrow(/cut off/)
  })
})
