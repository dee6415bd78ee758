import { printValue } from './domain.ts'
import type { Architecture } from './types.ts'

/** One name in a scope of an architecture's string: `name=value(group)[item | item]`. */
interface Entry {
  value?: string
  group?: Scope
  items?: Scope[]
}
type Scope = Map<string, Entry>

/**
 * The readable string of an architecture: `name=value` apart by spaces; what belongs to the alternative taken, or to a named place, in `( )`;
 * the rounds of a repeat in `[ ]`, apart by ` | `. `depth=2[op=conv(kernel=3 width=32) | op=skip] learningRate=0.05`
 */
export function printArchitecture(architecture: Architecture): string {
  const root: Scope = new Map()
  for (const path in architecture) place(root, path.split('/')).value = printValue(architecture[path])
  return printScope(root)
}

/** The entry for a path; makes the entries and scopes on the way. */
function place(root: Scope, segments: readonly string[]): Entry {
  let scope = root
  for (let i = 0; ; i++) {
    const segment = segments[i]
    const name = segment.split('=', 1)[0]
    const entry: Entry = scope.get(name) ?? {}
    scope.set(name, entry)
    if (i === segments.length - 1) return entry
    const round = segments[i + 1]
    if (/^\d+$/.test(round)) {
      entry.items ??= []
      while (entry.items.length <= Number(round)) entry.items.push(new Map())
      scope = entry.items[Number(round)]
      i++
    } else scope = entry.group ??= new Map()
  }
}

function printScope(scope: Scope): string {
  return [...scope].map(([name, entry]) => printEntry(name, entry)).join(' ')
}

function printEntry(name: string, { value, group, items }: Entry): string {
  const rounds = items && [...items, ...Array.from({ length: Math.max(0, Number(value ?? 0) - items.length) }, (): Scope => new Map())]
  return [
    name,
    value === undefined ? '' : `=${value}`,
    group ? `(${printScope(group)})` : '',
    rounds ? `[${rounds.map(printScope).join(' | ')}]` : '',
  ].join('')
}
