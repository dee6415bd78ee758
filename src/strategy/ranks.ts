/** Numbers in ascending order, to know where one stands among all before it. */
export class Ranks {
  readonly #sorted: number[]

  constructor(values: readonly number[] = []) {
    this.#sorted = [...values].sort((a, b) => a - b)
  }

  get count(): number {
    return this.#sorted.length
  }

  add(value: number): void {
    this.#sorted.splice(this.#place(value, true), 0, value)
  }

  /** Share of the numbers that are smaller, equal ones counting half: 0 to 1; one half when there is none. */
  of(value: number): number {
    if (this.#sorted.length === 0) return 0.5
    return (this.#place(value, false) + this.#place(value, true)) / (2 * this.#sorted.length)
  }

  /** The numbers, smallest first. */
  values(): readonly number[] {
    return this.#sorted
  }

  /** Place of the first number that is not smaller (or, after equals, that is greater). */
  #place(value: number, afterEquals: boolean): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sorted[middle] < value || (afterEquals && this.#sorted[middle] === value)) low = middle + 1
      else high = middle
    }
    return low
  }
}
