import { UserError } from '../errors.ts'
import type { SearchEvent } from '../search/events.ts'
import type { RunResult, SearchOptions } from '../search/node/experiment.ts'
import { exitCode, type OptionValues } from './command.ts'
import { type Progress, showProgress } from './progress.ts'
import { bold, duration, percent, printJson, quantity, type Terminal } from './terminal.ts'

type Hooks = { readonly signal: AbortSignal; readonly onEvent: (event: SearchEvent) => void; readonly onNote: (note: string) => void }

/** Runs `fit` or `search` with the options as parsed, shows what happens, and prints what came of it. */
export async function runAndShow(command: 'fit' | 'search', data: string, options: OptionValues, terminal: Terminal): Promise<number> {
  const { runSearch } = await import('../search/node/experiment.ts')
  const request: SearchOptions = {
    command,
    data,
    target: await targetFor(data, options, terminal),
    space: options.space as string | undefined,
    strategy: options.strategy as string | undefined,
    strategyOptions: options.set as SearchOptions['strategyOptions'],
    budget: options.budget as string | undefined,
    proxy: options.proxy as string | undefined,
    proxyOptions: options.proxySet as SearchOptions['proxyOptions'],
    objectives: options.objective as string | undefined,
    reward: options.reward as string | undefined,
    limits: options.limit as string | undefined,
    fidelity: options.fidelity as string | undefined,
    finalEpochs: options.finalEpochs as number | undefined,
    inherit: options.inherit === true,
    warmStart: options.warmStart as string | undefined,
    workers: options.workers as number | undefined,
    deterministic: options.deterministic === true,
    seed: options.seed as number,
    device: options.device as SearchOptions['device'],
    out: options.out as string | undefined,
  }
  return showRun(terminal, options.json === true, (hooks) => runSearch(request, hooks))
}

/** Asks for the target column of a table on a terminal; elsewhere the data room's error lists the columns. */
async function targetFor(data: string, options: OptionValues, terminal: Terminal): Promise<string | undefined> {
  if (options.target !== undefined) return options.target as string
  if (!terminal.interactive || !process.stdin.isTTY) return undefined
  const { listColumns } = await import('../data/index.ts')
  const columns = await listColumns(data)
  if (columns === undefined) return undefined
  const { createInterface } = await import('node:readline/promises')
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = (await prompt.question(`Which column should be predicted? (${columns.join(', ')}) `)).trim()
    if (!columns.includes(answer)) throw new UserError(`There is no column "${answer}". The columns are: ${columns.join(', ')}.`)
    return answer
  } finally {
    prompt.close()
  }
}

/**
 * Runs a search with progress on stderr. The first Ctrl-C asks it to finish cleanly and keep everything (exit code 130), a second one ends the process.
 */
export async function showRun(terminal: Terminal, json: boolean, run: (hooks: Hooks) => Promise<RunResult>): Promise<number> {
  const controller = new AbortController()
  let progress: Progress | undefined
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted)
    terminal.error('\nFinishing: keeping what was found so far. Press Ctrl-C again to leave at once.\n')
    controller.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const result = await run({
      signal: controller.signal,
      onNote: (note) => terminal.error(`${note}\n`),
      onEvent: (event) => {
        if (event.type === 'run-started' || event.type === 'run-resumed')
          progress = showProgress(terminal, event.config.objectives[0], event.config.budget)
        progress?.event(event)
      },
    })
    progress?.close()
    if (json) printJson(terminal, result)
    else printResult(terminal, result)
    return controller.signal.aborted ? exitCode.interrupted : exitCode.ok
  } finally {
    progress?.close()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

/** What proxies saved, in a line. */
export function savingsText({ stopped, skipped, share, seconds, lost }: NonNullable<RunResult['savings']>): string {
  const many = [stopped > 0 && `${stopped} stopped on their way`, skipped > 0 && `${skipped} not trained at all`].filter(
    (text) => text !== false,
  )
  const cost = lost === undefined ? '' : `; about ${lost.toFixed(1)} of them would have beaten the best`
  return `${percent(share)} of the training, about ${duration(seconds)}: ${many.join(', ')}${cost}`
}

/** The end of a run for a person: what was found, how good it is, where it lies, what to do next. */
export function printResult(terminal: Terminal, result: RunResult): void {
  const line = (text = ''): void => terminal.out(`${text}\n`)
  line()
  if (result.best === undefined) {
    line(`Run ${result.run} ended without a finished trial; go on with: nascent resume ${result.run}`)
    return
  }
  const { accuracy, rmse, r2 } = result.test
  if (accuracy !== undefined) line(bold(`Right in ${percent(accuracy)} of examples it never saw.`))
  else if (rmse !== undefined)
    line(bold(`Off by ${rmse.toPrecision(4)} on examples it never saw (root mean square; r² ${r2?.toFixed(3) ?? '-'}).`))
  const { parameters, flops, latencyMs } = result.best.metrics
  line(`network   ${result.best.architecture}`)
  line(
    `          ${quantity(parameters)} parameters, ${quantity(flops)}FLOPs${latencyMs === undefined ? '' : `, ${latencyMs.toFixed(2)} ms an example`}`,
  )
  line(
    `tried     ${result.trials.finished} trained${result.trials.stopped ? `, ${result.trials.stopped} stopped early` : ''}${result.trials.failed ? `, ${result.trials.failed} failed` : ''}${result.rejected ? `, ${quantity(result.rejected)} rejected for their cost` : ''} in ${duration(result.seconds)}`,
  )
  if (result.savings) line(`saved     ${savingsText(result.savings)}`)
  if (result.front && result.front.length > 1)
    line(`front     ${result.front.length} trials that none beats in every objective at once (nascent show ${result.run})`)
  for (const file of result.files) line(`wrote     ${file}`)
  const model = result.files.find((file) => file.endsWith('.onnx'))
  if (model) line(`\nUse it:   nascent predict ${model} <pictures or table>`)
}
