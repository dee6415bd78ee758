import { findMorph, type Network } from '../network/index.ts'
import { SpaceError } from '../space/error.ts'
import type { Architecture, NetworkContext, SearchSpace } from '../space/types.ts'

/** Whether a network can begin as the function of another one, from which it grows: for strategies, which see no networks. */
export function growsIn(space: SearchSpace, context: NetworkContext): (from: Architecture, to: Architecture) => boolean {
  const networkOf = (architecture: Architecture): Network | undefined => {
    try {
      return space.child(architecture, context)
    } catch (error) {
      if (error instanceof SpaceError) return undefined
      throw error
    }
  }
  // Asked for many children of one parent.
  let last: { readonly architecture: Architecture; readonly network: Network | undefined } | undefined
  return (from, to) => {
    if (last?.architecture !== from) last = { architecture: from, network: networkOf(from) }
    const child = networkOf(to)
    return last.network !== undefined && child !== undefined && findMorph(last.network, child) !== undefined
  }
}
