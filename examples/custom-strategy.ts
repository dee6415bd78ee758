// A search strategy of one's own, one file: mutates the best network so far, and starts afresh after too many children in a row that were no better.
// Use it with: nascent search digits --strategy examples/custom-strategy.ts#climber --set patience=6 --budget 30s
import { type Architecture, randomFor } from 'nascent/space'
import type { StrategyEntry } from 'nascent/strategy'

/** The network that is climbed from, the trial that measured it, and how many of its children were no better. */
interface State {
  readonly top?: { readonly number: number; readonly architecture: Architecture; readonly value: number }
  readonly misses: number
}

export const climber: StrategyEntry = {
  name: 'climber',
  summary: 'mutates the best network so far, with restarts',
  options: { patience: { summary: 'children in a row that may be no better', default: 10 } },
  make({ space, seed, objectives: [objective] }, { patience = 10 } = {}) {
    let state: State = { misses: 0 }
    return {
      ask(n) {
        const random = randomFor(seed, 'climber', n)
        const { top } = state
        if (!top) return { architecture: space.sample(random), origin: 'random' }
        return { architecture: space.mutate(top.architecture, random), origin: 'mutation', parents: [top.number] }
      },
      tell({ number, architecture, status, metrics }) {
        if (status !== 'finished') return
        const value = metrics[objective.metric] * (objective.direction === 'maximize' ? 1 : -1)
        if (!state.top || value > state.top.value) state = { top: { number, architecture, value }, misses: 0 }
        else state = state.misses + 1 < Number(patience) ? { ...state, misses: state.misses + 1 } : { misses: 0 }
      },
      save: () => state,
      restore: (saved) => void (state = saved as State),
    }
  },
}
