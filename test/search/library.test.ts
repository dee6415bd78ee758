import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  conv,
  dense,
  evolution,
  globalPool,
  choice,
  type Options,
  repeat,
  resume,
  type Run,
  search,
  sequence,
  space,
  UserError,
} from '../../src/index.ts'
import { openRun } from '../../src/search/node/runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-library-'))
const before = process.env.NASCENT_HOME
beforeAll(() => {
  process.env.NASCENT_HOME = join(folder, 'home')
})
afterAll(() => {
  if (before === undefined) delete process.env.NASCENT_HOME
  else process.env.NASCENT_HOME = before
  rmSync(folder, { recursive: true, force: true })
})

const small = space('small', sequence(repeat('depth', [1, 2], conv(choice('width', [4, 8]), 3)), globalPool(), dense('classes')))
const asked: Options = {
  data: 'digits',
  space: small,
  strategy: evolution({ population: 2, sample: 2 }),
  budget: '4trials',
  fidelity: '2ep',
  finalEpochs: 2,
  seed: 3,
}
const list = (run: string) =>
  openRun(run).trials.map(({ number, architecture, status, metrics }) => [number, architecture, status, metrics.accuracy])

async function typesOf(run: Run): Promise<string[]> {
  const types: string[] = []
  for await (const { type } of run) types.push(type)
  return types
}

