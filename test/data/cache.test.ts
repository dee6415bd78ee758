import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DataSource } from '../../src/data/decoded.ts'
import { decodeCached } from '../../src/data/node/cache.ts'
import { testFolder } from './folder.ts'

const { at, write } = testFolder('cache')
const length = 3000
const count = 900

/** Number j of record i is (i + j) modulo 251. */
const pattern = Uint8Array.from({ length: length + 251 }, (_, i) => i % 251)

/** A source of 2.7 MB (three chunks) that counts how often it is decoded. */
function source(fingerprint = 'one', slow = true): DataSource & { readonly decoded: () => number } {
  let times = 0
  return {
    name: 'made',
    fingerprint,
    key: { a: 1 },
    slow,
    decoded: () => times,
    async decode(sink) {
      times++
      for (let i = 0; i < count; i++) sink.append(pattern.subarray(i % 251, (i % 251) + length))
      return {
        targets: Int32Array.from({ length: count }, (_, i) => i % 2),
        given: Uint8Array.from({ length: count }, (_, i) => (i < 10 ? 3 : 0)),
        info: {
          kind: 'image',
          task: 'classification',
          input: { shape: [3, 10, 100] },
          dtype: 'uint8',
          classes: ['a', 'b'],
          notes: ['seen'],
        },
      }
    },
  }
}

const notes: string[] = []
const opened = (of: DataSource, inMemory?: number) => decodeCached(of, at('cache'), (note) => notes.push(note), inMemory)
const file = (ending: string): string => at(`cache/decoded/${readdirSync(at('cache/decoded')).find((name) => name.endsWith(ending))}`)

async function expectWhole(of: DataSource, inMemory?: number): Promise<void> {
  const { info, records, given, close } = await opened(of, inMemory)
  expect(info.notes).toEqual(['seen'])
  expect(records.count).toBe(count)
  expect([...given.subarray(8, 12)]).toEqual([3, 3, 0, 0])
  expect([...records.targets.subarray(0, 3)]).toEqual([0, 1, 0])
  const some = [899, 3, 4, 5, 0]
  const into = new Uint8Array(some.length * length)
  records.readInputs(some, into)
  for (const [place, i] of some.entries()) for (const j of [0, 1, length - 1]) expect(into[place * length + j]).toBe((i + j) % 251)
  close?.()
}

describe('the cache of decoded data', () => {
  beforeEach(() => {
    rmSync(at('cache'), { recursive: true, force: true })
    notes.length = 0
  })

  it('decodes once, then reads: into memory, or by position', async () => {
    const made = source()
    for (const inMemory of [undefined, undefined, 0, 1000]) await expectWhole(made, inMemory)
    expect(made.decoded()).toBe(1)
    expect(readdirSync(at('cache/decoded'))).toHaveLength(2)
  })

  it('decodes again when the source changed, and drops the old copy', async () => {
    await expectWhole(source('one'))
    const changed = source('two')
    await expectWhole(changed)
    expect(changed.decoded()).toBe(1)
    expect(readdirSync(at('cache/decoded')).filter((name) => name.endsWith('.json'))).toHaveLength(1)
  })

  it.each([
    [
      'a flipped byte',
      () => {
        const bytes = readFileSync(file('.bin'))
        bytes[1_500_000] ^= 1
        writeFileSync(file('.bin'), bytes)
      },
    ],
    ['a lost end', () => truncateSync(file('.bin'), 2_000_000)],
    ['a lost file', () => rmSync(file('.bin'))],
    ['a manifest that was written over', () => writeFileSync(file('.json'), '{"checksum":1}\n{}')],
    ['a manifest cut short', () => truncateSync(file('.json'), 100)],
    ['an empty manifest', () => truncateSync(file('.json'), 0)],
  ])('finds %s, says so, and makes it anew', async (_, damage) => {
    await expectWhole(source())
    damage()
    const again = source()
    await expectWhole(again)
    expect(again.decoded()).toBe(1)
    expect(notes.join()).toMatch(/damaged: it is made anew/)
    await expectWhole(source())
  })

  it('finds damage while reading by position, throws it away, and says to start again', async () => {
    await expectWhole(source(), 0)
    const bytes = readFileSync(file('.bin'))
    bytes[1_500_000] ^= 1
    writeFileSync(file('.bin'), bytes)
    const { records, close } = await opened(source(), 0)
    records.readInputs([0], new Uint8Array(length))
    expect(() => records.readInputs([500], new Uint8Array(length))).toThrow(/damaged and have been thrown away: start again/)
    close?.()
    const again = source()
    await expectWhole(again, 0)
    expect(again.decoded()).toBe(1)
  })

  it('leaves no half-written file when decoding fails', async () => {
    const failing: DataSource = {
      ...source(),
      decode: async (sink) => {
        sink.append(new Uint8Array(2_000_000))
        throw new Error('broken source')
      },
    }
    await expect(opened(failing)).rejects.toThrow('broken source')
    expect(readdirSync(at('cache/decoded'))).toEqual([])
  })

  it('is shared by processes that decode at the same time', async () => {
    await Promise.all(Array.from({ length: 4 }, () => expectWhole(source())))
    expect(readdirSync(at('cache/decoded'))).toHaveLength(2)
  })

  it('goes on in memory where nothing can be written, with a note', async () => {
    write('cache', 'a file where the folder should be')
    await expectWhole(source())
    expect(notes.join()).toMatch(/cannot be written \(E\w+\), so made is decoded into memory each time; set NASCENT_CACHE/)
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('goes on in memory on a folder that is read-only', async () => {
    await expectWhole(source())
    renameSync(at('cache/decoded'), at('cache/other'))
    chmodSync(at('cache'), 0o500)
    await expectWhole(source())
    chmodSync(at('cache'), 0o700)
    expect(notes.join()).toMatch(/cannot be written/)
  })

  it('is not used for what is quickly decoded', async () => {
    const quick = source('one', false)
    await expectWhole(quick)
    await expectWhole(quick)
    expect(quick.decoded()).toBe(2)
  })
})
