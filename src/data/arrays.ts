import type { DecodedInfo } from './decoded.ts'
import { partOf } from './image-list.ts'
import type { NumberArray } from './idx.ts'
import type { NpyArray } from './npy.ts'
import { givenPart } from './split.ts'
import { learnTarget } from './table/target.ts'

/** Names of two arrays that belong together, and the part that they are. */
export interface ArrayPair {
  readonly part: number
  readonly inputs: string
  readonly targets: string
}

/**
 * Pairs inputs with targets by their names: X, x, images, data, inputs, features or arr_0 with y, labels, targets or arr_1, with or without
 * train, valid, val, test or t10k in the name (`x_train.npy`, `train-images-idx3-ubyte`, `X_test`).
 */
export function pairArrays(names: readonly string[]): ArrayPair[] {
  const roles = names.map((name) => roleOf(name))
  const pairs: ArrayPair[] = []
  for (const [i, role] of roles.entries()) {
    if (role?.side !== 'inputs') continue
    const j = roles.findIndex((other) => other?.side === 'targets' && other.part === role.part && other.rest === role.rest)
    const loose = j >= 0 ? j : roles.findIndex((other) => other?.side === 'targets' && other.part === role.part)
    if (loose >= 0) pairs.push({ part: role.part, inputs: names[i], targets: names[loose] })
  }
  return pairs
}

function roleOf(name: string): { side: 'inputs' | 'targets'; part: number; rest: string } | undefined {
  const words = name
    .split('/')
    .pop()!
    .replace(/\.(npy|gz|idx)$/gi, '')
    .split(/[^a-zA-Z0-9]+|(?<=[a-z])(?=[A-Z])/)
    .map((word) => word.toLowerCase())
  // NumPy's own names for unnamed arrays.
  if (words[0] === 'arr')
    return words[1] === '0'
      ? { side: 'inputs', part: givenPart.none, rest: '' }
      : words[1] === '1'
        ? { side: 'targets', part: givenPart.none, rest: '' }
        : undefined
  let part: number = givenPart.none
  let side: 'inputs' | 'targets' | undefined
  const rest: string[] = []
  for (const word of words) {
    const glued = /^(x|y|xs|ys)(train|valid|val|test)$/.exec(word) ?? /^(train|valid|val|test)(x|y)$/.exec(word)
    for (const token of glued ? glued.slice(1) : [word]) {
      const named = token === 't10k' ? givenPart.test : partOf(token)
      if (named !== undefined) part = named
      else if (/^(x|xs|images?|imgs?|data|inputs?|features?)$/.test(token)) side = 'inputs'
      else if (/^(y|ys|labels?|targets?)$/.test(token)) side = 'targets'
      else if (!/^idx\d?$|^ubyte$/.test(token)) rest.push(token)
    }
  }
  return side && { side, part, rest: rest.join(' ') }
}

/** How an array of inputs is understood. */
export interface InputLayout {
  readonly kind: DecodedInfo['kind']
  /** [channels, height, width], [channels, length] or [columns]. */
  readonly shape: readonly number[]
  /** The channels lie last in the file and come first in a record. */
  readonly channelsLast: boolean
}

/**
 * Reads the meaning of inputs from their shape: [N, D] is a table; [N, H, W, C] or [N, C, H, W] with 1 or 3 channels are images; [N, H, W] are images
 * when they are bytes, or when both sides are 8 or more and neither is over twice the other; else signals, the shorter side being the channels.
 * Throws an Error for other shapes.
 */
export function inputLayout(shape: readonly number[], bytes: boolean): InputLayout {
  const [, a = 0, b = 0, c = 0] = shape
  if (shape.length === 2) return { kind: 'table', shape: [a], channelsLast: false }
  if (shape.length === 4 && (c === 1 || c === 3)) return { kind: 'image', shape: [c, a, b], channelsLast: true }
  if (shape.length === 4 && (a === 1 || a === 3)) return { kind: 'image', shape: [a, b, c], channelsLast: false }
  if (shape.length === 3) {
    if (bytes || (Math.min(a, b) >= 8 && Math.max(a, b) <= 2 * Math.min(a, b)))
      return { kind: 'image', shape: [1, a, b], channelsLast: false }
    return a <= b ? { kind: 'signal', shape: [a, b], channelsLast: false } : { kind: 'signal', shape: [b, a], channelsLast: true }
  }
  throw new Error(
    `inputs of shape (${shape.join(', ')}) are not understood: give [N, columns], [N, height, width], [N, height, width, 1 or 3] or [N, channels, length]`,
  )
}

