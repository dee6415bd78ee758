import { cholesky } from '../../predict/cholesky.ts'

/** A pivot below this share of the largest element is rounding: the matrix is singular. */
const singular = 1e-9

/**
 * Logarithm of the determinant of a symmetric matrix without negative eigenvalues; −Infinity when it is singular.
 *
 * @param a n×n, row by row
 */
export function logDeterminant(a: Float64Array, n: number): number {
  const lower = cholesky(a, n)
  if (lower === undefined) return -Infinity
  const largest = a.reduce((most, value) => Math.max(most, value), 0)
  let sum = 0
  for (let i = 0; i < n; i++) {
    const pivot = lower[i * n + i] ** 2
    if (!(pivot > singular * largest)) return -Infinity
    sum += Math.log(pivot)
  }
  return sum
}

/**
 * Correlation of each two rows of a matrix.
 *
 * @param rows n rows one after another
 * @returns n×n; undefined when a row is the same number everywhere, or holds what is no number
 */
export function correlations(rows: Float32Array, n: number): Float64Array | undefined {
  const width = rows.length / n
  const centred = new Float64Array(rows.length)
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(i * width, (i + 1) * width)
    const mean = row.reduce((sum, value) => sum + value, 0) / width
    let square = 0
    for (let k = 0; k < width; k++) square += (row[k] - mean) ** 2
    if (!(square > 0 && square < Infinity)) return undefined
    const scale = 1 / Math.sqrt(square)
    for (let k = 0; k < width; k++) centred[i * width + k] = (row[k] - mean) * scale
  }
  const result = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0
      for (let k = 0, a = i * width, b = j * width; k < width; k++) product += centred[a + k] * centred[b + k]
      result[i * n + j] = result[j * n + i] = product
    }
  }
  return result
}

/** Sweeps after which every symmetric matrix of our sizes has converged. */
const mostSweeps = 60

/**
 * Eigenvalues of a symmetric matrix by rotations that bring one element after the other to zero (Jacobi 1846).
 *
 * @param a n×n, row by row
 */
export function eigenvalues(a: Float64Array, n: number): number[] {
  const m = Float64Array.from(a)
  const size = Math.sqrt(m.reduce((sum, value) => sum + value * value, 0))
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = 0; q < p; q++) off += m[p * n + q] ** 2
    if (Math.sqrt(off) <= 1e-13 * size) break
    for (let p = 1; p < n; p++) for (let q = 0; q < p; q++) rotate(m, n, p, q)
  }
  return Array.from({ length: n }, (_, i) => m[i * n + i])
}

/** Turns rows and columns p and q so that their common element becomes 0. */
function rotate(m: Float64Array, n: number, p: number, q: number): void {
  const common = m[p * n + q]
  if (common === 0) return
  const half = (m[q * n + q] - m[p * n + p]) / (2 * common)
  const tangent = (half >= 0 ? 1 : -1) / (Math.abs(half) + Math.sqrt(half * half + 1))
  const cosine = 1 / Math.sqrt(tangent * tangent + 1)
  const sine = tangent * cosine
  for (let k = 0; k < n; k++) {
    const [left, right] = [m[k * n + p], m[k * n + q]]
    m[k * n + p] = cosine * left - sine * right
    m[k * n + q] = sine * left + cosine * right
  }
  for (let k = 0; k < n; k++) {
    const [left, right] = [m[p * n + k], m[q * n + k]]
    m[p * n + k] = cosine * left - sine * right
    m[q * n + k] = sine * left + cosine * right
  }
}
