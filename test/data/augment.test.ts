import { describe, expect, it } from 'vitest'
import { augmentImages, type ImageShape, mixup } from '../../src/data/augment.ts'
import type { Augmentation } from '../../src/data/dataset.ts'
import { randomFor } from '../../src/space/random.ts'

const shape: ImageShape = [1, 8, 8]
const picture = Uint8Array.from({ length: 64 }, (_, i) => 3 * i)

/** Many augmented copies of one picture. */
function copies(augmentation: Augmentation, count = 400, of = picture, size = shape): Uint8Array[] {
  const batch = new Uint8Array(count * of.length)
  for (let i = 0; i < count; i++) batch.set(of, i * of.length)
  augmentImages(batch, size, augmentation, [100, 100, 100], randomFor(5, 'test'))
  return Array.from({ length: count }, (_, i) => batch.slice(i * of.length, (i + 1) * of.length))
}
const share = (images: Uint8Array[], test: (image: Uint8Array) => boolean): number => images.filter(test).length / images.length
const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((value, i) => value === b[i])

describe('augmentation', () => {
  it('does nothing when nothing is asked for', () => {
    expect(share(copies({}, 10), (image) => same(image, picture))).toBe(1)
  })

  it('mirrors every other picture', () => {
    const mirrored = Uint8Array.from({ length: 64 }, (_, i) => picture[Math.floor(i / 8) * 8 + 7 - (i % 8)])
    const images = copies({ flip: true })
    const flipped = share(images, (image) => same(image, mirrored))
    expect(flipped).toBeGreaterThan(0.4)
    expect(flipped).toBeLessThan(0.6)
    expect(share(images, (image) => same(image, picture))).toBeCloseTo(1 - flipped, 10)
  })

  it('shifts by up to the padding in both directions, each shift as often, mirrored at the border', () => {
    const shifts = new Map<number, number>()
    for (const image of copies({ crop: 2 }, 1000)) {
      let found = 0
      for (let down = -2; down <= 2; down++) {
        for (let right = -2; right <= 2; right++) {
          const at = (i: number, shift: number): number => (i + shift < 0 ? -(i + shift) : i + shift > 7 ? 14 - (i + shift) : i + shift)
          const expected = Uint8Array.from({ length: 64 }, (_, i) => picture[at(Math.floor(i / 8), down) * 8 + at(i % 8, right)])
          if (!same(image, expected)) continue
          found++
          shifts.set(down * 10 + right, (shifts.get(down * 10 + right) ?? 0) + 1)
        }
      }
      expect(found).toBe(1)
    }
    expect(shifts.size).toBe(25)
    for (const count of shifts.values()) expect(Math.abs(count - 40)).toBeLessThan(30)
  })

  it('cuts out a square of the training mean, which may hang over the border', () => {
    const areas = copies({ cutout: 4 }, 400, new Uint8Array(64)).map((image) => image.filter((value) => value === 100).length)
    expect(Math.max(...areas)).toBe(16)
    expect(Math.min(...areas)).toBe(4)
    expect(new Set(areas).size).toBeGreaterThan(3)
  })

  it('erases rectangles of 2 to 33 percent with noise, in the asked share of pictures', () => {
    const large: ImageShape = [1, 32, 32]
    const images = copies({ erasing: 0.3 }, 600, new Uint8Array(1024), large)
    const erased = images.filter((image) => image.some((value) => value !== 0))
    expect(Math.abs(erased.length / 600 - 0.3)).toBeLessThan(0.06)
    for (const image of erased) expect(image.filter((value) => value !== 0).length).toBeLessThanOrEqual(0.37 * 1024)
    const values = erased.flatMap((image) => [...image].filter((value) => value !== 0))
    expect(values.reduce((a, b) => a + b) / values.length).toBeGreaterThan(118)
    expect(values.reduce((a, b) => a + b) / values.length).toBeLessThan(138)
  })

  it('changes brightness around the picture, and saturation of colours only', () => {
    const means = copies({ jitter: 0.4 }).map((image) => image.reduce((a, b) => a + b, 0) / 64)
    const own = picture.reduce((a, b) => a + b, 0) / 64
    expect(Math.abs(means.reduce((a, b) => a + b) / means.length / own - 1)).toBeLessThan(0.05)
    expect(Math.min(...means)).toBeLessThan(0.75 * own)
    expect(Math.max(...means)).toBeGreaterThan(1.25 * own)
    const grey = Uint8Array.from({ length: 48 }, (_, i) => 40 + 5 * (i % 16))
    // A grey pixel stays grey whatever the saturation.
    for (const image of copies({ jitter: 0.5 }, 50, grey, [3, 4, 4]))
      for (let i = 0; i < 16; i++) expect(Math.abs(image[i] - image[16 + i])).toBeLessThanOrEqual(1)
  })
})

describe('mixup', () => {
  it('mixes pictures and targets by the same share, another partner for each', () => {
    const records = 8
    const images = Uint8Array.from({ length: records * 4 }, (_, i) => 30 * Math.floor(i / 4))
    const targets = new Float32Array(records * records)
    for (let r = 0; r < records; r++) targets[r * records + r] = 1
    mixup(images, targets, records, 0.4, randomFor(11, 'mix'))
    for (let r = 0; r < records; r++) {
      const row = targets.slice(r * records, (r + 1) * records)
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
      const partner = row.findIndex((value, i) => i !== r && value > 0)
      const expected = row[r] * 30 * r + (partner < 0 ? 0 : row[partner] * 30 * partner)
      for (let i = 0; i < 4; i++) expect(Math.abs(images[r * 4 + i] - expected)).toBeLessThanOrEqual(0.51)
    }
  })

  it('draws the share from Beta(alpha, alpha)', () => {
    for (const alpha of [0.2, 1, 4]) {
      const draws = Array.from({ length: 3000 }, (_, i) => {
        const targets = Float32Array.from([1, 0])
        mixup(new Uint8Array(2), targets, 2, alpha, randomFor(i, 'beta', alpha))
        return targets[0]
      })
      const mean = draws.reduce((a, b) => a + b) / draws.length
      const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length
      expect(mean).toBeCloseTo(0.5, 1)
      // Variance of Beta(a, a): 1 / (4 (2a + 1)).
      expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.9)
      expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.1)
    }
  })
})
