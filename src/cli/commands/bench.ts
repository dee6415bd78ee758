import { SingleBar } from 'cli-progress'
import type { CurvesResult, RankingResult, TabularResult } from '../../benchmark/node/index.ts'
import { UserError } from '../../errors.ts'
import type { CommandSpec } from '../command.ts'
import { oneOf, seedOption, settings, wholeNumber } from '../options.ts'
import { bold, printJson, printTable, type Terminal } from '../terminal.ts'

const group = { name: 'bench', summary: 'measure strategies against each other' }

export const benchTabular: CommandSpec = {
  group,
  name: 'tabular',
  summary: 'let strategies search a table of measured architectures, with many seeds each, and compare what they find',
  arguments: [],
  options: [
    {
      flags: '--table <table>',
      summary: 'CSV (.gz), JSON or Parquet; or nas-bench-201, nas-bench-macro, trans-nas-bench-101 in NASCENT_DATA',
    },
    {
      flags: '--strategies <names>',
      summary: 'which ones, apart by commas (nascent strategies)',
      default: 'random,evolution,local-search',
    },
    { flags: '--budget <trials>', summary: 'trials of each search', default: 100, parse: trials },
    { flags: '--repeats <number>', summary: 'searches of each strategy', default: 100, parse: wholeNumber('--repeats', 1, 100_000) },
    { flags: '--signal <column>', summary: 'what the strategies see (default: by the table)' },
    { flags: '--truth <column>', summary: 'what their choice is judged by (default: by the table, else the signal)' },
    {
      flags: '--direction <word>',
      summary: 'maximize or minimize both',
      default: 'maximize',
      parse: oneOf('--direction', ['maximize', 'minimize']),
    },
    { flags: '--time <column>', summary: 'seconds that a trial takes, to sum up' },
    { flags: '--space <name>', summary: 'space of the architectures, a name or a module (./mine.ts#space); default: by the table' },
    { flags: '--architecture <column>', summary: 'where the architectures stand (default: architecture or arch)' },
    {
      flags: '--set <name=value>',
      summary: 'options: sample=5 for all that have it, evolution.population=20 for one',
      parse: settings('--set'),
    },
    { flags: '--workers <number>', summary: 'threads (default: one for each core)', parse: wholeNumber('--workers', 1, 1024) },
    seedOption,
    { flags: '--out <file>', summary: 'write an HTML page with the curves' },
  ],
  examples: [
    'nascent bench tabular --table nas-bench-201 --strategies random,evolution --budget 300 --out regret.html',
    'nascent bench tabular --table nb201_table.csv.gz --signal c100_val_e12 --truth c100_test_e200 --json',
    'nascent bench tabular --table mine.csv --space ./mine.ts#small --signal valid --truth test --repeats 20',
  ],
  async run(_, options, terminal) {
    if (options.table === undefined) throw new UserError('Say with --table which table to search: a file, or a name such as nas-bench-201.')
    const { runTabular } = await import('../../benchmark/node/index.ts')
    const strategies = (options.strategies as string).split(',').map((name) => name.trim())
    const repeats = options.repeats as number
    const bar = terminal.interactive
      ? new SingleBar({ format: '{bar} {value}/{total} searches, {eta_formatted} to go', clearOnComplete: true })
      : undefined
    const total = repeats * (strategies.includes('random') ? strategies.length : strategies.length + 1)
    bar?.start(total, 0)
    try {
      const result = await runTabular({
        table: options.table as string,
        strategies,
        budget: options.budget as number,
        repeats,
        seed: options.seed as number,
        signal: options.signal as string | undefined,
        truth: options.truth as string | undefined,
        direction: options.direction as 'maximize' | 'minimize',
        seconds: options.time as string | undefined,
        space: options.space as string | undefined,
        architecture: options.architecture as string | undefined,
        settings: options.set as Record<string, number | string | boolean> | undefined,
        workers: options.workers as number | undefined,
        onPlay: () => bar?.increment(),
        onNote: (note) => terminal.error(`${note}\n`),
      })
      bar?.stop()
      await show(result, options.out as string | undefined, options.json === true, terminal)
      return 0
    } finally {
      bar?.stop()
    }
  },
}

