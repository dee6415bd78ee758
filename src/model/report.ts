import type { ReportData } from './report-data.ts'
import { writeFileAtomic } from './files.ts'
import type { Html } from './report/html.ts'
import { mistakesSection } from './report/mistakes.ts'
import { curveSection } from './report/curve.ts'
import { networkSection } from './report/network.ts'
import { page } from './report/page.ts'
import { qualitySection } from './report/quality.ts'
import { reproduceSection } from './report/reproduce.ts'
import { searchSection } from './report/search.ts'
import { sharedWeightsSection } from './report/shared-weights.ts'
import { summarySection } from './report/summary.ts'
import { usageSection } from './report/usage.ts'

export type { ReportData, ReportRun, ReportTrial } from './report-data.ts'

const names = {
  summary: 'In short',
  quality: 'Right and wrong',
  mistakes: 'Mistakes',
  network: 'The network',
  learning: 'How it learnt',
  shared: 'The shared weights',
  search: 'The search',
  use: 'Use it',
  reproduce: 'Get it again',
} as const

/** The report of a run as one HTML page that needs nothing else: no network, no script. */
export async function reportHtml(data: ReportData): Promise<string> {
  const { model } = data
  const sections: readonly (readonly [keyof typeof names, Html])[] = [
    ['summary', summarySection(data)],
    ['quality', qualitySection(model)],
    ['mistakes', await mistakesSection(model)],
    ['network', networkSection(model)],
    ['learning', curveSection(data)],
    ['shared', sharedWeightsSection(data)],
    ['search', searchSection(data)],
    ['use', usageSection(data)],
    ['reproduce', reproduceSection(data)],
  ]
  const shown = sections.filter(([, { html: text }]) => text !== '')
  const what =
    model.data.task === 'classification'
      ? `tells ${model.data.classes.length} classes apart`
      : `predicts ${model.data.target ?? 'a number'}`
  return page({
    title: `${model.data.name} – a model by Nascent`,
    brand: 'Nascent report',
    heading: model.data.name,
    subtitle: `A neural network that ${what}, designed and trained by search.`,
    sections: shown.map(([id, content]) => ({ id, name: names[id], content })),
    footer: `Made by Nascent ${model.version}, run ${data.run.run}.`,
  })
}

/**
 * Writes the report of a run.
 * @throws UserError when the file cannot be written
 */
export async function writeReport(data: ReportData, path: string): Promise<void> {
  await writeFileAtomic(path, await reportHtml(data))
}
