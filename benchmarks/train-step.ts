import { parseArgs } from 'node:util'
import { createNodeRuntime } from '../src/tensor/node/index.ts'
import { type Net, nets } from './train-step/nets.ts'
import { createTrainer } from './train-step/ours.ts'
import { matrixPeak, stepFlops } from './train-step/peak.ts'
import { type MemoryFormat, type PyTorch, startPyTorch } from './train-step/pytorch.ts'
import { printTable, type Row, type Timing, timingOf } from './train-step/report.ts'
import { timeTensorFlow } from './train-step/tensorflow.ts'

const usage = `Times one training step of six networks, ours and PyTorch's in alternating rounds.

node benchmarks/run.mjs train-step [--quick] [--json] [--nets plain,mlp] [--threads 1,2] [--rounds 12] [--steps 3]

NASCENT_PYTHON: a Python with PyTorch (default python3). NASCENT_TFJS: a folder where @tensorflow/tfjs is installed (default: left out).`

interface Settings {
  readonly nets: readonly Net[]
  readonly threads: readonly number[]
  readonly rounds: number
  readonly steps: number
  readonly json: boolean
}

function settingsOf(args: readonly string[]): Settings | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
      nets: { type: 'string' },
      threads: { type: 'string' },
      rounds: { type: 'string' },
      steps: { type: 'string' },
    },
  })
  if (values.help) return undefined
  const wanted = values.nets?.split(',')
  return {
    nets: nets.filter(({ name }) => !wanted || wanted.includes(name)),
    threads: (values.threads ?? '1,2').split(',').map(Number),
    rounds: Number(values.rounds ?? (values.quick ? 3 : 12)),
    steps: Number(values.steps ?? (values.quick ? 2 : 3)),
    json: values.json ?? false,
  }
}

export async function main(args: readonly string[]): Promise<number> {
  const settings = settingsOf(args)
  if (!settings) {
    console.log(usage)
    return 0
  }
  const say = (line: string): void => console.error(line)
  const runtime = await createNodeRuntime()
  const rows: Row[] = []
  for (const threads of settings.threads) {
    const peak = await matrixPeak(runtime, threads)
    const pytorch = await startPyTorch(threads)
    say(
      pytorch
        ? `PyTorch ${pytorch.version}, ${threads} thread(s)`
        : 'No Python with PyTorch found (NASCENT_PYTHON): its columns are left out',
    )
    for (const net of settings.nets) {
      say(`${net.title}, ${threads} thread(s)`)
      const trainer = await createTrainer(net, { runtime, threads })
      const { ours, theirs } = await alternate(net, (steps) => trainer.run(steps), pytorch, settings)
      await trainer.release()
      const tensorflow = threads === 1 ? await timeTensorFlow(net.name) : undefined
      const flops = stepFlops(net)
      rows.push({ net: net.name, title: net.title, threads, compileMs: trainer.compileMs, ours, ...theirs, tensorflow, flops, peak })
    }
    pytorch?.stop()
  }
  console.log(settings.json ? JSON.stringify({ block: runtime.block, rows }, undefined, 2) : printTable(rows))
  return 0
}

interface Measured {
  readonly ours: Timing
  readonly theirs: Partial<Record<MemoryFormat, Timing>>
}

/** Rounds of a few steps of each side by turns, so that what else the machine does falls on both. The first round of each only warms up. */
async function alternate(
  net: Net,
  run: (steps: number) => Promise<{ readonly wall: readonly number[]; readonly cpu: readonly number[] }>,
  pytorch: PyTorch | undefined,
  { rounds, steps }: Settings,
): Promise<Measured> {
  const formats: readonly MemoryFormat[] = pytorch ? ['contiguous', 'channels_last'] : []
  const samples = { ours: newSamples(), contiguous: newSamples(), channels_last: newSamples() }
  for (let round = 0; round <= rounds; round++) {
    const results = [['ours', await run(steps)] as const]
    for (const format of formats) if (pytorch) results.push([format as never, await pytorch.run(net.name, format, steps)])
    if (round === 0) continue
    for (const [side, { wall, cpu }] of results) {
      samples[side].wall.push(...wall)
      samples[side].cpu.push(...cpu)
    }
  }
  const theirs = Object.fromEntries(formats.map((format) => [format, timingOf(samples[format])]))
  return { ours: timingOf(samples.ours), theirs }
}

const newSamples = (): { wall: number[]; cpu: number[] } => ({ wall: [], cpu: [] })
