import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../events.ts'
import { createProcessExecutor, type ProcessExecutor } from './processes.ts'
import { databaseName, type RunPlace } from './runs.ts'
import { openStore } from './store.ts'

/** Opens what a run needs and closes it in every case; a run that never began leaves nothing. */
export async function withRun<T>(
  place: RunPlace,
  workers: number,
  work: (store: Store, executor: ProcessExecutor) => Promise<T>,
): Promise<T> {
  const store = openStore(join(place.folder, databaseName))
  const executor = createProcessExecutor({ workers, folder: place.folder })
  try {
    return await work(store, executor)
  } finally {
    await executor.close()
    const began = store.run() !== undefined
    store.close()
    if (!began) for (const ending of ['', '-wal', '-shm']) rmSync(join(place.folder, databaseName + ending), { force: true })
  }
}
