import { integer, normal } from '../space/random.ts'
import type { Random } from '../space/types.ts'
import type { Augmentation } from './dataset.ts'

/** [channels, height, width] */
export type ImageShape = readonly [number, number, number]

/**
 * Changes a batch of uint8 images in place, each image by its own draws, in this order: pad-crop, flip, jitter, erasing, cutout.
 * `fill` is the value of each channel that stands for nothing (the training mean), 0..255.
 */
export function augmentImages(
  images: Uint8Array,
  shape: ImageShape,
  augmentation: Augmentation,
  fill: readonly number[],
  random: Random,
): void {
  const size = shape[0] * shape[1] * shape[2]
  const scratch = new Uint8Array(size)
  for (let start = 0; start < images.length; start += size) {
    const image = images.subarray(start, start + size)
    if (augmentation.crop) crop(image, shape, augmentation.crop, random, scratch)
    if (augmentation.flip && random.next() < 0.5) flip(image, shape)
    if (augmentation.jitter) jitter(image, shape, augmentation.jitter, random)
    if (augmentation.erasing && random.next() < augmentation.erasing) erase(image, shape, random)
    if (augmentation.cutout) cutout(image, shape, augmentation.cutout, fill, random)
  }
}

/** Mirrors left and right. */
function flip(image: Uint8Array, [channels, height, width]: ImageShape): void {
  for (let row = 0; row < channels * height; row++) image.subarray(row * width, (row + 1) * width).reverse()
}

/** Shifts by up to `pad` pixels each way; what comes in from outside is the image mirrored at its border. */
function crop(image: Uint8Array, [channels, height, width]: ImageShape, pad: number, random: Random, scratch: Uint8Array): void {
  const down = integer(random, -pad, pad)
  const right = integer(random, -pad, pad)
  if (down === 0 && right === 0) return
  scratch.set(image)
  const columns = Int32Array.from({ length: width }, (_, x) => mirrored(x + right, width))
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + mirrored(y + down, height)) * width
      const to = (c * height + y) * width
      for (let x = 0; x < width; x++) image[to + x] = scratch[from + columns[x]]
    }
  }
}

/** Index inside 0..size-1 that a border mirror shows at `index`. */
function mirrored(index: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const inside = ((index % period) + period) % period
  return inside < size ? inside : period - inside
}

/**
 * Covers a square of `side` pixels, centred anywhere, with the training mean, which is 0 after normalisation.
 * Terrance DeVries, Graham W. Taylor: Improved Regularization of Convolutional Neural Networks with Cutout, 2017, arXiv:1708.04552.
 */
function cutout(image: Uint8Array, [channels, height, width]: ImageShape, side: number, fill: readonly number[], random: Random): void {
  const top = integer(random, 0, height - 1) - Math.floor(side / 2)
  const left = integer(random, 0, width - 1) - Math.floor(side / 2)
  const from = Math.max(0, left)
  const to = Math.min(width, left + side)
  if (to <= from) return
  for (let c = 0; c < channels; c++) {
    const value = Math.round(fill[c] ?? 0)
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      const row = (c * height + y) * width
      image.fill(value, row + from, row + to)
    }
  }
}

/**
 * Covers a rectangle of 2 % to 33 % of the area, sides in a ratio of 0.3 to 3.3, with random values.
 * Zhun Zhong and others: Random Erasing Data Augmentation, 2017, arXiv:1708.04896.
 */
function erase(image: Uint8Array, [channels, height, width]: ImageShape, random: Random): void {
  const area = (0.02 + random.next() * 0.31) * height * width
  const ratio = Math.exp(Math.log(0.3) + random.next() * (Math.log(1 / 0.3) - Math.log(0.3)))
  const tall = Math.min(height, Math.max(1, Math.round(Math.sqrt(area * ratio))))
  const wide = Math.min(width, Math.max(1, Math.round(Math.sqrt(area / ratio))))
  const top = integer(random, 0, height - tall)
  const left = integer(random, 0, width - wide)
  for (let c = 0; c < channels; c++) {
    for (let y = top; y < top + tall; y++) {
      const row = (c * height + y) * width
      for (let x = left; x < left + wide; x++) image[row + x] = integer(random, 0, 255)
    }
  }
}

/** Changes brightness, contrast and (colour images) saturation by factors of 1 ± `strength`, each drawn evenly. */
function jitter(image: Uint8Array, [channels, height, width]: ImageShape, strength: number, random: Random): void {
  const factor = (): number => Math.max(0, 1 + strength * (2 * random.next() - 1))
  const brightness = factor()
  const contrast = factor()
  const saturation = channels === 3 ? factor() : 1
  let sum = 0
  for (let i = 0; i < image.length; i++) sum += image[i]
  const middle = (sum / image.length) * brightness
  const plane = height * width
  const adjust = (value: number): number => middle + (value * brightness - middle) * contrast
  if (channels !== 3) {
    for (let i = 0; i < image.length; i++) image[i] = byte(adjust(image[i]))
    return
  }
  for (let i = 0; i < plane; i++) {
    const red = adjust(image[i])
    const green = adjust(image[plane + i])
    const blue = adjust(image[2 * plane + i])
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue
    image[i] = byte(grey + (red - grey) * saturation)
    image[plane + i] = byte(grey + (green - grey) * saturation)
    image[2 * plane + i] = byte(grey + (blue - grey) * saturation)
  }
}

/**
 * Mixes each image, and its row of targets, with that of a partner: `λ·own + (1 - λ)·partner`, λ from Beta(alpha, alpha), one for the batch.
 * Hongyi Zhang and others: mixup: Beyond Empirical Risk Minimization, 2017, arXiv:1710.09412.
 */
export function mixup(images: Uint8Array, targets: Float32Array, records: number, alpha: number, random: Random): void {
  const lambda = beta(alpha, random)
  const size = images.length / records
  const width = targets.length / records
  const sourceImages = images.slice()
  const sourceTargets = targets.slice()
  // A rotation by a drawn distance gives every record another one as its partner.
  const shift = records > 1 ? integer(random, 1, records - 1) : 0
  for (let r = 0; r < records; r++) {
    const partner = (r + shift) % records
    for (let i = 0; i < size; i++) {
      images[r * size + i] = Math.round(lambda * sourceImages[r * size + i] + (1 - lambda) * sourceImages[partner * size + i])
    }
    for (let i = 0; i < width; i++) {
      targets[r * width + i] = lambda * sourceTargets[r * width + i] + (1 - lambda) * sourceTargets[partner * width + i]
    }
  }
}

function beta(alpha: number, random: Random): number {
  const a = gamma(alpha, random)
  const b = gamma(alpha, random)
  return a + b > 0 ? a / (a + b) : 0.5
}

/** George Marsaglia, Wai Wan Tsang: A Simple Method for Generating Gamma Variables, ACM TOMS 26 (2000). */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.next()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value)
}
