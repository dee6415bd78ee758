/** @throws RangeError unless `low` ≤ value < `high` */
export function checkRange(what: string, value: number, low: number, high: number): void {
  if (!(value >= low && value < high)) throw new RangeError(`${what} must be at least ${low} and below ${high}, got ${value}`)
}
