import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { UserError } from '../../errors.ts'
import type { EpochRecord } from '../../train/types.ts'
import type { RunState, SearchEvent, Store, StoredEvent, TrialRow } from '../events.ts'
import { nextRun, nextTrial } from '../fold.ts'
import { beat, isAlive, leaveRole, readCoordinator, takeRole } from './lock.ts'
import { currentVersion, migrate, schemaVersion } from './schema.ts'
import { explained } from './store-errors.ts'

/** A run's database as readers see it. */
export interface StoreReader extends Omit<Store, 'append'> {
  /** Whether a process is working on the run now. */
  alive(): boolean
}

export interface StoreOptions {
  /** Most pages of 4096 bytes that the file may have. */
  readonly maxPages?: number
}

const heartbeatMs = 5_000

/**
 * Opens a run's database for writing and takes the coordinator's role, of which there is one a run. An event is on the disk when `append` returns.
 *
 * @throws UserError when it is damaged, written by a newer version, cannot be written, or another process works on the run
 */
export function openStore(path: string, { maxPages }: StoreOptions = {}): Store {
  return guarded(path, () => {
    const database = openDatabase(path, false)
    try {
      database.exec('pragma journal_mode = wal')
      database.exec('pragma synchronous = full')
      migrate(database)
      if (maxPages !== undefined) database.exec(`pragma max_page_count = ${maxPages}`)
      return writer(database, path, takeRole(database, dirname(path)))
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Opens a run's database for reading; a coordinator may write at the same time. */
export function readStore(path: string): StoreReader {
  return guarded(path, () => {
    if (!existsSync(path)) throw new UserError(`There is no run's database at ${path}.`)
    const database = openDatabase(path, true)
    return {
      ...reader(database, path),
      alive: () =>
        guarded(path, () => {
          const row = readCoordinator(database)
          return row !== undefined && isAlive(row)
        }),
      close: () => database.close(),
    }
  })
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explained(error, path)
  }
}

/** On a read-only disk SQLite cannot keep the file that readers share; nothing changes there, so it may take the database as it lies. */
function location(path: string, readOnly: boolean): string {
  if (!readOnly) return path
  try {
    accessSync(dirname(path), constants.W_OK)
    return path
  } catch {
    return `${pathToFileURL(path).href}?immutable=1`
  }
}

function openDatabase(path: string, readOnly: boolean): DatabaseSyncInstance {
  const database = new DatabaseSync(location(path, readOnly), { readOnly, timeout: 10_000 })
  try {
    const version = currentVersion(database)
    if (version > schemaVersion) {
      throw new UserError(
        `The run's database ${path} was written by a newer version of Nascent (format ${version}, this one knows ${schemaVersion}): update Nascent.`,
      )
    }
    const check = database.prepare('pragma quick_check(1)').get() as { quick_check: string } | undefined
    if (check?.quick_check !== 'ok') throw new Error(`malformed: ${check?.quick_check}`)
    if (readOnly && version === 0) throw new UserError(`${path} holds no run yet: begin one with "nascent fit" or "nascent search".`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

type Row = { readonly body: string }

function reader(database: DatabaseSyncInstance, path: string): Omit<Store, 'append' | 'close'> {
  const events = database.prepare('select id, at, body from events where id > ? order by id limit ?')
  const trials = database.prepare('select body from trials order by number')
  const epochs = database.prepare("select number, attempt, body from epochs order by number, attempt, json_extract(body, '$.step')")
  const run = database.prepare('select body from run where id = 1')
  return {
    read: (afterId = 0, most = -1) =>
      guarded(path, () =>
        (events.all(afterId, most) as { id: number; at: number; body: string }[]).map(
          ({ id, at, body }): StoredEvent => ({ ...(JSON.parse(body) as SearchEvent), id, at }),
        ),
      ),
    trials: () =>
      guarded(path, () => {
        const curves = new Map<string, EpochRecord[]>()
        for (const { number, attempt, body } of epochs.all() as { number: number; attempt: number; body: string }[]) {
          const key = `${number}/${attempt}`
          const curve = curves.get(key) ?? []
          curve.push(JSON.parse(body) as EpochRecord)
          curves.set(key, curve)
        }
        return (trials.all() as Row[]).map(({ body }): TrialRow => {
          const row = JSON.parse(body) as TrialRow
          return { ...row, curve: curves.get(`${row.number}/${row.attempt}`) ?? [] }
        })
      }),
    run: () =>
      guarded(path, () => {
        const row = run.get() as Row | undefined
        return row === undefined ? undefined : (JSON.parse(row.body) as RunState)
      }),
  }
}

type TrialEvent = Extract<SearchEvent, { readonly type: `trial-${string}` }>
const trialEvents: ReadonlySet<string> = new Set<TrialEvent['type']>([
  'trial-started',
  'trial-epoch',
  'trial-scored',
  'trial-continued',
  'trial-ended',
])

function writer(database: DatabaseSyncInstance, path: string, token: string): Store {
  const insertEvent = database.prepare('insert into events (at, type, body) values (?, ?, ?)')
  const readTrial = database.prepare('select body from trials where number = ?')
  const writeTrial = database.prepare('insert or replace into trials (number, status, ended, body) values (?, ?, ?, ?)')
  const writeEpoch = database.prepare('insert or replace into epochs (number, attempt, step, body) values (?, ?, ?, ?)')
  const writeRun = database.prepare('insert or replace into run (id, body) values (1, ?)')
  const reading = reader(database, path)
  const timer = setInterval(() => {
    try {
      beat(database, token, path)
    } catch {
      // The next append says it.
    }
  }, heartbeatMs)
  timer.unref()

  const trialOf = (event: SearchEvent): TrialRow | undefined => {
    if (!trialEvents.has(event.type)) return undefined
    const row = readTrial.get((event as TrialEvent).number) as Row | undefined
    return row === undefined ? undefined : (JSON.parse(row.body) as TrialRow)
  }
  const take = (event: SearchEvent, run: RunState | undefined): { stored: StoredEvent; run: RunState | undefined } => {
    const at = Date.now()
    const { lastInsertRowid } = insertEvent.run(at, event.type, JSON.stringify(event))
    const stored: StoredEvent = { ...event, id: Number(lastInsertRowid), at }
    const before = trialOf(event)
    const after = nextTrial(before, stored)
    if (after) writeTrial.run(after.number, after.status, after.ended ?? null, JSON.stringify({ ...after, curve: [] }))
    if (after && event.type === 'trial-epoch') writeEpoch.run(after.number, after.attempt, event.record.step, JSON.stringify(event.record))
    return { stored, run: nextRun(run, stored, before, after) }
  }
  return {
    ...reading,
    append: (events) =>
      guarded(path, () => {
        database.exec('begin immediate')
        try {
          beat(database, token, path)
          let run = reading.run()
          const written = events.map((event) => {
            const taken = take(event, run)
            run = taken.run
            return taken.stored
          })
          if (run) writeRun.run(JSON.stringify(run))
          database.exec('commit')
          return written
        } catch (error) {
          // A full disk has rolled back by itself.
          if (database.isTransaction) database.exec('rollback')
          throw error
        }
      }),
    close() {
      clearInterval(timer)
      if (!database.isOpen) return
      try {
        leaveRole(database, token)
        // Everything into the one file, so that a run can be copied as it lies.
        database.exec('pragma wal_checkpoint(truncate)')
      } catch {
        // A full or vanished disk: the role is found stale later.
      }
      database.close()
    },
  }
}