describe('search as a library', () => {
  it('with several objectives gives the Pareto front of its trials', async () => {
    const { front = [], best } = await search({ ...asked, objectives: 'accuracy,parameters', out: join(folder, 'front') })
    expect(front.length).toBeGreaterThan(0)
    expect(front[0].number).toBe(best?.number)
    const sizes = front.map(({ metrics }) => metrics.parameters)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  })

  it('gives events on the way and a tested, exportable model at the end', async () => {
    const going = search(asked)
    const types = await typesOf(going)
    const run = await going
    expect(types[0]).toBe('run-started')
    expect(types.at(-1)).toBe('run-ended')
    for (const [type, times] of [
      ['trial-started', 4],
      ['trial-ended', 4],
      ['final-started', 1],
      ['final-epoch', 2],
      ['final-ended', 1],
    ] as const) {
      expect(
        types.filter((other) => other === type),
        type,
      ).toHaveLength(times)
    }
    expect(run.trials).toEqual({ finished: 4, stopped: 0, failed: 0 })
    expect(Object.keys(run.best?.metrics ?? {})).toEqual(expect.arrayContaining(['accuracy', 'loss', 'parameters', 'flops', 'latencyMs']))
    expect(small.print(small.parse(run.best?.architecture ?? ''))).toBe(run.best?.architecture)
    expect(run.test.accuracy).toBeGreaterThan(0.1)
    expect(run.files.map((path) => existsSync(path))).toEqual([true, true, true, true])
    expect(await run.export(join(folder, 'model.onnx'))).toBe(join(folder, 'model.onnx'))
    expect(existsSync(join(folder, 'model.onnx'))).toBe(true)

    const again = await resume(run.folder)
    expect({ ...again, export: undefined, report: undefined }).toEqual({ ...run, export: undefined, report: undefined })
    expect((await typesOf(resume(run.folder))).length).toBe(0)
  })

  it('interrupted and resumed, it comes to the same; on the way there is a model already', async () => {
    const calm = await search(asked)
    const controller = new AbortController()
    const going = search({ ...asked, signal: controller.signal })
    for await (const event of going) if (event.type === 'trial-epoch' && event.number === 2) controller.abort()
    const stopped = await going
    expect(stopped.trials).toEqual({ finished: 2, stopped: 1, failed: 0 })
    expect(stopped.test).toEqual({})
    expect(stopped.files.map((path) => existsSync(path))).toEqual([true])
    expect(openRun(stopped.folder).summary.status).toBe('interrupted')
    await expect(resume(stopped.folder)).rejects.toThrow(/only in the program that began the run/)
    const run = await resume(stopped.folder, { space: small })
    expect(list(run.folder)).toEqual(list(calm.folder))
    expect(run.best?.architecture).toBe(calm.best?.architecture)
    expect(run.test).toEqual(calm.test)
  })

  it('begins with the trials of an earlier run, and goes on alike when that one is gone', async () => {
    const wide = space('wide', sequence(repeat('depth', [1, 2], conv(choice('width', [4, 8, 12]), 3)), globalPool(), dense('classes')))
    const earlier = await search(asked)
    const best = earlier.best?.architecture ?? ''
    const warm: Options = { ...asked, space: wide, warmStart: earlier.folder }
    const calm = await search(warm)
    const [, second] = openRun(calm.folder).events()
    expect(second).toMatchObject({ type: 'warm-started', run: earlier.run, told: true })
    expect(openRun(calm.folder).trials[0]).toMatchObject({ architecture: best, origin: 'warm-start' })

    const controller = new AbortController()
    const going = search({ ...warm, signal: controller.signal })
    for await (const event of going) if (event.type === 'trial-epoch' && event.number === 3) controller.abort()
    const stopped = await going
    rmSync(earlier.folder, { recursive: true })
    const run = await resume(stopped.folder, { space: wide })
    expect(list(run.folder)).toEqual(list(calm.folder))

    const other = space('other', sequence(conv(choice('filters', [4, 8]), 3), globalPool(), dense('classes')))
    await expect(search({ ...asked, space: other, warmStart: calm.run })).rejects.toThrow(
      /none of its \d finished trials.*is in the space other/,
    )
  })

  it('interrupted in its final training, it goes on with that', async () => {
    const controller = new AbortController()
    const going = search({ ...asked, budget: '2trials', finalEpochs: 400, signal: controller.signal })
    for await (const event of going) if (event.type === 'final-epoch') controller.abort()
    const stopped = await going
    expect(stopped.trials.finished).toBe(2)
    expect(openRun(stopped.folder).state.final?.metrics).toBeUndefined()
    const again = new AbortController()
    const resumed = resume(stopped.folder, { space: small, signal: again.signal })
    const types: string[] = []
    for await (const { type } of resumed) {
      types.push(type)
      if (type === 'final-epoch') again.abort()
    }
    await resumed
    expect(types.filter((type) => type.startsWith('trial'))).toEqual([])
  })

  it.each([
    ['a budget that is none', { budget: 'soon' }, /"soon" is no budget/],
    ['unknown data', { data: 'digts' }, /digts.*digits/],
    ['an unknown space', { space: 'chian' }, /chian.*chain/],
    ['a space for other data', { space: 'mlp' }, /for table.*digits is image/],
    ['an unknown objective', { objectives: 'speed' }, /speed.*latencyMs/],
    ['a module that is not there', { space: './none.ts#a' }, /no module .*none\.ts/],
    ['a strategy option that there is none of', { strategy: evolution({ populaton: 3 }) }, /populaton.*population/],
  ] as const)('refuses %s, and leaves nothing behind', async (_, changes, words) => {
    const home = join(folder, 'nothing')
    process.env.NASCENT_HOME = home
    try {
      await expect(search({ ...asked, ...changes })).rejects.toThrow(UserError)
      await expect(search({ ...asked, ...changes })).rejects.toThrow(words)
      expect(existsSync(home)).toBe(false)
    } finally {
      process.env.NASCENT_HOME = join(folder, 'home')
    }
  })

  it('fails the iteration as it fails the promise', async () => {
    const going = search({ ...asked, budget: 'soon' })
    await expect(typesOf(going)).rejects.toThrow(/no budget/)
    await expect(going).rejects.toThrow(/no budget/)
  })

  it('takes a space from a module, and refuses it when it has changed meanwhile', async () => {
    const module = join(folder, 'spaces.mjs')
    const source = (widths: string): string =>
      `import { choice, conv, dense, globalPool, sequence, space } from ${JSON.stringify(new URL('../../src/space/index.ts', import.meta.url).pathname)}
       export const mine = space('mine', sequence(conv(choice('width', ${widths}), 3), globalPool(), dense('classes')))`
    writeFileSync(module, source('[4, 8]'))
    const { loadSpace, resolveSpace } = await import('../../src/search/node/spaces.ts')
    const named = resolveSpace(`${module}#mine`)
    expect((await loadSpace(named)).size).toBe(2n)
    await expect(loadSpace(resolveSpace(module))).rejects.toThrow(/exports no search space "default"; it has mine/)
    writeFileSync(module, source('[4, 8, 16]'))
    await expect(loadSpace(named)).rejects.toThrow(/has changed since the run began/)
    rmSync(module)
    await expect(loadSpace(named)).rejects.toThrow(/is gone/)
  })
})
