import { UserError } from '../../errors.ts'

/** Turns what SQLite says into a sentence with the mend, where the user can mend it; anything else is thrown as it came. */
export function explained(error: unknown, path: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error
  const text = `${'code' in error ? String(error.code) : ''} ${error.message}`.toLowerCase()
  const sentence = mends.find(([signs]) => signs.some((sign) => text.includes(sign)))?.[1]
  return sentence === undefined ? error : new UserError(sentence(path), { cause: error })
}

const mends: readonly (readonly [readonly string[], (path: string) => string])[] = [
  [
    ['not a database', 'malformed', 'corrupt', 'file is encrypted', 'notadb'],
    (path) =>
      `The run's database ${path} is damaged: put back a copy of it, or begin a new run (other files in its folder can still be used).`,
  ],
  [
    ['database or disk is full', 'enospc', 'no space left', 'sqlite_full'],
    (path) => `The disk is full, so nothing more could be written to ${path}: make room, then go on with "nascent resume".`,
  ],
  [
    ['readonly', 'read-only', 'erofs', 'eacces', 'permission denied'],
    (path) => `${path} cannot be written (read-only): make it writable, or choose another folder with --out or NASCENT_HOME.`,
  ],
  [
    ['enotdir', 'eexist'],
    (path) => `${path} cannot be made, because a part of its path is a file: choose another folder with --out or NASCENT_HOME.`,
  ],
  [
    ['enoent'],
    (path) => `${path} cannot be made, because a part of its path is not there: choose another folder with --out or NASCENT_HOME.`,
  ],
  [
    ['unable to open', 'cantopen'],
    (path) => `The run's database ${path} cannot be opened: look whether its folder is there and may be read and written.`,
  ],
  [['disk i/o error', 'ioerr'], (path) => `The disk failed while ${path} was used: look at the disk, then go on with "nascent resume".`],
  [['database is locked', 'busy'], (path) => `Another program holds ${path} for long: close it, then try again.`],
]
