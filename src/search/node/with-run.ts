import { join } from 'node:path'
import type { Store } from '../events.ts'
import type { Crew } from './crew.ts'
import { databaseName, discardRunPlace, type RunPlace } from './runs.ts'
import { openStore } from './store.ts'

/** Opens a run's store and closes store and crew in every case; a run that never began leaves nothing behind. */
export async function withRun<T>(place: RunPlace, crew: Crew, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore(join(place.folder, databaseName))
  try {
    return await work(store)
  } finally {
    await crew.close()
    const began = store.run() !== undefined
    store.close()
    if (!began) discardRunPlace(place)
  }
}
