import type { GraphTree } from './tree.ts'

/** A node of a graph whose channels are divided. */
export interface Part {
  /** What it reads: nothing dead, unless it is dead itself. */
  readonly sources: readonly string[]
  readonly channels: number
}

/**
 * Channels of each node of a graph, from its output backwards (Ying et al. 2019, arXiv:1902.09635): what a concatenation reads shares its channels as
 * evenly as can be, the first ones one more; every other node has as many as the widest that reads it. Nodes that do not lie between input and output
 * are dead: nothing else reads them.
 *
 * @param reads what each node reads
 * @param ends what the output reads
 */
export function dividedChannels(
  tree: GraphTree,
  reads: ReadonlyMap<string, readonly string[]>,
  ends: readonly string[],
  channels: number,
): ReadonlyMap<string, Part> {
  const names = tree.nodes.map(({ name }) => name)
  const fed = new Set(['input', 'before'])
  for (const name of names) if ((reads.get(name) as readonly string[]).some((source) => fed.has(source))) fed.add(name)
  const needed = new Set(ends)
  for (const name of names.toReversed()) if (needed.has(name)) for (const source of reads.get(name) as readonly string[]) needed.add(source)
  const lives = (name: string): boolean => fed.has(name) && (needed.has(name) || name === 'input' || name === 'before')

  const readers = [
    { sources: ends.filter(lives), merge: tree.output.merge, name: 'output' },
    ...tree.nodes
      .filter(({ name }) => lives(name))
      .map(({ name, inputs: { merge } }) => ({ name, merge, sources: (reads.get(name) as readonly string[]).filter(lives) }))
      .toReversed(),
  ]
  const parts = new Map<string, number>([['output', channels]])
  for (const name of names.toReversed()) {
    const reading = readers.filter(({ sources }) => sources.includes(name))
    const joined = reading.find(({ merge }) => merge === 'concat')
    const whole = (reader: { readonly name: string }): number => parts.get(reader.name) as number
    if (joined) parts.set(name, share(whole(joined), joined.sources.length, joined.sources.indexOf(name)))
    else if (reading.length > 0) parts.set(name, Math.max(...reading.map(whole)))
  }
  return new Map(
    names.map((name) => [
      name,
      {
        sources: lives(name)
          ? (readers.find((reader) => reader.name === name)?.sources as readonly string[])
          : (reads.get(name) as readonly string[]),
        channels: parts.get(name) ?? channels,
      },
    ]),
  )
}

/** One of so many even shares of a whole number; the first ones are larger by one where it does not come out even. */
const share = (whole: number, shares: number, at: number): number => Math.floor(whole / shares) + (at < whole % shares ? 1 : 0)
