import { mkdirSync, utimesSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { zipSync } from 'fflate'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeImage, describe as describeData, summarize } from '../../src/data/index.ts'
import { commonSize, listByFolder } from '../../src/data/image-list.ts'
import { zipFiles, zipLimits } from '../../src/data/node/files.ts'
import { examples, picture, testFolder } from './folder.ts'

const { at, write, open } = testFolder('images')
const red = [200, 30, 30] as const
const blue = [30, 30, 200] as const

describe('pictures by class folders', () => {
  beforeAll(async () => {
    for (let i = 0; i < 12; i++) {
      write(`mixed/red/${i}.png`, await picture(20, 10, red, i).png().toBuffer())
      write(
        `mixed/blue things/${i}.${i % 2 ? 'jpg' : 'webp'}`,
        await (i % 2 ? picture(20, 10, blue, i).jpeg() : picture(20, 10, blue, i).webp()).toBuffer(),
      )
    }
  })

  it('reads PNG, JPEG and WebP; the folder is the class', async () => {
    const data = await open('mixed')
    expect(data.classes).toEqual(['blue things', 'red'])
    expect(data.input.shape).toEqual([3, 10, 20])
    const all = examples(data)
    expect(all).toHaveLength(24)
    for (const { input, target } of all) {
      const [r, g, b] = [0, 1, 2].map((c) => input[c * 200 + 150])
      const [wantR, wantG, wantB] = target === 'red' ? red : blue
      expect(Math.max(Math.abs(r - wantR), Math.abs(g - wantG), Math.abs(b - wantB))).toBeLessThan(12)
    }
    expect(await open('mixed')).toMatchObject({ notes: data.notes, normalization: data.normalization })
  })

  it('keeps grey pictures grey, pixel by pixel', async () => {
    const pixels = Uint8Array.from({ length: 64 }, (_, i) => 4 * i)
    for (const name of ['a', 'b']) {
      for (let i = 0; i < 6; i++) {
        const own = pixels.map((value) => (name === 'a' ? value : 255 - value) ^ (i & 3))
        write(
          `grey/${name}/${i}.png`,
          await sharp(own, { raw: { width: 8, height: 8, channels: 1 } })
            .toColourspace('b-w')
            .png()
            .toBuffer(),
        )
      }
    }
    const data = await open('grey')
    expect(data.input.shape).toEqual([1, 8, 8])
    const a = examples(data).filter(({ target }) => target === 'a')
    expect(a.some(({ input }) => input.every((value, i) => value === pixels[i]))).toBe(true)
  })

  it('brings all sizes to the median size, within the limit', async () => {
    for (const [i, size] of [100, 200, 300, 200, 200, 400].entries()) {
      for (const name of ['x', 'y'])
        write(
          `large/${name}/${i}.png`,
          await picture(size, size / 2, name === 'x' ? red : blue, i)
            .png()
            .toBuffer(),
        )
    }
    expect((await open('large')).input.shape).toEqual([3, 32, 64])
    expect((await open('large', { size: 16 })).input.shape).toEqual([3, 8, 16])
    expect((await open('large')).notes.join()).toMatch(/12 of 12 pictures have another size and were brought to 64×32 pixels, colour/)
  })

  it('skips pictures that are damaged, cut off or none, names and counts them', async () => {
    const noise = await sharp({
      create: { width: 64, height: 64, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
    })
      .jpeg()
      .toBuffer()
    for (let i = 0; i < 8; i++)
      for (const name of ['u', 'v'])
        write(
          `damaged/${name}/${i}.png`,
          await picture(8, 8, name === 'u' ? red : blue, i)
            .png()
            .toBuffer(),
        )
    write('damaged/u/cut.jpg', noise.subarray(0, noise.length / 2))
    write('damaged/u/garbage.png', 'not a picture')
    write('damaged/v/empty.png', '')
    const data = await open('damaged')
    expect(data.train.count + data.valid.count + data.test.count).toBe(16)
    const [note] = data.notes.filter((text) => text.includes('cannot be read'))
    expect(note).toMatch(/^3 of 19 pictures cannot be read and were left out/)
    for (const name of ['u/cut.jpg', 'u/garbage.png', 'v/empty.png']) expect(note).toContain(name)
  })

  it('refuses a picture that claims too many pixels, without decoding it', async () => {
    // The head of a PNG of 16,000 × 16,000 pixels, and nothing behind it.
    const header = new Uint8Array(17)
    new TextEncoder().encodeInto('IHDR', header)
    const view = new DataView(header.buffer)
    view.setUint32(4, 16_000)
    view.setUint32(8, 16_000)
    header.set([8, 2, 0, 0, 0], 12)
    const sum = new Uint8Array(4)
    new DataView(sum.buffer).setUint32(0, crc32(header))
    const bomb = Buffer.from([
      0x89,
      0x50,
      0x4e,
      0x47,
      13,
      10,
      26,
      10,
      0,
      0,
      0,
      13,
      ...header,
      ...sum,
      0,
      0,
      0,
      0,
      0x49,
      0x44,
      0x41,
      0x54,
      0x35,
      0xaf,
      0x06,
      0x1e,
    ])
    await expect(decodeImage(bomb, [3, 8, 8])).rejects.toThrow(/pixel/)
  })

  it('takes the parts of train, val and test folders', async () => {
    for (const [part, count] of [
      ['train', 8],
      ['val', 3],
      ['test', 2],
    ] as const) {
      for (const [label, colour] of [
        ['car', red],
        ['train', blue],
      ] as const) {
        for (let i = 0; i < count; i++)
          write(
            `parts/${part}/${label}/${part}${i}.png`,
            await picture(8, 8, colour, 10 * count + i)
              .png()
              .toBuffer(),
          )
      }
    }
    const data = await open('parts')
    expect([data.train.count, data.valid.count, data.test.count]).toEqual([16, 6, 4])
    expect(data.classes).toEqual(['car', 'train'])
  })

  it('notes exact copies, with other labels too, and uneven classes', async () => {
    for (let i = 0; i < 40; i++)
      write(
        `copies/many/${i}.png`,
        await picture(8, 8, red, Math.floor(i / 2))
          .png()
          .toBuffer(),
      )
    for (let i = 0; i < 4; i++) write(`copies/few/${i}.png`, await picture(8, 8, red, i).png().toBuffer())
    mkdirSync(at('copies/none'))
    const data = await open('copies', { target: 'x' })
    const notes = data.notes.join('\n')
    expect(notes).toContain('"none" is an empty folder and no class.')
    expect(notes).toContain('--target is for tables')
    expect(describeData(data)[0]).toBe('copies: 44 pictures of 8×8 pixels, colour; 2 classes ("few" and "many").')
    const { classes, counts } = summarize(data)
    expect(classes.map(({ name, train, valid, test }) => [name, train + valid + test])).toEqual([
      ['few', 4],
      ['many', 40],
    ])
    expect(classes.reduce((sum, { train }) => sum + train, 0)).toBe(counts.train)
    expect(notes).toMatch(/24 pictures are exact copies of others, \d+ of them with another label/)
    expect(notes).toMatch(/uneven: "many" has 28 training examples, "few" 2/)
  })

  it('decodes again when a picture changes', async () => {
    for (let i = 0; i < 8; i++)
      for (const name of ['p', 'q'])
        write(
          `change/${name}/${i}.png`,
          await picture(8, 8, name === 'p' ? red : blue, i)
            .png()
            .toBuffer(),
        )
    const before = examples(await open('change'))
    utimesSync(write('change/p/0.png', await picture(8, 8, [1, 2, 3]).png().toBuffer()), 1, 1)
    const after = examples(await open('change'))
    expect(after.some(({ input }) => input[1] === 1 && input[65] === 2)).toBe(true)
    expect(before.some(({ input }) => input[1] === 1 && input[65] === 2)).toBe(false)
  })
})

describe('decoding a picture', () => {
  it('turns by the orientation tag, puts transparency on white, takes 16 bits and palettes', async () => {
    const pixels = Uint8Array.from([255, 0, 0, 0, 0, 255])
    const wide = sharp(pixels, { raw: { width: 2, height: 1, channels: 3 } })
    const turned = await wide.clone().withMetadata({ orientation: 6 }).png().toBuffer()
    expect([...(await decodeImage(turned, [3, 2, 1]))]).toEqual([255, 0, 0, 0, 0, 255])
    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer()
    expect(new Set(await decodeImage(clear, [3, 8, 8]))).toEqual(new Set([255]))
    const deep = await wide.clone().toColourspace('rgb16').png().toBuffer()
    expect([...(await decodeImage(deep, [3, 1, 2]))]).toEqual([255, 0, 0, 0, 0, 255])
    const palette = await wide.clone().png({ palette: true }).toBuffer()
    expect([...(await decodeImage(palette, [3, 1, 2]))]).toEqual([255, 0, 0, 0, 0, 255])
    expect([...(await decodeImage(deep, [1, 1, 2]))].every((value) => value > 0 && value < 255)).toBe(true)
  })
})

describe('pictures in a list', () => {
  beforeAll(async () => {
    for (let i = 0; i < 20; i++) {
      const bytes = await picture(8, 8, i % 2 ? red : blue, i)
        .png()
        .toBuffer()
      write(`listed/img/${i}.png`, bytes)
      write(`beside/${i}.png`, bytes)
    }
    const rows = Array.from({ length: 20 }, (_, i) => `img/${i}.png,${i % 2 ? 'red' : 'blue'}`)
    write('listed/labels.csv', ['file,label', ...rows, 'img/none.png,red'].join('\n'))
    write('listed/split.csv.txt', '')
    write(
      'beside/list.csv',
      [
        'name,brightness,split',
        ...Array.from({ length: 20 }, (_, i) => `${i}.png,${i / 10 + 0.05},${i < 14 ? 'train' : i < 17 ? 'val' : 'test'}`),
      ].join('\n'),
    )
  })

  it('takes labels from a CSV in the folder, or given itself', async () => {
    for (const path of ['listed', 'listed/labels.csv']) {
      const data = await open(path)
      expect(data.classes).toEqual(['blue', 'red'])
      expect(data.notes.join()).toMatch(/none\.png/)
      for (const { input, target } of examples(data)) expect(target).toBe(input[80] > 100 ? 'red' : input[20] > 100 ? 'red' : 'blue')
    }
  })

  it('takes numbers as a regression, and the parts of a column of parts', async () => {
    const data = await open('beside/list.csv')
    expect(data.task).toBe('regression')
    expect([data.train.count, data.valid.count, data.test.count]).toEqual([14, 3, 3])
    expect(data.targetScale?.mean).toBeCloseTo(0.7, 5)
  })
})

describe('zip archives', () => {
  it('are read like folders, without unpacking to the disk', async () => {
    const files: Record<string, Uint8Array> = { '__MACOSX/junk.png': new Uint8Array(3), 'set/readme.txt': new Uint8Array(2) }
    for (let i = 0; i < 8; i++)
      for (const [name, colour] of [
        ['r', red],
        ['b', blue],
      ] as const)
        files[`set/${name}/${i}.png`] = await picture(8, 8, colour, i).png().toBuffer()
    write('set.zip', zipSync(files))
    const data = await open('set.zip')
    expect(data.classes).toEqual(['b', 'r'])
    expect(examples(data)).toHaveLength(16)
    write(
      'table.zip',
      zipSync({
        'inner/table.csv': new TextEncoder().encode(
          ['a,b,label', ...Array.from({ length: 30 }, (_, i) => `${(i * 7) % 10},${i % 3}.5,${i % 2 ? 'x' : 'y'}`)].join('\n'),
        ),
      }),
    )
    expect((await open('table.zip', { target: 'label' })).classes).toEqual(['x', 'y'])
  })

  it('are refused when they lead out, unpack to too much, or are damaged', async () => {
    const zip = (files: Record<string, Uint8Array>, level: 0 | 1 = 1): Uint8Array => zipSync(files, { level })
    write('escape.zip', zip({ '../../evil.png': new Uint8Array(4) }))
    await expect(open('escape.zip')).rejects.toThrow(/not safe to unpack.*evil\.png.*leads out/)
    write('bomb.zip', zip({ 'a/1.png': new Uint8Array(80_000_000) }))
    await expect(open('bomb.zip')).rejects.toThrow(/would unpack to more than 80000000 bytes/)
    expect(() => zipFiles(at('bomb.zip'), { ...zipLimits, entryBytes: 1000 })).toThrow(/"a\/1\.png" would unpack to 80000000 bytes/)
    const whole = zip({ 'a/1.png': Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251) })
    write('cut.zip', whole.subarray(0, whole.length - 60))
    await expect(open('cut.zip')).rejects.toThrow(/cut\.zip is not a whole zip archive/)
    write('garbage.zip', 'PK not a zip')
    await expect(open('garbage.zip')).rejects.toThrow(/garbage\.zip is not a whole zip archive/)
  })
})

