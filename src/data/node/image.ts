import type { ImageShape } from '../augment.ts'

/** Pictures above this many pixels are refused before they are decoded: a few kilobytes can claim gigabytes. */
export const pixelLimit = 2 ** 27

const options = { limitInputPixels: pixelLimit, failOn: 'error', pages: 1 } as const

export interface ImageFacts {
  /** As a viewer shows it (turned by its orientation tag). */
  readonly width: number
  readonly height: number
  readonly grey: boolean
}

/** The image library, loaded when the first picture is decoded: most data sets have none. */
const loadSharp = async () => (await import('sharp')).default

/** Size and colour of a picture from its head; throws an Error when it is none, or too large. */
export async function inspectImage(bytes: Uint8Array): Promise<ImageFacts> {
  const sharp = await loadSharp()
  const { width, height, channels, space, orientation = 1 } = await sharp(bytes, options).metadata()
  if (width * height > pixelLimit)
    throw new Error(`it has ${width}×${height} pixels, more than the limit of ${pixelLimit / 2 ** 20} million`)
  const turned = orientation >= 5
  return {
    width: turned ? height : width,
    height: turned ? width : height,
    grey: (channels ?? 3) <= 2 || space === 'b-w' || space === 'grey16',
  }
}

/**
 * Decodes a picture (PNG, JPEG, WebP, GIF, TIFF, AVIF; of several frames the first) to uint8 [channels, height, width], channels 1 or 3: turned by its
 * orientation tag, transparency on white, stretched to the size (the common size has the usual ratio of sides, so that little is distorted).
 * Training and prediction both go through this. Throws an Error when the picture is damaged, cut off or too large.
 */
export async function decodeImage(input: Uint8Array | string, shape: ImageShape): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const [channels, height, width] = shape
  const turned = sharp(input, options).autoOrient().flatten({ background: '#ffffff' })
  const sized = turned.resize({ width, height, fit: 'fill' })
  const { data, info } = await (channels === 1 ? sized.greyscale() : sized.toColourspace('srgb'))
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const plane = width * height
  const image = new Uint8Array(channels * plane)
  for (let c = 0; c < channels; c++) {
    const from = Math.min(c, info.channels - 1)
    for (let i = 0; i < plane; i++) image[c * plane + i] = data[i * info.channels + from]
  }
  return image
}
