import { UserError } from '../errors.ts'

/** A fault in the definition of a space, or in an architecture or its string: what, where, and the mend. */
export class SpaceError extends UserError {
  override readonly name: string = 'SpaceError'
}
