/**
 * Lower triangle L of a symmetric positive definite matrix, A = L·Lᵀ, row by row.
 *
 * @param a the matrix, n×n, row by row; only its lower triangle is read
 * @returns undefined when the matrix is not positive definite
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const row = i * n
    for (let j = 0; j <= i; j++) {
      const other = j * n
      let sum = a[row + j]
      for (let k = 0; k < j; k++) sum -= l[row + k] * l[other + k]
      if (j < i) l[row + j] = sum / l[other + j]
      else if (sum > 0) l[row + i] = Math.sqrt(sum)
      else return undefined
    }
  }
  return l
}

/** Solves L·x = b for a lower triangle L, n×n row by row. */
export function solveLower(l: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = b[i]
    for (let k = 0, row = i * n; k < i; k++) sum -= l[row + k] * x[k]
    x[i] = sum / l[i * n + i]
  }
  return x
}

/** Solves Lᵀ·x = b for a lower triangle L, n×n row by row. */
export function solveUpper(l: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b)
  for (let i = n - 1; i >= 0; i--) {
    x[i] /= l[i * n + i]
    for (let k = 0, row = i * n; k < i; k++) x[k] -= l[row + k] * x[i]
  }
  return x
}