describe('folders that cannot be used', () => {
  it('are refused with a sentence that says why and what to do', async () => {
    mkdirSync(at('empty'))
    await expect(open('empty')).rejects.toThrow(/empty is empty: put the pictures of each class into a folder of its own/)
    write('text/a.md', 'x')
    await expect(open('text')).rejects.toThrow(/no pictures \(PNG, JPEG, WebP\) and no table/)
    write('flat/1.png', await picture(8, 8, red).png().toBuffer())
    await expect(open('flat')).rejects.toThrow(/1 pictures? but no class folders.*file,label/)
    for (let i = 0; i < 8; i++) write(`one/only/${i}.png`, await picture(8, 8, red, i).png().toBuffer())
    await expect(open('one')).rejects.toThrow(/one class only \("only"\)/)
    write('few/a/1.png', await picture(8, 8, red).png().toBuffer())
    write('few/b/1.png', await picture(8, 8, blue).png().toBuffer())
    await expect(open('few')).rejects.toThrow(/only 2 examples: at least 6/)
    write('broken/a/1.png', 'no')
    write('broken/b/1.png', 'no')
    await expect(open('broken')).rejects.toThrow(/None of the 2 pictures in .*broken can be read \(a\/1\.png/)
    await expect(open('flat/1.png')).rejects.toThrow(/is one picture/)
    for (let i = 0; i < 8; i++) write(`lost/train/a/${i}.png`, await picture(8, 8, red, i).png().toBuffer())
    for (let i = 0; i < 8; i++) write(`lost/test/b/${i}.png`, await picture(8, 8, blue, i).png().toBuffer())
    await expect(open('lost')).rejects.toThrow(/nothing to train on for "b"/)
    write('unlisted/1.png', await picture(8, 8, red).png().toBuffer())
    write('unlisted/list.csv', 'file,label\nx.png,a\ny.png,b\n')
    await expect(open('unlisted')).rejects.toThrow(/None of the pictures that list\.csv lists is there \(the first is "x\.png"\)/)
  })
})

describe('rules of folders and sizes', () => {
  it('finds the class folders', () => {
    const labels = (paths: string[]): string[] => listByFolder(paths).images.map(({ label }) => label)
    expect(labels(['cat/1.png', 'dog/2.JPG'])).toEqual(['cat', 'dog'])
    expect(labels(['all/cat/1.png', 'all/dog/2.png'])).toEqual(['cat', 'dog'])
    expect(labels(['cat/deep/1.png', 'dog/2.png', 'cat/notes.txt'])).toEqual(['cat', 'dog'])
    expect(labels(['train/1.png', 'bus/2.png'])).toEqual(['train', 'bus'])
    expect(labels(['set/train/cat/1.png', 'set/test/dog/2.png'])).toEqual(['cat', 'dog'])
    expect(listByFolder(['cat/1.png', '2.png']).notes).toEqual(['1 picture lies in no class folder and was left out.'])
  })

  it('chooses a smaller size for many pictures', () => {
    const sizes = (count: number, side: number) => Array.from({ length: count }, () => ({ width: side, height: side }))
    expect(commonSize(sizes(100, 500))).toEqual([64, 64])
    expect(commonSize(sizes(6000, 500))).toEqual([48, 48])
    expect(commonSize(sizes(20_000, 500))).toEqual([32, 32])
    expect(commonSize(sizes(20_000, 28))).toEqual([28, 28])
    expect(commonSize(sizes(10, 4))).toEqual([8, 8])
    expect(commonSize([{ width: 100, height: 10 }], 50)).toEqual([8, 50])
  })
})
