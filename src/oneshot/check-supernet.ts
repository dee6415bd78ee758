import { SpaceError } from '../space/error.ts'
import type { NetworkContext, SearchSpace } from '../space/index.ts'
import { supernetOf } from '../space/supernet.ts'

/** Whether all networks of a space can be mixed in one, and what is left out when they are. */
export function checkSupernet(space: SearchSpace, context: NetworkContext): { readonly fault?: string; readonly notes: readonly string[] } {
  try {
    const { dropped } = supernetOf(space.definition, context)
    const parts = [...dropped].map(([path, values]) => `${path} (without ${values.join(', ')})`)
    if (parts.length === 0) return { notes: [] }
    return { notes: [`Some values cannot be mixed with the others in one network and are left out: ${parts.join('; ')}.`] }
  } catch (error) {
    if (error instanceof SpaceError) return { fault: error.message, notes: [] }
    throw error
  }
}
