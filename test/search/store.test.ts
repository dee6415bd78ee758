import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import type { SearchEvent, Store } from '../../src/search/events.ts'
import { createMemoryStore } from '../../src/search/memory-store.ts'
import { schemaVersion } from '../../src/search/node/schema.ts'
import { openStore, readStore } from '../../src/search/node/store.ts'
import { explained } from '../../src/search/node/store-errors.ts'
import { storeSuite } from '../suites/store.ts'
import { configOf } from './fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const fresh = (): string => join(folder, `${count++}.sqlite`)
const begin: SearchEvent = { type: 'run-started', config: configOf() }

function filled(path = fresh()): string {
  const store = openStore(path)
  store.append([begin])
  store.close()
  return path
}

/** Changes the database from outside. */
function edit(path: string, sql: string, ...values: (string | number)[]): void {
  const database = new DatabaseSync(path)
  database.prepare(sql).run(...values)
  database.close()
}

describe('the store in memory', () => storeSuite(() => createMemoryStore()))
describe('the store in SQLite', () => storeSuite(() => openStore(fresh())))

describe('a store in SQLite', () => {
  it('still has everything when it is opened again', () => {
    const path = fresh()
    const store = openStore(path)
    const start: SearchEvent = {
      type: 'trial-started',
      number: 0,
      attempt: 1,
      architecture: 'a',
      decisions: {},
      origin: 'random',
      parents: [],
    }
    store.append([begin, start, { type: 'trial-ended', number: 0, status: 'finished', metrics: { accuracy: 0.5 } }])
    const before = [store.read(), store.trials(), store.run()]
    store.close()
    const again = openStore(path)
    expect([again.read(), again.trials(), again.run()]).toEqual(before)
    again.append([{ type: 'run-ended', reason: 'trials' }])
    expect(again.read().map(({ id }) => id)).toEqual([1, 2, 3, 4])
    again.close()
  })

  it('is one file after it was closed', () => {
    const path = filled()
    const copy = fresh()
    copyFileSync(path, copy)
    expect(readStore(copy).run()?.config.run).toBe('test')
  })

  it('can be read while it is written', () => {
    const path = fresh()
    const store = openStore(path)
    store.append([begin])
    const reader = readStore(path)
    expect(reader.alive()).toBe(true)
    store.append([{ type: 'run-ended', reason: 'trials' }])
    expect(reader.run()?.ended?.reason).toBe('trials')
    store.close()
    expect(reader.alive()).toBe(false)
    reader.close()
  })

  it('loses no acknowledged event when its process is killed', async () => {
    const path = fresh()
    const script = join(folder, 'writer.mjs')
    writeFileSync(
      script,
      `import { createJiti } from ${JSON.stringify(import.meta.resolve('jiti'))}
       const { openStore } = await createJiti(import.meta.url).import(${JSON.stringify(new URL('../../src/search/node/store.ts', import.meta.url).pathname)})
       const store = openStore(${JSON.stringify(path)})
       store.append([${JSON.stringify(begin)}])
       for (let number = 0; ; number++) {
         store.append([{ type: 'trial-started', number, attempt: 1, architecture: 'a', decisions: {}, origin: 'random', parents: [] }])
         process.stdout.write(number + '\\n')
       }`,
    )
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let told = ''
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString()
      if (told.split('\n').length > 40) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const acknowledged = Number(told.trim().split('\n').at(-1))
    expect(acknowledged).toBeGreaterThan(30)
    const store = openStore(path)
    expect(store.trials().length).toBeGreaterThan(acknowledged)
    expect(store.run()?.trials.running).toBe(store.trials().length)
    store.close()
  })

  it('refuses a second coordinator, and says who has the run', () => {
    const path = fresh()
    const store = openStore(path)
    expect(() => openStore(path)).toThrow(UserError)
    expect(() => openStore(path)).toThrow(new RegExp(`worked on by process ${process.pid}`))
    store.append([begin])
    store.close()
    openStore(path).close()
  })

  it('takes over from a process that is gone, or was another of the same number, or has been silent', () => {
    const place = 'insert or replace into coordinator (id, token, pid, host, since, beat) values (1, ?, ?, ?, ?, ?)'
    const gone = filled()
    edit(gone, place, 'other', 2 ** 22 + 1, hostname(), 1, Date.now())
    openStore(gone).close()
    const reborn = filled()
    edit(reborn, place, 'other', process.pid, hostname(), 1, Date.now())
    openStore(reborn).close()
    const silent = filled()
    edit(silent, place, 'other', 1, 'another-machine', 1, Date.now() - 3_600_000)
    openStore(silent).close()
    const working = filled()
    edit(working, place, 'other', 1, 'another-machine', 1, Date.now())
    expect(() => openStore(working)).toThrow(/process 1 on another-machine/)
  })

  it('does not write any more when another process has taken over', () => {
    const path = fresh()
    const store = openStore(path)
    store.append([begin])
    edit(path, 'update coordinator set token = ?', 'other')
    expect(() => store.append([{ type: 'run-ended', reason: 'trials' }])).toThrow(/taken over/)
    store.close()
    const reader = readStore(path)
    expect(reader.read()).toHaveLength(1)
    reader.close()
  })

  it('says in one sentence what is wrong with a damaged file', () => {
    const garbage = fresh()
    writeFileSync(garbage, 'this is no database at all, and never was one'.repeat(100))
    const torn = filled()
    const bytes = readFileSync(torn)
    bytes.fill(0x5a, 4096, bytes.length)
    writeFileSync(torn, bytes)
    for (const path of [garbage, torn]) {
      for (const open of [openStore, readStore]) {
        expect(() => open(path)).toThrow(UserError)
        expect(() => open(path)).toThrow(/is damaged: put back a copy/)
      }
      expect(existsSync(path)).toBe(true)
    }
  })

  it('refuses a file of a newer version', () => {
    const path = filled()
    edit(path, `pragma user_version = ${schemaVersion + 1}`)
    expect(() => openStore(path)).toThrow(/newer version of Nascent/)
  })

  it('says that the disk is full, and keeps what it had', () => {
    const path = fresh()
    const store = openStore(path)
    store.append([begin])
    const long: SearchEvent = { type: 'run-ended', reason: 'failed', message: 'x'.repeat(50_000) }
    // SQLite's own limit on pages says "full" as a full disk does; it lasts as long as a connection, so it is set through the open one.
    const limited = withPageLimit(path, store)
    expect(() => limited.append([long])).toThrow(/disk is full.*make room/)
    limited.close()
    const reader = readStore(path)
    expect(reader.read()).toHaveLength(1)
    reader.close()
  })

  it.skipIf(process.platform !== 'linux' || !existsSync('/dev/full'))('explains what the system says of disks and permissions', () => {
    const error = (() => {
      try {
        writeFileSync('/dev/full', 'x')
      } catch (caught) {
        return caught
      }
    })()
    expect(explained(error, '/runs/a')).toBeInstanceOf(UserError)
    expect((explained(error, '/runs/a') as Error).message).toMatch(/disk is full.*\/runs\/a/)
    expect(explained(new TypeError('a fault of ours'), '/runs/a')).toBeInstanceOf(TypeError)
  })

  it.skipIf(process.getuid?.() === 0)('says that a folder cannot be written', () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o500)
    expect(() => openStore(join(closed, 'run.sqlite'))).toThrow(UserError)
  })

  it('says that a file is not there, or holds no run', () => {
    expect(() => readStore(join(folder, 'none.sqlite'))).toThrow(/no run's database/)
    expect(() => openStore(join(folder, 'no-folder', 'run.sqlite'))).toThrow(/cannot be opened/)
  })
})

/** Fills the database's pages up to a limit that holds for it from now on. */
function withPageLimit(path: string, store: Store): Store {
  store.close()
  return openStore(path, { maxPages: 24 })
}
