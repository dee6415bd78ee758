// One step of a DARTS supernet, ours and PyTorch's in alternating rounds; the sampled step also against the step of its path alone.
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { createNodeRuntime } from '../src/tensor/node/index.ts'
import { createStepper, type Kind, kinds, timed } from './supernet-step/ours.ts'
import { type MemoryFormat, startPython } from './train-step/pytorch.ts'

const usage = `Times one step of the supernet of the space darts, ours and PyTorch's in alternating rounds, with 28x28 pictures.

node benchmarks/run.mjs supernet-step [--quick] [--json] [--kinds sampled,weights,alphas] [--cells 8] [--channels 16] [--batch 32] [--threads 1] [--rounds 10]

NASCENT_PYTHON: a Python with PyTorch (default python3).`

interface Answer {
  readonly wall: readonly number[]
  readonly cpu: readonly number[]
  readonly rss: number
  readonly parameters: number
}

interface Row {
  readonly kind: Kind
  readonly compileMs: number
  readonly parameters: number
  readonly cpuMs: number
  readonly wallMs: number
  /** MiB, at most so far. */
  readonly rss: number
  /** Milliseconds of processor time of the paths by themselves. */
  readonly aloneMs?: number
  readonly theirs: Partial<
    Record<MemoryFormat, { readonly cpuMs: number; readonly wallMs: number; readonly rss: number; readonly parameters: number }>
  >
}

const formats: readonly MemoryFormat[] = ['contiguous', 'channels_last']
const peakMiB = (): number => process.resourceUsage().maxRSS / 1024
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const least = (values: readonly number[]): number => Math.min(...values)

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
      kinds: { type: 'string' },
      cells: { type: 'string' },
      channels: { type: 'string' },
      batch: { type: 'string', default: '32' },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const number = (given: string | undefined, full: number, quick: number): number => Number(given ?? (values.quick ? quick : full))
  const [cells, channels, rounds] = [number(values.cells, 8, 4), number(values.channels, 16, 8), number(values.rounds, 10, 3)]
  const warmup = values.quick ? 10 : 100
  const [batchSize, threads] = [Number(values.batch), Number(values.threads)]
  const runtime = await createNodeRuntime()
  const python = await startPython('supernet-step.py', [threads, cells, channels, batchSize])
  console.error(python ? `PyTorch ${python.version}` : 'No Python with PyTorch found (NASCENT_PYTHON): its columns are left out')
  const rows: Row[] = []
  for (const kind of kinds.filter((kind) => !values.kinds || values.kinds.split(',').includes(kind))) {
    console.error(`${kind}, ${cells} cells, C = ${channels}, batch ${batchSize}, ${threads} thread(s)`)
    const ours = await createStepper(kind, { runtime, space: `darts:cells=${cells},channels=${channels}`, batchSize, threads })
    const answers: Partial<Record<MemoryFormat, Answer[]>> = {}
    const steps: { readonly wall: number; readonly cpu: number }[] = []
    const alone: number[] = []
    // The first time that a branch runs it gathers its memory.
    if (kind === 'sampled') for (let step = 0; step < warmup; step++) await ours.step()
    for (let round = 0; round <= rounds; round++) {
      const child = await ours.alone?.()
      const step = await timed(() => ours.step())
      const own = child && (await timed(() => child.step()))
      await child?.release()
      for (const format of python ? formats : []) {
        const answer = (await python?.ask({ kind, format, steps: 1 })) as Answer
        if (round > 0) answers[format] = [...(answers[format] ?? []), answer]
      }
      // The first round only warms up.
      if (round === 0) continue
      steps.push(step)
      if (own) alone.push(own.cpu)
    }
    // Sampled steps differ from path to path: their means are compared.
    const pick = kind === 'sampled' ? mean : least
    rows.push({
      kind,
      compileMs: ours.compileMs,
      parameters: ours.parameters,
      cpuMs: pick(steps.map(({ cpu }) => cpu)),
      wallMs: pick(steps.map(({ wall }) => wall)),
      rss: peakMiB(),
      ...(alone.length > 0 ? { aloneMs: mean(alone) } : {}),
      theirs: Object.fromEntries(
        Object.entries(answers).map(([format, list]) => [
          format,
          {
            cpuMs: pick(list.flatMap(({ cpu }) => cpu)),
            wallMs: pick(list.flatMap(({ wall }) => wall)),
            rss: Math.max(...list.map(({ rss }) => rss)),
            parameters: list[0].parameters,
          },
        ]),
      ),
    })
    console.error(JSON.stringify(rows.at(-1)))
    await ours.release()
  }
  python?.stop()
  console.log(values.json ? JSON.stringify(rows, undefined, 2) : tableOf(rows, threads))
  return 0
}

function tableOf(rows: readonly Row[], threads: number): string {
  const key = threads === 1 ? 'cpuMs' : 'wallMs'
  const table = new Table({
    head: [
      'step',
      'ours, ms',
      'PyTorch NCHW',
      'channels-last',
      'speed-up over the faster',
      'over its path alone',
      'compile, ms',
      'MiB, ours / PyTorch',
      'parameters',
    ],
    style: { head: [] },
  })
  for (const row of rows) {
    const { contiguous, channels_last: last } = row.theirs
    const faster = contiguous && last ? Math.min(contiguous[key], last[key]) : undefined
    table.push([
      row.kind,
      row[key].toFixed(1),
      contiguous?.[key].toFixed(1) ?? '–',
      last?.[key].toFixed(1) ?? '–',
      faster === undefined ? '–' : `${(faster / row[key]).toFixed(2)}×`,
      row.aloneMs === undefined ? '–' : `${(row.cpuMs / row.aloneMs).toFixed(2)}×`,
      row.compileMs.toFixed(0),
      `${row.rss.toFixed(0)} / ${last ? last.rss.toFixed(0) : '–'}`,
      `${row.parameters}${contiguous && contiguous.parameters !== row.parameters ? ` (PyTorch ${contiguous.parameters})` : ''}`,
    ])
  }
  return table.toString()
}
