import type { Session } from './runtime.ts'

/** A session that is in use until it is released. */
export interface CachedSession {
  readonly session: Session
  release(): Promise<void>
}

/** Keeps sessions of models that were released, for the next equal model, within a limit of bytes. */
export interface SessionCache {
  /** A session of `model`: a kept one with the same bytes and options, or one made by `make`. `bytes` is what it is taken to hold. */
  acquire(model: Uint8Array, options: string, bytes: number, make: () => Promise<Session>): Promise<CachedSession>
  /** Sessions held now, and the bytes they are taken to hold. */
  readonly size: { readonly sessions: number; readonly bytes: number }
  /** Releases every session that nobody uses. */
  clear(): Promise<void>
}

interface Entry {
  readonly model: Uint8Array
  readonly options: string
  readonly bytes: number
  readonly session: Promise<Session>
  users: number
}

/**
 * A cache of sessions. Sessions in use are shared and never evicted; unused ones go, the longest unused first, when all together hold
 * more than `maxBytes`.
 */
export function createSessionCache({ maxBytes = 512 * 2 ** 20 }: { readonly maxBytes?: number } = {}): SessionCache {
  const entries = new Map<string, Entry[]>()
  // In order of last use: a Set keeps the order of insertion.
  const unused = new Set<Entry>()
  let held = 0
  let sessions = 0

  async function remove(entry: Entry): Promise<void> {
    unused.delete(entry)
    const key = keyOf(entry.model, entry.options)
    const left = (entries.get(key) ?? []).filter((other) => other !== entry)
    if (left.length === 0) entries.delete(key)
    else entries.set(key, left)
    held -= entry.bytes
    sessions -= 1
    await (await entry.session).release()
  }

  async function evict(limit: number): Promise<void> {
    while (held > limit) {
      const [oldest] = unused
      if (!oldest) return
      await remove(oldest)
    }
  }

  function find(model: Uint8Array, options: string): Entry | undefined {
    return entries.get(keyOf(model, options))?.find((entry) => entry.options === options && sameBytes(entry.model, model))
  }

  function insert(model: Uint8Array, options: string, bytes: number, session: Promise<Session>): Entry {
    const entry: Entry = { model, options, bytes: bytes + model.length, session, users: 0 }
    const key = keyOf(model, options)
    entries.set(key, [...(entries.get(key) ?? []), entry])
    held += entry.bytes
    sessions += 1
    return entry
  }

  return {
    get size() {
      return { sessions, bytes: held }
    },
    async acquire(model, options, bytes, make) {
      const entry = find(model, options) ?? insert(model, options, bytes, make())
      entry.users += 1
      unused.delete(entry)
      try {
        const session = await entry.session
        await evict(maxBytes)
        return { session, release: once(() => giveBack(entry)) }
      } catch (error) {
        forget(entry)
        throw error
      }
    },
    clear: () => evict(-1),
  }

  async function giveBack(entry: Entry): Promise<void> {
    entry.users -= 1
    if (entry.users > 0) return
    unused.add(entry)
    await evict(maxBytes)
  }

  /** Drops an entry whose session could not be made. */
  function forget(entry: Entry): void {
    const key = keyOf(entry.model, entry.options)
    const list = entries.get(key)
    if (!list?.includes(entry)) return
    entries.set(
      key,
      list.filter((other) => other !== entry),
    )
    held -= entry.bytes
    sessions -= 1
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}

/** Only narrows the search down: equality is decided by the bytes. */
function keyOf(model: Uint8Array, options: string): string {
  let hash = 2166136261
  for (const byte of model) hash = Math.imul(hash ^ byte, 16777619)
  return `${model.length} ${hash >>> 0} ${options}`
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])
