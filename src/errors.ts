/**
 * An error that is the user's to mend: bad data, bad configuration, a missing run. One clear sentence says what, where and the mend;
 * the command line prints it without a stack and exits with 2.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError'
}
