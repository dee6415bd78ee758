import { type CommandSpec, fullName, type OptionSpec } from './command.ts'

/** The page docs/CLI.md, made from the table of commands; a test fails when the page is stale. */
export function renderReference(commands: readonly CommandSpec[]): string {
  const head = [
    '# The command line',
    '',
    'Made from the table of commands by `npm run docs:cli`; do not edit by hand.',
    '',
    'Every command takes `--help` and `--json` (one JSON document on stdout). Progress goes to stderr. Exit codes: 0 done, 1 a fault of Nascent,',
    '2 something to mend in what was given (one sentence says what, where and how), 130 interrupted; an interrupted search keeps everything.',
    '',
  ]
  return `${[...head, ...commands.flatMap(section)].join('\n').trimEnd()}\n`
}

function section(command: CommandSpec): string[] {
  const usage = [
    'nascent',
    fullName(command),
    ...command.arguments.map((argument) => argument.name),
    ...(command.options.length ? ['[options]'] : []),
  ].join(' ')
  return [
    `## ${fullName(command)}`,
    '',
    `\`${usage}\` — ${command.summary}.`,
    '',
    ...table(
      'argument',
      command.arguments.map(({ name, summary }) => [name, summary, '']),
    ),
    ...table(
      'option',
      command.options.map((option) => [option.flags, option.summary, defaultOf(option)]),
    ),
    '```',
    ...command.examples,
    '```',
    '',
  ]
}

const defaultOf = ({ default: value }: OptionSpec): string => (value === undefined || value === false ? '' : String(value))
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function table(head: string, rows: readonly (readonly [string, string, string])[]): string[] {
  if (rows.length === 0) return []
  return [
    `| ${head} | meaning | default |`,
    '| --- | --- | --- |',
    ...rows.map(([name, summary, value]) => `| \`${name.replaceAll('|', '\\|')}\` | ${cell(summary)} | ${value} |`),
    '',
  ]
}
