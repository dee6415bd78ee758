import { randomFor } from '../space/index.ts'
import type { Strategy, StrategyContext } from '../strategy/index.ts'
import { discretise, type LearnedAlphas } from './alphas.ts'

/** Draws of one proposal before it may be one that came before. */
const TRIES = 100

/** Proposes the architecture that the alphas mean, then samples of their distribution (Gumbel's trick), each new one once. */
export function alphaProposer({ space, seed }: StrategyContext, learned: LearnedAlphas): Strategy {
  const seen = new Set<string>()
  return {
    ask(n) {
      if (n === 0) return { architecture: discretise(space, learned), origin: 'alphas' }
      const random = randomFor(seed, 'alphas', n)
      for (let attempt = 0; ; attempt++) {
        const architecture = discretise(space, learned, (_, __, probability) => probability / -Math.log(1 - random.next()))
        if (!seen.has(space.print(architecture)) || attempt >= TRIES) return { architecture, origin: 'alphas-sample' }
      }
    },
    tell: ({ architecture }) => void seen.add(space.print(architecture)),
    save: () => [...seen],
    restore(state) {
      for (const text of state as readonly string[]) seen.add(text)
    },
  }
}
