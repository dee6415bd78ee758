import type { NamedSpace } from '../../search/node/spaces.ts'
import type { Task } from '../compare.ts'
import type { Play } from '../play.ts'
import type { ProblemData } from '../problem.ts'

/** What a player thread starts with. */
export interface PlayerSetup {
  readonly data: ProblemData
  readonly space: NamedSpace
}

/** One play to be made. */
export interface PlayerRequest {
  readonly place: number
  readonly task: Task
}

/** What a thread answers. */
export type PlayerAnswer =
  | { readonly place: number; readonly play: Play }
  | { readonly place: number; readonly error: { readonly message: string; readonly mendable: boolean } }
