/**
 * A family of growth curves over x ≥ 1. The values to be fitted lie about between 0 and 1; what a family gives outside its bounds of parameters is not a curve.
 */
export interface CurveFamily {
  readonly name: string
  /** Lowest and highest of each parameter. */
  readonly bounds: readonly (readonly [number, number])[]
  /** Parameters to begin a search with. @param first, last of the values seen */
  start(first: number, last: number): readonly number[]
  value(x: number, parameters: ArrayLike<number>): number
}

const asymptote = [-1, 2] as const

/**
 * The eleven families that Domhan, Springenberg and Hutter 2015 combine. Names and forms are theirs; parameters that must be positive stand as logarithms where
 * their size is unknown.
 */
export const curveFamilies: readonly CurveFamily[] = [
  {
    name: 'pow3',
    bounds: [asymptote, [-3, 3], [0.01, 5]],
    start: (first, last) => [last + 0.1, last - first + 0.1, 0.7],
    value: (x, p) => p[0] - p[1] * x ** -p[2],
  },
  {
    name: 'pow4',
    bounds: [asymptote, [-6, 4], [0, 20], [0.01, 5]],
    start: (_, last) => [last + 0.1, 0, 1, 0.7],
    value: (x, p) => p[0] - (Math.exp(p[1]) * x + p[2]) ** -p[3],
  },
  {
    name: 'log-log linear',
    bounds: [
      [0, 5],
      [1, 10],
    ],
    start: (first, last) => [Math.max(0.01, (Math.exp(last) - Math.exp(first)) / 3), Math.max(1, Math.exp(first))],
    value: (x, p) => Math.log(p[0] * Math.log(x) + p[1]),
  },
  {
    name: 'vapor pressure',
    bounds: [
      [-4, 1],
      [-10, 1],
      [-0.5, 0.5],
    ],
    start: (first, last) => [Math.log(Math.max(0.05, last)), Math.min(0, Math.log(Math.max(0.05, first) / Math.max(0.05, last))), 0],
    value: (x, p) => Math.exp(p[0] + p[1] / x + p[2] * Math.log(x)),
  },
  {
    name: 'Hill',
    bounds: [
      [0, 2],
      [0.05, 5],
      [-6, 8],
    ],
    start: (_, last) => [last + 0.1, 1, 0],
    value: (x, p) => p[0] / (1 + Math.exp(p[1] * (p[2] - Math.log(x)))),
  },
  {
    name: 'log power',
    bounds: [
      [0, 2],
      [-6, 8],
      [-5, -0.05],
    ],
    start: (_, last) => [last + 0.1, 1, -0.7],
    value: (x, p) => p[0] / (1 + (x / Math.exp(p[1])) ** p[2]),
  },
  {
    name: 'Morgan-Mercer-Flodin',
    bounds: [asymptote, [-1, 1], [-8, 4], [0.05, 5]],
    start: (first, last) => [last + 0.1, first - 0.1, -1, 0.8],
    value: (x, p) => p[0] - (p[0] - p[1]) / (1 + Math.exp(p[3] * (p[2] + Math.log(x)))),
  },
  {
    name: 'exp4',
    bounds: [asymptote, [-8, 3], [-5, 3], [0.05, 2]],
    start: (first, last) => [last + 0.1, -1.5, Math.log(Math.max(0.05, last - first + 0.2)), 0.7],
    value: (x, p) => p[0] - Math.exp(p[2] - Math.exp(p[1]) * x ** p[3]),
  },
  {
    name: 'Janoschek',
    bounds: [asymptote, [-2, 1], [-8, 3], [0.05, 2]],
    start: (first, last) => [last + 0.1, first - 0.2, -1.5, 0.7],
    value: (x, p) => p[0] - (p[0] - p[1]) * Math.exp(-Math.exp(p[2]) * x ** p[3]),
  },
  {
    name: 'Weibull',
    bounds: [asymptote, [-2, 1], [-8, 3], [0.05, 2]],
    start: (first, last) => [last + 0.1, first - 0.2, -2, 0.7],
    value: (x, p) => p[0] - (p[0] - p[1]) * Math.exp(-((Math.exp(p[2]) * x) ** p[3])),
  },
  {
    name: 'ilog2',
    bounds: [asymptote, [-3, 3]],
    start: (first, last) => [last + 0.2, Math.max(0.05, last - first)],
    value: (x, p) => p[0] - p[1] / Math.log(x + 1),
  },
]
