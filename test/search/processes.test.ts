import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import type { TrialEnd, TrialListener } from '../../src/search/events.ts'
import type { EpochRecord } from '../../src/train/types.ts'
import { createProcessCrew } from '../../src/search/node/processes.ts'
import { createWorkerProcess } from '../../src/search/node/worker-process.ts'
import { configOf, epoch } from './fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-processes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A worker that does what the architecture's string says. */
const entry = join(folder, 'worker.mjs')
writeFileSync(
  entry,
  `let cancelled = () => {}
   const say = (message) => process.send(message)
   const end = (metrics) => say({ type: 'done', result: { status: 'finished', metrics } })
   const record = ${JSON.stringify(epoch(1))}
   const acts = {
     well: () => { say({ type: 'epoch', record }); end({ accuracy: 1, pid: process.pid }) },
     abort: () => process.abort(),
     exit: () => { console.error('Error: the library is not there'); process.exit(3) },
     reject: () => say({ type: 'failed', message: 'the graph has no end', mendable: false }),
     throw: () => say({ type: 'failed', message: 'the column is gone', mendable: true }),
     hang: () => { cancelled = () => {}; say({ type: 'epoch', record }) },
     sleep: () => { say({ type: 'epoch', record }); cancelled = () => say({ type: 'done', result: { status: 'stopped', metrics: { pid: process.pid } } }) },
     greedy: () => say({ type: 'memory', bytes: 2 ** 40 }),
     killed: () => process.kill(process.pid, 'SIGKILL'),
   }
   process.on('message', (order) => {
     if (order.type === 'cancel') cancelled()
     else acts[order.task.architecture]()
   })
   process.on('disconnect', () => process.exit(0))`,
)

const task = (architecture: string, number = 0, changes = {}) => ({ number, architecture, config: configOf(changes) })
const never = new AbortController().signal
const listening = (hear: (record: EpochRecord) => void): TrialListener => ({
  onEpoch(record) {
    hear(record)
    return 'continue'
  },
})
const deaf = listening(() => {})

/** Runs one trial in a crew of one process and gives it back with the crew. */
async function trial(architecture: string, changes = {}): Promise<TrialEnd> {
  const crew = createProcessCrew({ workers: 1, entry, grace: 50 })
  try {
    return await crew.run(task(architecture, 0, changes), deaf, never)
  } finally {
    await crew.close()
  }
}

describe('worker processes', () => {
  it('train a trial and pass its epochs on', async () => {
    const crew = createProcessCrew({ workers: 1, entry })
    const epochs: unknown[] = []
    const end = await crew.run(
      task('well'),
      listening((record) => epochs.push(record)),
      never,
    )
    expect(end).toMatchObject({ status: 'finished', metrics: { accuracy: 1 } })
    expect(epochs).toEqual([epoch(1)])
    await crew.close()
  })

  it('are kept between trials, and replaced after a crash', async () => {
    const crew = createProcessCrew({ workers: 1, entry })
    const pid = async (): Promise<number> => (await crew.run(task('well'), deaf, never)).metrics.pid
    const first = await pid()
    expect(await pid()).toBe(first)
    expect((await crew.run(task('abort'), deaf, never)).status).toBe('failed')
    const second = await pid()
    expect(second).not.toBe(first)
    await crew.close()
  })

  it('run as many trials at a time as there are processes', async () => {
    const crew = createProcessCrew({ workers: 3, entry })
    const ends = await Promise.all([0, 1, 2].map((number) => crew.run(task('well', number), deaf, never)))
    expect(new Set(ends.map(({ metrics }) => metrics.pid)).size).toBe(3)
    await crew.close()
  })

  it.each([
    ['abort', /lost: its process crashed \(SIGABRT\)/],
    ['exit', /lost: its process ended with code 3: Error: the library is not there/],
    ['killed', /lost: its process was killed, most likely because memory ran out/],
    ['greedy', /lost: it used 1048576 MB of memory, more than its share of/],
    ['reject', /^the graph has no end$/],
  ])('turn what went wrong (%s) into a failed trial with its reason', async (act, words) => {
    const { status, metrics, reason } = await trial(act)
    expect({ status, metrics }).toEqual({ status: 'failed', metrics: {} })
    expect(reason).toMatch(words)
  })

  it('do not blame a trial for what the user has to mend', async () => {
    await expect(trial('throw')).rejects.toThrow(UserError)
    await expect(trial('throw')).rejects.toThrow('the column is gone')
  })

  it('end a trial that takes too long', async () => {
    const { status, reason } = await trial('hang', { trialSeconds: 0.2 })
    expect(status).toBe('failed')
    expect(reason).toMatch(/longer than/)
  })

  it('let a cancelled trial end by itself and live on; one that does not is ended', async () => {
    const crew = createProcessCrew({ workers: 1, entry, grace: 1000 })
    const cancelledAtFirstEpoch = (act: string): Promise<TrialEnd> => {
      const controller = new AbortController()
      return crew.run(
        task(act),
        listening(() => controller.abort()),
        controller.signal,
      )
    }
    const gentle = await cancelledAtFirstEpoch('sleep')
    expect(gentle.status).toBe('stopped')
    const next = await crew.run(task('well'), deaf, never)
    expect(next.metrics.pid).toBe(gentle.metrics.pid)
    const stubborn = await cancelledAtFirstEpoch('hang')
    expect(stubborn).toMatchObject({ status: 'failed', reason: expect.stringContaining('cancelled') })
    expect((await crew.run(task('well'), deaf, never)).status).toBe('finished')
    await crew.close()
  })

  it('keep the kind of an error that the user can mend', async () => {
    const worker = createWorkerProcess({ entry })
    const compute = { threads: 1, shared: false }
    await expect(worker.call({ type: 'trial', compute, task: task('throw') })).rejects.toThrow(UserError)
    await worker.close()
  })

  it('end the call when the caller cannot take a message', async () => {
    const worker = createWorkerProcess({ entry })
    const compute = { threads: 1, shared: false }
    const onMessage = (): void => {
      throw new Error('the disk is full')
    }
    await expect(worker.call({ type: 'trial', compute, task: task('well') }, { onMessage })).rejects.toThrow('the disk is full')
    await worker.close()
  })
})
