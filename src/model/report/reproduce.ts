import type { ReportData, ReportRun } from '../report-data.ts'
import { duration } from './format.ts'
import { html, type Html } from './html.ts'

const weightsWords = { shared: 'those that all networks of the space share', scratch: 'trained from scratch after the search' } as const

/** What is needed to get it again. */
export function reproduceSection({ run }: ReportData): Html {
  const facts: readonly (readonly [string, string | number])[] = [
    ['run', run.run],
    ['Nascent', run.version],
    ['data', run.data],
    ...(run.target === undefined ? [] : [['target', run.target] as const]),
    ['space', run.space],
    ['strategy', run.strategy],
    ...(run.finalWeights === undefined ? [] : [['weights', weightsWords[run.finalWeights]] as const]),
    ['budget', budgetText(run.budget) || 'none'],
    ['seed', run.seed],
    ['workers', run.workers],
    ['device', run.device],
    ...(run.seconds === undefined ? [] : [['took', duration(run.seconds)] as const]),
  ]
  const exact = run.budget.seconds === undefined && (run.workers === 1 || run.deterministic)
  const note = exact
    ? 'With the same version of Nascent on a processor of the same family, the search goes the same way, trial by trial.'
    : `A search by the clock${run.workers > 1 && !run.deterministic ? ' or with several workers' : ''} depends on how fast the machine is, so a repetition gives a similar network, not exactly this one. For an exact repetition give a number of trials as the budget, and --deterministic with several workers.`
  return html`<section id="reproduce"><h2>How to get it again</h2><pre tabindex="0" class="wrap"><code>${commandLine(run)}</code></pre><p>${note}</p><dl class="facts small">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`
}

const budgetText = ({ seconds, trials }: ReportRun['budget']): string =>
  [seconds === undefined ? '' : `${Math.round(seconds)}s`, trials === undefined ? '' : `${trials}trials`]
    .filter((text) => text !== '')
    .join(',')

/** The command that runs this search again. */
export function commandLine(run: ReportRun): string {
  if (run.commandLine !== undefined) return run.commandLine
  const budget = budgetText(run.budget)
  const words = [
    'nascent',
    run.command,
    shellWord(run.data),
    ...(run.target === undefined ? [] : ['--target', shellWord(run.target)]),
    ...(run.command === 'search' ? ['--space', shellWord(run.space), '--strategy', shellWord(run.strategy)] : []),
    ...(budget === '' ? [] : ['--budget', budget]),
    ...(run.workers > 1 ? ['--workers', String(run.workers)] : []),
    ...(run.deterministic ? ['--deterministic'] : []),
    ...(run.device === 'cpu' ? [] : ['--device', run.device]),
    '--seed',
    String(run.seed),
  ]
  return words.join(' ')
}

const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