/** Images keep bytes; other numbers of images become bytes from 0..1, 0..255 or their own range. */
export interface ByteScale {
  readonly offset: number
  readonly factor: number
  readonly note?: string
}

export function byteScale(arrays: readonly NumberArray[]): ByteScale {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const { data } of arrays) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i]
      if (value < least) least = value
      if (value > most) most = value
    }
  }
  if (least >= 0 && most <= 1) return { offset: 0, factor: 255 }
  if (least >= 0 && most <= 255) return { offset: 0, factor: 1 }
  return {
    offset: least,
    factor: 255 / (most - least || 1),
    note: `The pixels lie between ${least} and ${most}; they were scaled to 0 to 255.`,
  }
}

/** The records of an input array as bytes for a sink, channels first. */
export function inputBytes(array: NumberArray, layout: InputLayout, scale: ByteScale): Uint8Array {
  const { data } = array
  if (layout.kind === 'image') {
    const bytes =
      data instanceof Uint8Array
        ? data
        : Uint8Array.from(data, (value) => Math.min(255, Math.max(0, Math.round((value - scale.offset) * scale.factor))))
    return layout.channelsLast && layout.shape[0] !== 1 ? (channelsFirst(bytes, layout.shape) as Uint8Array) : bytes
  }
  const numbers = Float32Array.from(data)
  const ordered = layout.channelsLast ? channelsFirst(numbers, layout.shape) : numbers
  return new Uint8Array(ordered.buffer, ordered.byteOffset, ordered.byteLength)
}

function channelsFirst(data: Uint8Array | Float32Array, shape: readonly number[]): Uint8Array | Float32Array {
  const channels = shape[0]
  const plane = shape.slice(1).reduce((product, size) => product * size, 1)
  const ordered = data instanceof Uint8Array ? new Uint8Array(data.length) : new Float32Array(data.length)
  for (let start = 0; start < data.length; start += channels * plane) {
    for (let c = 0; c < channels; c++) for (let i = 0; i < plane; i++) ordered[start + c * plane + i] = data[start + i * channels + c]
  }
  return ordered
}

/**
 * Task, classes and targets of target arrays: one-hot rows and words are classes, whole numbers from 0 on in an array of integers are class numbers
 * when each comes twice on average, other numbers follow the rule for target columns. `where` names them in errors.
 */
export function learnArrayTargets(arrays: readonly NpyArray[], where: string) {
  const values = arrays.flatMap((array): (string | number)[] => {
    if ('words' in array) return [...array.words]
    const width = array.shape.slice(1).reduce((product, size) => product * size, 1)
    const numbers = Array.from(array.data as ArrayLike<number>)
    return width === 1 ? numbers : oneHotIndices(numbers, width)
  })
  const integers = arrays.every((array) => 'data' in array && !(array.data instanceof Float32Array))
  const numbers = values.filter((value) => typeof value === 'number')
  const most = numbers.reduce((a, b) => Math.max(a, b), 0)
  const classNumbers =
    integers &&
    numbers.length === values.length &&
    numbers.every((value) => Number.isInteger(value) && value >= 0) &&
    most < values.length / 2
  return learnTarget(values, where, classNumbers ? 'classification' : undefined)
}

function oneHotIndices(numbers: readonly number[], width: number): number[] {
  return Array.from({ length: numbers.length / width }, (_, row) => {
    const values = numbers.slice(row * width, (row + 1) * width)
    const hot = values.indexOf(1)
    if (hot < 0 || values.some((value, i) => value !== (i === hot ? 1 : 0)))
      throw new Error(`targets with ${width} numbers a record must be one-hot rows, but record ${row} is not`)
    return hot
  })
}
