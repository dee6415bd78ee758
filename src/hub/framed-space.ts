import { choice, type SearchSpace, space, type Tree } from '../space/index.ts'
import { framed } from './entry.ts'

/** What a family of spaces in several sizes is made of. */
export interface Family<F extends object> {
  readonly name: string
  readonly summary: string
  readonly frames: Readonly<Record<string, F>> & { readonly laptop: F }
  readonly tree: (frame: F) => Tree
  /** Learning rates that the laptop size searches with its networks. */
  readonly rates: readonly number[]
}

/** A family's space in a size of its own, by name, or in any frame. */
export function framedSpace<F extends object>({ name, summary, frames, tree, rates }: Family<F>, frame: string | F): SearchSpace {
  if (typeof frame !== 'string') return space(name, tree(frame), { summary })
  if (frame !== 'laptop') return space(framed(name, frame), tree(frames[frame]), { summary })
  return space(name, tree(frames.laptop), { summary, hyperparameters: { learningRate: choice('learningRate', rates) } })
}
