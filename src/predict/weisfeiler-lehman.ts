/** A directed graph whose vertices have labels. */
export interface LabelledGraph {
  readonly labels: readonly string[]
  readonly edges: readonly (readonly [from: number, to: number])[]
}

/** How often each label stands in a graph; labels as ascending numbers. */
export interface LabelCounts {
  readonly labels: Int32Array
  readonly counts: Int32Array
}

/**
 * Weisfeiler and Lehman's refinement (Shervashidze et al. 2011, JMLR 12; for architectures Ru et al. 2021, arXiv:2006.07556): round after round a vertex's
 * label takes in those of the vertices it reads and of those that read it. Isomorphic graphs have equal counts.
 */
export class WeisfeilerLehman {
  readonly #rounds: number
  readonly #numbers = new Map<string, number>()

  /** @param rounds of refinement; 0 only counts the labels themselves */
  constructor(rounds: number) {
    this.#rounds = rounds
  }

  /** Counts after 0, 1, … rounds; comparable among graphs given to the same object. */
  count({ labels, edges }: LabelledGraph): readonly LabelCounts[] {
    const sources = labels.map((): number[] => [])
    const targets = labels.map((): number[] => [])
    for (const [from, to] of edges) {
      sources[to].push(from)
      targets[from].push(to)
    }
    let current = labels.map((label) => this.#number(label))
    const rounds = [tally(current)]
    for (let round = 0; round < this.#rounds; round++) {
      const text = (places: readonly number[]): string =>
        places
          .map((place) => current[place])
          .sort((a, b) => a - b)
          .join()
      current = current.map((label, i) => this.#number(`${round}:${label}<${text(sources[i])}>${text(targets[i])}`))
      rounds.push(tally(current))
    }
    return rounds
  }

  #number(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(text, number)
    return number
  }
}

function tally(labels: readonly number[]): LabelCounts {
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const sorted = [...counts].sort(([a], [b]) => a - b)
  return { labels: Int32Array.from(sorted, ([label]) => label), counts: Int32Array.from(sorted, ([, count]) => count) }
}

/** Scalar product of two graphs' counts. */
export function commonLabels(a: LabelCounts, b: LabelCounts): number {
  let sum = 0
  for (let i = 0, j = 0; i < a.labels.length && j < b.labels.length; ) {
    const difference = a.labels[i] - b.labels[j]
    if (difference === 0) sum += a.counts[i++] * b.counts[j++]
    else if (difference < 0) i++
    else j++
  }
  return sum
}
