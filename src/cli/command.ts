import { Command, CommanderError, Option } from 'commander'
import { UserError } from '../errors.ts'
import type { Terminal } from './terminal.ts'

/** One flag of a command; the same record feeds the parser, the help and docs/CLI.md. */
export interface OptionSpec {
  /** As commander writes it: `--budget <time>`. */
  readonly flags: string
  readonly summary: string
  readonly default?: string | number | boolean
  /** Makes the value; throws UserError with the mend. */
  readonly parse?: (text: string, before: unknown) => unknown
}

export type OptionValues = Readonly<Record<string, unknown>>

/** One command of the program. */
export interface CommandSpec {
  /** The command that it is a part of: `bench` of `nascent bench tabular`. */
  readonly group?: { readonly name: string; readonly summary: string }
  readonly name: string
  readonly summary: string
  /** As commander writes them: `<data>`, `[trial]`, `<inputs...>`. */
  readonly arguments: readonly { readonly name: string; readonly summary: string }[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly string[]
  /** Gives the exit code; nothing means 0. */
  run(args: readonly (string | readonly string[] | undefined)[], options: OptionValues, terminal: Terminal): Promise<number | undefined>
}

/** Exit codes of the contract. */
export const exitCode = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const

const jsonOption: OptionSpec = { flags: '--json', summary: 'put one JSON document on stdout', default: false }

/** Makes the program from the table of commands; `done` receives the exit code of the command that ran. */
export function buildProgram(
  name: string,
  version: string,
  summary: string,
  commands: readonly CommandSpec[],
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  const program = new Command(name)
  program.description(summary).version(version, '-V, --version', 'print the version').exitOverride()
  program.helpCommand('help [command]', 'show the help of a command')
  program.configureOutput({ writeErr: (text) => terminal.error(text), writeOut: (text) => terminal.out(text) })
  program.showSuggestionAfterError(true)
  for (const spec of commands) groupOf(program, spec, terminal).addCommand(buildCommand(spec, terminal, done))
  return program
}

/** Name with the group's before it, as it is typed. */
export const fullName = ({ group, name }: CommandSpec): string => (group ? `${group.name} ${name}` : name)

/** The command that a command belongs to: its group, made at the first of its parts, or the program. */
function groupOf(program: Command, { group }: CommandSpec, terminal: Terminal): Command {
  if (group === undefined) return program
  const known = program.commands.find((command) => command.name() === group.name)
  if (known) return known
  const made = new Command(group.name).description(group.summary).exitOverride().showSuggestionAfterError(true)
  made.configureOutput({ writeErr: (text) => terminal.error(text), writeOut: (text) => terminal.out(text) })
  made.helpCommand(false)
  program.addCommand(made)
  return made
}

function buildCommand(spec: CommandSpec, terminal: Terminal, done: (code: number) => void): Command {
  const command = new Command(spec.name)
  command.description(spec.summary).exitOverride().showSuggestionAfterError(true)
  command.configureOutput({ writeErr: (text) => terminal.error(text), writeOut: (text) => terminal.out(text) })
  for (const argument of spec.arguments) command.argument(argument.name, argument.summary)
  for (const option of [...spec.options, jsonOption]) {
    const made = new Option(option.flags, option.summary)
    if (option.default !== undefined && option.default !== false) made.default(option.default)
    if (option.parse) made.argParser(option.parse)
    command.addOption(made)
  }
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  $ ${example}`).join('\n')}`)
  command.action(async (...received: unknown[]) => {
    const args = received.slice(0, spec.arguments.length) as (string | readonly string[] | undefined)[]
    const options = received[spec.arguments.length] as OptionValues
    done((await spec.run(args, options, terminal)) ?? exitCode.ok)
  })
  return command
}

/**
 * Runs the program on the given arguments and resolves to the exit code. Errors of the user become one sentence on stderr and code 2;
 * anything else is a fault of ours: its message, code 1, and the stack only when NASCENT_DEBUG is set.
 */
export async function runProgram(
  make: (done: (code: number) => void) => Command,
  argv: readonly string[],
  terminal: Terminal,
  debug: boolean,
): Promise<number> {
  let code: number = exitCode.ok
  try {
    await make((value) => {
      code = value
    }).parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.badInput
    if (error instanceof UserError) {
      terminal.error(`nascent: ${error.message}\n`)
      return exitCode.badInput
    }
    const fault = error instanceof Error ? error : new Error(String(error))
    terminal.error(`nascent: unexpected failure: ${fault.message}\n`)
    terminal.error(debug && fault.stack ? `${fault.stack}\n` : 'Run again with NASCENT_DEBUG=1 to see where it happened.\n')
    return exitCode.failed
  }
}
