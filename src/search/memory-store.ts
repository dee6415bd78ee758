import type { RunState, SearchEvent, Store, StoredEvent, TrialRow } from './events.ts'
import { nextRun, nextTrial } from './fold.ts'

/** A store that lives as long as the process: for searches in a browser or a test. */
export function createMemoryStore(now: () => number = Date.now): Store {
  const events: StoredEvent[] = []
  const trials = new Map<number, TrialRow>()
  let run: RunState | undefined

  const take = (event: StoredEvent): void => {
    const before = 'number' in event && event.number !== undefined ? trials.get(event.number) : undefined
    const after = nextTrial(before, event)
    if (after) trials.set(after.number, after)
    run = nextRun(run, event, before, after)
    events.push(event)
  }
  return {
    append(added) {
      // A copy as JSON: what a caller changes later must not change the record.
      const copies = JSON.parse(JSON.stringify(added)) as readonly SearchEvent[]
      const stored = copies.map((event, i): StoredEvent => ({ ...event, id: events.length + 1 + i, at: now() }))
      for (const event of stored) take(event)
      return stored
    },
    read: (afterId = 0, most = events.length) => events.slice(afterId, afterId + most),
    trials: () => [...trials.values()].sort((a, b) => a.number - b.number),
    run: () => run,
    close() {},
  }
}
