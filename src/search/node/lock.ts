import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { UserError } from '../../errors.ts'

/** The only process that writes a run: kept in the run's database, with a heartbeat. */
export interface CoordinatorRow {
  readonly token: string
  readonly pid: number
  readonly host: string
  /** When its process started, ms since 1970: tells it from a later process of the same number. */
  readonly since: number
  readonly beat: number
}

/** A coordinator that has not shown itself for this long is taken for gone (a process that was suspended learns it at its next write). */
const staleMs = 30_000

const self = () => ({ pid: process.pid, host: hostname(), since: Math.round(performance.timeOrigin) })

export function readCoordinator(database: DatabaseSyncInstance): CoordinatorRow | undefined {
  return database.prepare('select token, pid, host, since, beat from coordinator where id = 1').get() as CoordinatorRow | undefined
}

/** Whether the coordinator still works: its heart has beaten lately and, on this machine, its process is there. */
export function isAlive(row: CoordinatorRow, now = Date.now()): boolean {
  const me = self()
  const beats = now - row.beat < staleMs
  if (row.host !== me.host) return beats
  // A process of our number that started at another time is gone.
  if (row.pid === me.pid) return row.since === me.since
  return beats && processRuns(row.pid)
}

function processRuns(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Takes the coordinator's role. @throws UserError when another process has it */
export function takeRole(database: DatabaseSyncInstance, path: string): string {
  const token = randomUUID()
  database.exec('begin immediate')
  try {
    const row = readCoordinator(database)
    if (row && isAlive(row)) {
      const where = row.host === hostname() ? '' : ` on ${row.host}`
      throw new UserError(
        `The run in ${path} is being worked on by process ${row.pid}${where}: wait until it ends, or end it, then try again.`,
      )
    }
    const { pid, host, since } = self()
    database
      .prepare('insert or replace into coordinator (id, token, pid, host, since, beat) values (1, ?, ?, ?, ?, ?)')
      .run(token, pid, host, since, Date.now())
    database.exec('commit')
    return token
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

/** Shows that the coordinator lives. Inside a write transaction this makes sure that nobody has taken the role meanwhile. */
export function beat(database: DatabaseSyncInstance, token: string, path: string): void {
  const { changes } = database.prepare('update coordinator set beat = ? where id = 1 and token = ?').run(Date.now(), token)
  if (changes !== 1) {
    throw new UserError(
      `Another process has taken over the run in ${path} while this one stood still: this one stops; look at the run with "nascent show".`,
    )
  }
}

export function leaveRole(database: DatabaseSyncInstance, token: string): void {
  database.prepare('delete from coordinator where token = ?').run(token)
}
