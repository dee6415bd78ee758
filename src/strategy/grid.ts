import {
  type Architecture,
  countArchitectures,
  type Decision,
  type DecisionValue,
  fromUnit,
  type SearchSpace,
  valuesOf,
} from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import type { Strategy, StrategyEntry } from './strategy.ts'

const specs = {
  levels: { summary: 'values tried of each real number, evenly on its scale', default: 3, from: 1, to: 1000, whole: true },
} satisfies OptionSpecs

/** All points of a grid over a space, by number: decisions count up like digits, the first one fastest. */
class Grid {
  readonly #space: SearchSpace
  readonly #levels: number
  readonly #size: bigint
  /** Codes of the points found so far; a code is the mixed-radix number whose digits are the values of the active decisions. */
  readonly #codes: number[] = []
  #nextCode = 0
  readonly #values = new Map<string, readonly DecisionValue[]>()

  constructor(space: SearchSpace, levels: number) {
    this.#space = space
    this.#levels = levels
    this.#size = countArchitectures(space.definition, levels) as bigint
  }

  at(n: number): Architecture | undefined {
    if (BigInt(n) >= this.#size) return undefined
    // Codes with digits left over belong to no architecture: with fewer active decisions, a smaller code already stood for it.
    while (this.#codes.length <= n) {
      if (this.#decode(this.#nextCode) !== undefined) this.#codes.push(this.#nextCode)
      this.#nextCode++
    }
    return this.#decode(this.#codes[n])
  }

  #decode(code: number): Architecture | undefined {
    let rest = code
    const architecture = this.#space.build((decision) => {
      const values = this.#valuesOf(decision)
      const value = values[rest % values.length]
      rest = Math.floor(rest / values.length)
      return value
    })
    return rest === 0 ? architecture : undefined
  }

  #valuesOf(decision: Decision): readonly DecisionValue[] {
    const known = this.#values.get(decision.path)
    if (known) return known
    const values = valuesOf(decision) ?? this.#levelsOf(decision)
    this.#values.set(decision.path, values)
    return values
  }

  #levelsOf(decision: Decision): readonly number[] {
    if (decision.kind !== 'float') return []
    return Array.from({ length: this.#levels }, (_, i) => fromUnit(decision, this.#levels === 1 ? 0.5 : i / (this.#levels - 1)))
  }
}

/** Grid search: every combination of the decisions' values, once. */
export const grid: StrategyEntry = {
  name: 'grid',
  summary: 'every combination in turn, real numbers at a few levels; for small spaces',
  options: listed(specs),
  make({ space }, options): Strategy {
    const { levels } = readOptions('grid', specs, options)
    const points = new Grid(space, levels)
    return {
      ask(n) {
        const architecture = points.at(n)
        return architecture === undefined ? 'exhausted' : { architecture, origin: 'grid' }
      },
      tell() {},
      save: () => ({}),
      restore() {},
    }
  },
}
