import { SingleBar } from 'cli-progress'
import { UserError } from '../../errors.ts'
import type { Ranking } from '../../proxy/node/rank.ts'
import type { CommandSpec, OptionValues } from '../command.ts'
import { deviceOption, seedOption, targetOption, wholeNumber } from '../options.ts'
import { bold, printJson, printTable, quantity, type Terminal } from '../terminal.ts'

/** Networks that a table for a person shows. */
const shown = 20

export const score: CommandSpec = {
  name: 'score',
  summary: 'rank networks without training them, by zero-cost scores: all or some of a space, or architectures that are given',
  arguments: [
    {
      name: '<networks>',
      summary: 'a search space (nascent spaces) or a module with one; or, with --space, an architecture string or a file with one a line',
    },
    { name: '<data>', summary: 'what they would be trained on; one batch of its training part is used' },
  ],
  options: [
    {
      flags: '--scores <names>',
      summary: 'apart by commas: naswot, synflow, zen, jacob-cov, grad-norm, snip, grasp, fisher, flops, params',
      default: 'naswot,synflow',
    },
    {
      flags: '--count <number>',
      summary: 'networks of a space: all where it has no more, else drawn',
      default: 100,
      parse: wholeNumber('--count', 1, 1_000_000),
    },
    { flags: '--space <name>', summary: 'the space that given architectures belong to' },
    { flags: '--batch <number>', summary: 'examples that networks are judged on', default: 32, parse: wholeNumber('--batch', 2, 4096) },
    targetOption,
    seedOption,
    deviceOption,
  ],
  examples: [
    'nascent score nas-bench-201 digits',
    'nascent score nas-bench-201 fashion-mnist --scores naswot,synflow,zen --count 1000 --json',
    'nascent score cells.txt digits --space nas-bench-201 --scores jacob-cov,params',
  ],
  async run([networks, data], options, terminal) {
    const { differentNetworks, findScore } = await import('../../proxy/zero-cost/index.ts')
    const { rankArchitectures } = await import('../../proxy/node/rank.ts')
    const { knownSpace } = await import('../../search/node/spaces.ts')
    const { fits } = await import('../../search/node/prepare.ts')
    const { openDataset } = await import('../../data/index.ts')
    const scores = [...new Set((options.scores as string).split(',').map((name) => name.trim()))].map(findScore)
    const given = await givenNetworks(networks as string, options)
    const { named, space } = await knownSpace(given.space)
    const texts = given.texts
    const onNote = (note: string): void => terminal.error(`${note}\n`)
    const seed = options.seed as number
    const dataset = await openDataset(data as string, { seed, target: options.target as string | undefined, onNote })
    fits(space, undefined, dataset)
    const architectures = texts?.map((text) => space.parse(text)) ?? differentNetworks(space, options.count as number, seed)
    if (texts === undefined && architectures.length < (options.count as number))
      onNote(`The space ${space.name} has ${space.size ?? 'many'} architectures; ${architectures.length} different networks were found.`)
    const bar = terminal.interactive
      ? new SingleBar({ format: '{bar} {value}/{total} networks, {eta_formatted} to go', clearOnComplete: true })
      : undefined
    bar?.start(architectures.length, 0)
    try {
      const ranking = await rankArchitectures({
        space,
        dataset,
        architectures,
        scores,
        seed,
        batchSize: options.batch as number,
        device: options.device as 'cpu' | 'webgpu' | 'cuda',
        onScored: () => bar?.increment(),
      })
      bar?.stop()
      const names = scores.map(({ name }) => name)
      if (options.json === true) printJson(terminal, document(ranking, { space: named.name, data: data as string, names, options }))
      else show(ranking, names, terminal)
      return 0
    } finally {
      bar?.stop()
      dataset.close?.()
    }
  },
}

/** The space, and the architectures where some are given. */
async function givenNetworks(
  networks: string,
  options: OptionValues,
): Promise<{ readonly space: string; readonly texts?: readonly string[] }> {
  const { existsSync, readFileSync } = await import('node:fs')
  const { isModule } = await import('../../search/node/modules.ts')
  const file = existsSync(networks) && !isModule(networks)
  const space = options.space as string | undefined
  if (space === undefined) {
    if (file) throw new UserError(`Say with --space which space the architectures in ${networks} belong to (nascent spaces).`)
    return { space: networks }
  }
  const lines = (file ? readFileSync(networks, 'utf8') : networks).split('\n').map((line) => line.trim())
  const texts = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (texts.length === 0) throw new UserError(`There is no architecture in ${networks}: write one a line.`)
  return { space, texts }
}

interface Request {
  readonly space: string
  readonly data: string
  readonly names: readonly string[]
  readonly options: OptionValues
}

/** What --json gives; scores that are −Infinity are null, for JSON has no infinities. */
const document = (
  { architectures, networks, prepareSeconds, scoreSeconds }: Ranking,
  { space, data, names, options: { seed, batch } }: Request,
): Record<string, unknown> => ({
  space,
  data,
  seed,
  batch,
  scores: names,
  networks,
  prepareSeconds,
  scoreSeconds,
  architectures: architectures.map(({ text, scores, ranks, meanRank }) => ({ architecture: text, meanRank, scores, ranks })),
})

function show({ architectures, networks, prepareSeconds, scoreSeconds }: Ranking, names: readonly string[], terminal: Terminal): void {
  const rows = architectures
    .slice(0, shown)
    .map(({ text, scores, meanRank }, i) => [String(i + 1), meanRank.toFixed(1), ...names.map((name) => number(scores[name])), text])
  printTable(terminal, ['place', 'mean rank', ...names, 'architecture'], rows)
  const rest = architectures.length > rows.length ? `; the first ${rows.length} of ${architectures.length}, all with --json` : ''
  const seconds = `${prepareSeconds.toFixed(1)} s to prepare and ${scoreSeconds.toFixed(1)} s to score`
  terminal.out(`${bold(`${networks} networks in ${seconds}`)}${rest}\n`)
}

const number = (value: number): string =>
  Number.isFinite(value) ? (Math.abs(value) >= 10_000 ? quantity(value) : value.toPrecision(5)) : '-'