export const benchRanking: CommandSpec = {
  group,
  name: 'ranking',
  summary: 'how well scores with shared weights agree with networks trained by themselves, for each weight-sharing method',
  arguments: [{ name: '[data]', summary: 'what the networks are trained on (default: digits)' }],
  options: [
    { flags: '--space <name>', summary: 'a small space, a name or a module (./mine.ts#space)', default: 'nas-bench-201:channels=8' },
    { flags: '--methods <names>', summary: 'weight-sharing methods, apart by commas', default: 'spos,fairnas,enas,darts,gdas' },
    {
      flags: '--architectures <number>',
      summary: 'networks that are compared',
      default: 20,
      parse: wholeNumber('--architectures', 3, 10_000),
    },
    { flags: '--budget <time>', summary: 'for training each supernet', default: '2m' },
    { flags: '--epochs <number>', summary: 'for each network by itself', default: 12, parse: wholeNumber('--epochs', 1, 10_000) },
    {
      flags: '--truths <file>',
      summary: 'JSON in which results of networks by themselves are kept, for other methods to be measured by (default: none)',
    },
    seedOption,
  ],
  examples: ['nascent bench ranking', 'nascent bench ranking digits --methods spos,darts --budget 1m --truths digits-truths.json --json'],
  async run([data], options, terminal) {
    const { parseBudget } = await import('../../search/budget.ts')
    const { seconds, trials: given } = parseBudget(options.budget as string)
    if (seconds === undefined || given !== undefined)
      throw new UserError('--budget wants a time here, for example 2m: that of each supernet.')
    const { runRanking } = await import('../../benchmark/node/index.ts')
    const result = await runRanking({
      data: (data as string | undefined) ?? 'digits',
      space: options.space as string,
      methods: (options.methods as string).split(',').map((name) => name.trim()),
      architectures: options.architectures as number,
      seconds,
      epochs: options.epochs as number,
      seed: options.seed as number,
      truths: options.truths as string | undefined,
      onNote: (note) => terminal.error(`${note}\n`),
    })
    if (options.json === true) printJson(terminal, result)
    else showRanking(result, terminal)
    return 0
  },
}

function showRanking({ architectures, methods, metric, epochs, budget, ...of }: RankingResult, terminal: Terminal): void {
  const title = `${of.space} on ${of.data}: ${architectures.length} networks by themselves (${epochs} epochs), seed ${of.seed}`
  terminal.out(`${bold(title)}\n`)
  const head = ['method', 'Kendall tau', 'Spearman', `regret (${metric})`, `steps in ${budget} s`]
  const rows = methods.map((method) => [
    method.method,
    method.kendall.toFixed(2),
    method.spearman.toFixed(2),
    method.regret.toFixed(4),
    String(method.steps),
  ])
  printTable(terminal, head, rows)
}

export const benchCurves: CommandSpec = {
  group,
  name: 'curves',
  summary: 'how well the end of learning curves is predicted, and what stopping by such predictions spares and costs',
  arguments: [],
  options: [
    {
      flags: '--data <folder>',
      summary: 'published curves (nas-bench-nlp-curves, lcbench-surrogate), or the folder of a run (default: NASCENT_DATA)',
    },
    { flags: '--predictors <names>', summary: 'which predictors and stoppers, apart by commas (default: all)' },
    { flags: '--curves <number>', summary: 'most curves of a set (default: 120)', parse: wholeNumber('--curves', 20, 100_000) },
    { flags: '--quick', summary: 'one set, fewer curves and orderings', default: false },
    seedOption,
  ],
  examples: [
    'nascent bench curves',
    'nascent bench curves --predictors last-seen,curve,nu-svr --json',
    'nascent bench curves --data nascent-runs/brave-otter',
  ],
  async run(_, options, terminal) {
    const { runCurves } = await import('../../benchmark/node/index.ts')
    const result = await runCurves({
      data: options.data as string | undefined,
      predictors: (options.predictors as string | undefined)?.split(',').map((name) => name.trim()),
      curves: options.curves as number | undefined,
      quick: options.quick === true,
      seed: options.seed as number,
      onNote: (note) => terminal.error(`${note}\n`),
    })
    if (options.json === true) printJson(terminal, result)
    else await showCurves(result, terminal)
    return 0
  },
}

async function showCurves({ sets, orderings }: CurvesResult, terminal: Terminal): Promise<void> {
  const { predictionRows, stopperRows } = await import('../../benchmark/curves-words.ts')
  for (const set of sets) {
    terminal.out(`${bold(`${set.name}: ${set.summary}; ${set.curves} of ${set.of} curves of ${set.epochs} epochs`)}\n`)
    const predictions = predictionRows(set)
    if (predictions.rows.length > 0) printTable(terminal, predictions.head, predictions.rows)
    const stoppers = stopperRows(set)
    if (stoppers.rows.length > 0) printTable(terminal, stoppers.head, stoppers.rows)
  }
  terminal.out(
    `Errors are means of absolute ones; stoppers over ${orderings} random orders; regret is in per cent of the best end, ${sets.map(({ best }) => best).join(', ')}.\n`,
  )
}

/** `300`, or `300trials` as a search's budget is written. */
function trials(text: string): number {
  return wholeNumber('--budget', 1, 10_000_000)(text.replace(/trials$/, ''))
}

async function show(result: TabularResult, out: string | undefined, json: boolean, terminal: Terminal): Promise<void> {
  if (out !== undefined) {
    const { writeComparison } = await import('../../benchmark/node/write-report.ts')
    await writeComparison(result, out)
  }
  if (json) {
    printJson(terminal, { ...result, ...(out === undefined ? {} : { files: [out] }) })
    return
  }
  const { comparisonRows } = await import('../../benchmark/words.ts')
  const { summary, head, rows, notes } = comparisonRows(result)
  terminal.out(`${bold(summary)}\n`)
  printTable(terminal, head, rows)
  for (const note of notes) terminal.out(`${note}\n`)
  if (out !== undefined) terminal.out(`wrote     ${out}\n`)
}
