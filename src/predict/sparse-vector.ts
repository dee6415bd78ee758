/** A vector as its entries that are not zero. */
export interface SparseVector {
  readonly places: Int32Array
  readonly values: Float64Array
}

export function sparseVector(dense: Float64Array): SparseVector {
  const list: number[] = []
  for (let i = 0; i < dense.length; i++) if (dense[i] !== 0) list.push(i)
  return { places: Int32Array.from(list), values: Float64Array.from(list, (i) => dense[i]) }
}
