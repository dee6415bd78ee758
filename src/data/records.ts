import type { Dataset, Records } from './dataset.ts'

/** Numbers that make one record's input. */
export function recordLength(input: { readonly shape: readonly number[] }): number {
  return input.shape.reduce((product, size) => product * size, 1)
}

/** Records that lie in memory one after another. */
export class MemoryRecords implements Records {
  readonly count: number
  readonly dtype: 'uint8' | 'float32'

  /** `inputs` holds `targets.length` records of one length. */
  constructor(
    readonly inputs: Uint8Array | Float32Array,
    readonly targets: Int32Array | Float32Array,
    readonly length: number,
  ) {
    if (inputs.length !== targets.length * length) {
      throw new RangeError(`${targets.length} records of ${length} numbers need ${targets.length * length} numbers, not ${inputs.length}`)
    }
    this.count = targets.length
    this.dtype = inputs instanceof Uint8Array ? 'uint8' : 'float32'
  }

  readInputs(indices: ArrayLike<number>, into: Uint8Array | Float32Array): void {
    const { inputs, length } = this
    for (let i = 0; i < indices.length; i++) {
      const from = checkedIndex(indices[i], this.count) * length
      if (length < 32) for (let j = 0; j < length; j++) into[i * length + j] = inputs[from + j]
      else into.set(inputs.subarray(from, from + length), i * length)
    }
  }
}

/** Some of another's records, in the order of `indices`. */
export class SubsetRecords implements Records {
  readonly count: number
  readonly dtype: 'uint8' | 'float32'
  readonly targets: Int32Array | Float32Array

  constructor(
    readonly parent: Records,
    readonly indices: Uint32Array,
  ) {
    this.count = indices.length
    this.dtype = parent.dtype
    const targets = parent.targets instanceof Int32Array ? new Int32Array(this.count) : new Float32Array(this.count)
    for (let i = 0; i < this.count; i++) targets[i] = parent.targets[checkedIndex(indices[i], parent.count)]
    this.targets = targets
  }

  readInputs(indices: ArrayLike<number>, into: Uint8Array | Float32Array): void {
    const mapped = new Uint32Array(indices.length)
    for (let i = 0; i < indices.length; i++) mapped[i] = this.indices[checkedIndex(indices[i], this.count)]
    this.parent.readInputs(mapped, into)
  }
}

/** The records of one part, then those of another. */
export class MergedRecords implements Records {
  readonly count: number
  readonly dtype: 'uint8' | 'float32'
  readonly targets: Int32Array | Float32Array

  constructor(
    readonly first: Records,
    readonly second: Records,
  ) {
    if (first.dtype !== second.dtype) throw new TypeError(`Parts of ${first.dtype} and ${second.dtype} cannot be merged`)
    this.count = first.count + second.count
    this.dtype = first.dtype
    const targets = first.targets instanceof Int32Array ? new Int32Array(this.count) : new Float32Array(this.count)
    targets.set(first.targets)
    targets.set(second.targets, first.count)
    this.targets = targets
  }

  readInputs(indices: ArrayLike<number>, into: Uint8Array | Float32Array): void {
    const length = indices.length === 0 ? 0 : into.length / indices.length
    // Runs of one part are read together: a shuffled batch has many short ones, an evaluation two long ones.
    for (let start = 0; start < indices.length; ) {
      const inFirst = checkedIndex(indices[start], this.count) < this.first.count
      let end = start
      while (end < indices.length && indices[end] < this.first.count === inFirst) end++
      const part = new Uint32Array(end - start)
      for (let i = start; i < end; i++) part[i - start] = checkedIndex(indices[i], this.count) - (inFirst ? 0 : this.first.count)
      const source = inFirst ? this.first : this.second
      source.readInputs(part, into.subarray(start * length, end * length))
      start = end
    }
  }
}

/** Some records of a part, in the order of `indices`; nothing is copied but the targets. */
export function subset(records: Records, indices: ArrayLike<number>): Records {
  const own = Uint32Array.from(indices)
  // A view of a view is flattened, so that reading never walks a chain.
  if (!(records instanceof SubsetRecords)) return new SubsetRecords(records, own)
  return new SubsetRecords(
    records.parent,
    own.map((index) => records.indices[checkedIndex(index, records.count)]),
  )
}

/** All records of `first`, then all of `second`: for the final training on the training and validation parts. */
export function mergeParts(first: Records, second: Records): Records {
  if (first.count === 0) return second
  if (second.count === 0) return first
  return new MergedRecords(first, second)
}

/** The data set with its validation part added to the training part (normalisation stays as it was learnt). */
export function mergeTrainAndValid(dataset: Dataset): Dataset {
  return { ...dataset, train: mergeParts(dataset.train, dataset.valid) }
}

function checkedIndex(index: number, count: number): number {
  if (!(index >= 0 && index < count)) throw new RangeError(`There is no record ${index}: the part has ${count}`)
  return index
}
