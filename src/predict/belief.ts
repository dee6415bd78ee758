/** What a model says of a point: a normal distribution. */
export interface Belief {
  readonly mean: number
  /** Standard deviation of the function there, without the noise of a measurement; 0 or more. */
  readonly deviation: number
}
