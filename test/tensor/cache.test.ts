import { expect, it } from 'vitest'
import * as t from '../../src/tensor/index.ts'
import type { Runtime } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'

/** A runtime that counts the sessions it has open. */
async function countingRuntime(): Promise<{ readonly runtime: Runtime; readonly counts: { made: number; open: number } }> {
  const inner = await createNodeRuntime()
  const counts = { made: 0, open: 0 }
  const runtime: Runtime = {
    ...inner,
    async createSession(model, options) {
      const session = await inner.createSession(model, options)
      counts.made++
      counts.open++
      return {
        run: (feeds, outputs) => session.run(feeds, outputs),
        async release() {
          counts.open--
          await session.release()
        },
      }
    },
  }
  return { runtime, counts }
}

const small = (factor: number): t.Outputs => ({ y: t.mul(t.input('x', [2]), factor) })

it('shares the session of equal models, and keeps it after its release', async () => {
  const { runtime, counts } = await countingRuntime()
  const cache = t.createSessionCache()
  const [a, b] = await Promise.all([t.compile(runtime, small(3), { cache }), t.compile(runtime, small(3), { cache })])
  expect(counts).toEqual({ made: 1, open: 1 })
  await a.release()
  await a.release()
  expect((await b.run({ x: Float32Array.of(1, 2) })).y.data).toEqual(Float32Array.of(3, 6))
  await b.release()
  const again = await t.compile(runtime, small(3), { cache })
  expect(counts).toEqual({ made: 1, open: 1 })
  const other = await t.compile(runtime, small(4), { cache })
  const threads = await t.compile(runtime, small(4), { cache, threads: 2 })
  expect(counts.made).toBe(3)
  await Promise.all([again.release(), other.release(), threads.release()])
  await cache.clear()
  expect(counts.open).toBe(0)
  expect(cache.size).toEqual({ sessions: 0, bytes: 0 })
})

it('releases the longest unused sessions when they hold too much, but never one in use', async () => {
  const { runtime, counts } = await countingRuntime()
  const cache = t.createSessionCache({ maxBytes: 1 })
  const used = await t.compile(runtime, small(1.5), { cache })
  for (let i = 2; i < 6; i++) await (await t.compile(runtime, small(i), { cache })).release()
  expect(counts).toEqual({ made: 5, open: 1 })
  expect((await used.run({ x: Float32Array.of(1, 2) })).y.data).toEqual(Float32Array.of(1.5, 3))
  await used.release()
  expect(counts.open).toBe(0)
})

it('passes on why a session could not be made, and makes it the next time', async () => {
  const { runtime } = await countingRuntime()
  let fails = true
  const flaky: Runtime = {
    ...runtime,
    createSession: (model, options) => (fails ? Promise.reject(new Error('no memory')) : runtime.createSession(model, options)),
  }
  const cache = t.createSessionCache()
  await expect(t.compile(flaky, small(2), { cache })).rejects.toThrow('no memory')
  expect(cache.size).toEqual({ sessions: 0, bytes: 0 })
  fails = false
  await (await t.compile(flaky, small(2), { cache })).release()
  expect(cache.size.sessions).toBe(1)
  await cache.clear()
})

/** One training step of a small network that differs with i. */
function child(i: number): t.Outputs {
  const channels = 4 + (i % 9)
  const hidden = 8 + (i % 31)
  const x = t.input('x', [8, 3, 8, 8])
  const w = t.input('w', [channels, 3, 3, 3])
  const v = t.input('v', [channels * 16, hidden])
  const z = t.input('z', [hidden, 4])
  const y = t.flatten(t.maxPool(t.relu(t.convolution(x, w, { pads: 1 })), { kernel: 2 }))
  const loss = t.neg(t.reduceMean(t.mul(t.logSoftmax(t.matmul(t.tanh(t.matmul(y, v)), z)), 1 + i / 1000)))
  const parameters = [w, v, z]
  return { loss, ...Object.fromEntries(t.gradients(loss, parameters).map((g, k) => [`p${k}`, t.sub(parameters[k], t.mul(g, 0.01))])) }
}

it('does not grow in memory over 500 different children', async () => {
  const runtime = await createNodeRuntime()
  const cache = t.createSessionCache({ maxBytes: 4 * 2 ** 20 })
  const train = async (i: number): Promise<void> => {
    const program = await t.compile(runtime, child(i), { cache })
    const feeds = Object.fromEntries([...program.inputs].map(([name, { shape }]) => [name, new Float32Array(t.sizeOf(shape)).fill(0.1)]))
    expect(Number.isFinite(Number((await program.run(feeds)).loss.data[0]))).toBe(true)
    await program.release()
    expect(cache.size.bytes).toBeLessThan(4 * 2 ** 20)
  }
  const memory = (): number => process.memoryUsage().rss / 2 ** 20
  for (let i = 0; i < 150; i++) await train(i)
  const before = memory()
  for (let i = 150; i < 500; i++) await train(i)
  await cache.clear()
  // A session of these holds half a megabyte: 350 that were not released grew to 185 MB, 1500 that were to 11.
  expect(memory() - before).toBeLessThan(100)
})
