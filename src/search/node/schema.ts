import type { DatabaseSyncInstance } from '@photostructure/sqlite'

/**
 * Steps that bring a run's database from one version to the next; the version is kept in SQLite's `user_version`.
 * A step that was once published is never changed: a new one is added.
 */
const migrations: readonly string[] = [
  `create table events (id integer primary key autoincrement, at integer not null, type text not null, body text not null);
   create table trials (number integer primary key, status text not null, ended integer, body text not null);
   create table epochs (number integer not null, attempt integer not null, epoch integer not null, body text not null, primary key (number, attempt, epoch)) without rowid;
   create table run (id integer primary key check (id = 1), body text not null);
   create table coordinator (id integer primary key check (id = 1), token text not null, pid integer not null, host text not null, since integer not null, beat integer not null);`,
  // A trial is validated within an epoch, too: its points are told apart by their steps.
  `alter table epochs rename column epoch to step;
   update epochs set step = coalesce(json_extract(body, '$.step'), step);`,
]

export const schemaVersion = migrations.length

export function currentVersion(database: DatabaseSyncInstance): number {
  return (database.prepare('pragma user_version').get() as { user_version: number }).user_version
}

/** Brings the database to this program's version, in one transaction. */
export function migrate(database: DatabaseSyncInstance): void {
  if (currentVersion(database) >= schemaVersion) return
  database.exec('begin immediate')
  try {
    // Looked at again under the lock: another process may have done it meanwhile.
    for (const step of migrations.slice(currentVersion(database))) database.exec(step)
    database.exec(`pragma user_version = ${schemaVersion}`)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}
