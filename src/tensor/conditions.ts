/**
 * When a part of a graph is computed: always (''), or when one of some alternatives is on. Written as segments `group:members:of` from the outermost
 * choice to the innermost, joined by `|`; a group's alternatives are told apart by number, `of` is how many there are, and one of them is on, or none where the
 * group is not there. A group always stands below the same outer condition, so that it is one node of a tree.
 */
export type Condition = string

/** One of a group's alternatives is on. */
export interface Segment {
  readonly group: string
  readonly members: readonly number[]
  readonly of: number
}

export const always: Condition = ''

const parsed = new Map<Condition, readonly Segment[]>()

/** From the outermost to the innermost. */
export function segmentsOf(condition: Condition): readonly Segment[] {
  if (condition === always) return []
  const known = parsed.get(condition)
  if (known) return known
  const segments = condition.split('|').map((text): Segment => {
    const [group, members, of] = text.split(':')
    return { group, members: members.split(',').map(Number), of: Number(of) }
  })
  parsed.set(condition, segments)
  return segments
}

export const conditionOf = (segments: readonly Segment[]): Condition =>
  segments.map(({ group, members, of }) => `${group}:${members.join()}:${of}`).join('|')

/** Inside of `outer`, when an alternative of a group is on. */
export const within = (outer: Condition, segment: Segment): Condition => conditionOf([...segmentsOf(outer), segment])

/** The narrowest condition that holds whenever one of two does. */
export function eitherOf(a: Condition, b: Condition): Condition {
  if (a === b) return a
  const [left, right] = [segmentsOf(a), segmentsOf(b)]
  let common = 0
  while (common < left.length && common < right.length && left[common].group === right[common].group) common++
  if (common === 0) return always
  const last = left[common - 1]
  const members = [...new Set([...last.members, ...right[common - 1].members])].sort((x, y) => x - y)
  const outer = left.slice(0, common - 1)
  return conditionOf(members.length === last.of ? outer : [...outer, { ...last, members }])
}

/** Whether `b` holds whenever `a` does, by the way they are written. */
export function implies(a: Condition, b: Condition): boolean {
  if (a === b || b === always) return true
  const [left, right] = [segmentsOf(a), segmentsOf(b)]
  return right.every(({ group, members }, i) => left[i]?.group === group && left[i].members.every((member) => members.includes(member)))
}

/** Whether two conditions never hold together, by the way they are written. */
export function excludes(a: Condition, b: Condition): boolean {
  const [left, right] = [segmentsOf(a), segmentsOf(b)]
  const at = left.findIndex(({ group, members }, i) => group !== right[i]?.group || members.join() !== right[i].members.join())
  return at >= 0 && left[at].group === right[at]?.group && !left[at].members.some((member) => right[at].members.includes(member))
}

/** What is on: the alternative of each group that is there. */
export type Selection = ReadonlyMap<string, number>

export function holds(condition: Condition, selection: Selection): boolean {
  const last = segmentsOf(condition).at(-1)
  return last === undefined || last.members.includes(selection.get(last.group) ?? -1)
}
