import Table from 'cli-table3'

/** Milliseconds of a step. */
export interface Timing {
  readonly wallMinimum: number
  readonly wallMedian: number
  readonly cpuMinimum: number
}

export interface Row {
  readonly net: string
  readonly title: string
  readonly threads: number
  /** Milliseconds of processor time to make the training step's session, lowering included. */
  readonly compileMs: number
  readonly ours: Timing
  readonly contiguous?: Timing
  readonly channels_last?: Timing
  /** Milliseconds of TensorFlow.js's fastest step. */
  readonly tensorflow?: number
  /** GFLOP of a step's convolutions and matrix products. */
  readonly flops: number
  /** GFLOP/s of a large matrix product on this machine. */
  readonly peak: number
}

const smallest = (values: readonly number[]): number => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)

export function timingOf({ wall, cpu }: { readonly wall: readonly number[]; readonly cpu: readonly number[] }): Timing {
  const sorted = [...wall].sort((a, b) => a - b)
  return { wallMinimum: smallest(wall), wallMedian: sorted[Math.floor(sorted.length / 2)], cpuMinimum: smallest(cpu) }
}

const ms = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 1))
const times = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)}×`)

/** PyTorch's faster memory format, by one of a timing's numbers. */
function better({ contiguous, channels_last: last }: Row, key: keyof Timing): number | undefined {
  return contiguous && last ? Math.min(contiguous[key], last[key]) : undefined
}

/** One thread is compared by processor time, which what else the machine does disturbs less; several by the time on the clock. */
const measureOf = ({ threads }: Row): keyof Timing => (threads === 1 ? 'cpuMinimum' : 'wallMinimum')

export function printTable(rows: readonly Row[]): string {
  const table = new Table({
    head: [
      'network',
      'threads',
      'ours',
      'median',
      'PyTorch NCHW',
      'channels-last',
      'speed-up',
      'by medians',
      'TensorFlow.js',
      'compile / step',
      'of matrix peak',
    ],
    style: { head: [], border: [] },
  })
  for (const row of rows) {
    const { ours } = row
    const measure = measureOf(row)
    const [best, median] = [better(row, measure), better(row, 'wallMedian')]
    const step = ours[measure]
    table.push([
      row.title,
      row.threads,
      ms(step),
      ms(ours.wallMedian),
      ms(row.contiguous?.[measure]),
      ms(row.channels_last?.[measure]),
      times(best && best / step),
      times(median && median / ours.wallMedian),
      row.tensorflow === undefined ? '–' : `${ms(row.tensorflow)} (${Math.round(row.tensorflow / step)}×)`,
      (row.compileMs / step).toFixed(1),
      `${Math.round((row.flops / row.peak / step) * 1e5)} %`,
    ])
  }
  const note = `Milliseconds a step, the least over all rounds (processor time with one thread, else time on the clock); the median is on the clock.
Speed-up: PyTorch in its faster memory format / ours.`
  return `${table.toString()}\n${note}`
}
