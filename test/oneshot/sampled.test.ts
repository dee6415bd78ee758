import { describe, expect, it } from 'vitest'
import { findSpace } from '../../src/hub/index.ts'
import { initialValues, type Weights } from '../../src/network/index.ts'
import { type OneShotContext, trainSupernet, findOneShot } from '../../src/oneshot/index.ts'
import { PathTrainer } from '../../src/oneshot/path-trainer.ts'
import { supernetSettings } from '../../src/oneshot/plan.ts'
import { sampledGraph } from '../../src/oneshot/sampled-graph.ts'
import { SampledProgram } from '../../src/oneshot/sampled-program.ts'
import {
  type Architecture,
  batchNorm,
  choice,
  conv,
  dense,
  globalPool,
  graph,
  identity,
  inputs,
  maxPool,
  randomFor,
  relu,
  repeat,
  type SearchSpace,
  sequence,
  space,
  zero,
} from '../../src/space/index.ts'
import { createStep } from '../../src/train/program.ts'
import { contextOf, elastic, plain } from './fixtures.ts'

const block = (channels: number | 'same', kernel: number) => sequence(relu(), conv(channels, kernel), batchNorm())

/** Cells whose nodes read a searched set of sources through operations, in a searched depth, with a choice inside a choice. */
const wired: SearchSpace = space(
  'wired',
  sequence(
    conv(16, 3),
    batchNorm(),
    repeat(
      'depth',
      [1, 2],
      graph({
        a: inputs({ from: ['input'], count: 1, each: choice('op', { conv: block('same', 3), none: zero(), skip: identity() }) }),
        b: inputs({ from: ['input', 'a'], count: 1, each: choice('op', { conv: block('same', 1), pool: maxPool(3, { stride: 1 }) }) }),
        c: inputs({
          from: ['input', 'a', 'b'],
          count: 2,
          each: choice('op', {
            deep: sequence(block('same', 3), choice('after', { conv: block('same', 1), skip: identity() })),
            skip: identity(),
          }),
        }),
      }),
    ),
    globalPool(),
    dense('classes'),
  ),
)

async function trainers(searched: SearchSpace) {
  const context = await contextOf(searched)
  const settings = { ...supernetSettings(context), batchSize: 16 }
  const source = context.openBatches(context.dataset, { batchSize: 16, seed: 1 })
  const batches = [await source.batch(0, 0), await source.batch(0, 1)] as const
  const sampled = sampledGraph(searched, { input: context.dataset.input, outputs: 2 })!
  const program = await SampledProgram.create(context, sampled, settings, batches[0], false)
  const start: Weights = new Map(program.specs.map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, 5) }]))
  return { context, settings, batches, program, start }
}

/** Two steps of a path in the graph of all, and of the same network by itself. */
async function compare(made: Awaited<ReturnType<typeof trainers>>, architecture: Architecture): Promise<void> {
  const { context, settings, batches, program, start } = made
  const text = context.space.print(architecture)
  const network = context.space.child(architecture, { input: context.dataset.input, outputs: 2 })
  const alone = await createStep({ ...context, network, settings }, batches[0])
  alone.load(start)
  program.load(start, () => new Map([...start].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }])))
  for (const [step, { inputs: images, targets }] of batches.entries()) {
    const { loss } = await program.step(program.path(text, architecture)!, { inputs: images, targets }, { learningRate: 0.05, step })
    expect(loss, text).toBeCloseTo((await alone.step({ inputs: images, targets }, { learningRate: 0.05 })).loss, 4)
  }
  const [mine, theirs] = [program.weights(), alone.weights()]
  for (const [name, { data }] of mine) {
    const wanted = theirs.get(name)?.data ?? start.get(name)!.data
    const worst = Math.max(...data.map((value, i) => Math.abs(value - wanted[i])))
    // What is computed but reaches nothing has statistics, which are taken anew before a path is judged.
    if (!/mean|variance/.test(name)) expect(worst, `${name} of ${text}`).toBeLessThan(2e-3)
  }
  await alone.release()
}

const contextSpaces: readonly (readonly [string, SearchSpace, number])[] = [
  ['choices', plain, 9],
  ['wiring, depth and nested choices', wired, 10],
  ['NAS-Bench-201', findSpace('nas-bench-201:channels=4'), 6],
]

describe('all paths as one graph', () => {
  it.each(contextSpaces)('takes the step that each child takes by itself, and leaves the rest: %s', async (_, searched, paths) => {
    const made = await trainers(searched)
    for (let path = 0; path < paths; path++) await compare(made, searched.sample(randomFor(11, path)))
    await made.program.release()
  })

  it('is not for spaces whose sizes are searched: their paths are compiled one by one', async () => {
    const context: OneShotContext = await contextOf(elastic)
    const settings = supernetSettings(context)
    expect(new PathTrainer(context, settings).compiledOnce).toBe(false)
    expect(new PathTrainer({ ...context, space: wired }, settings).compiledOnce).toBe(true)
  })

  it('compiles nothing for a new path', async () => {
    const context = await contextOf(wired)
    const trainer = new PathTrainer(context, supernetSettings(context))
    const batch = await context.openBatches(context.dataset, { batchSize: 16, seed: 1 }).batch(0, 0)
    await trainer.step(wired.sample(randomFor(1, 0)), batch, 0.1, 0)
    const { compileMs } = trainer
    for (let step = 1; step < 5; step++) await trainer.step(wired.sample(randomFor(1, step)), batch, 0.1, step)
    expect(trainer.compileMs).toBe(compileMs)
    await trainer.release()
  })

  it('goes on bit-equal from a saved state', async () => {
    const spos = findOneShot('spos')!
    const plan = { epochs: 2 }
    const onEpoch = (): void => {}
    const whole = await trainSupernet(spos, await contextOf(wired), plan, {}, { onEpoch })
    const stop = new AbortController()
    const cut = await trainSupernet(spos, await contextOf(wired), plan, {}, { onEpoch: () => stop.abort(), signal: stop.signal })
    expect(cut.status).toBe('stopped')
    const resumed = await trainSupernet(spos, await contextOf(wired), plan, {}, { onEpoch, resumeFrom: cut.state })
    for (const [name, { data }] of whole.state.tensors) expect([...resumed.state.tensors.get(name)!.data], name).toEqual([...data])
  })
})
