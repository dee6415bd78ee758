import type { ReportData } from './report-data.ts'
import { writeFileAtomic } from './files.ts'
import { html, type Html } from './report/html.ts'
import { mistakesSection } from './report/mistakes.ts'
import { curveSection } from './report/curve.ts'
import { networkSection } from './report/network.ts'
import { qualitySection } from './report/quality.ts'
import { reproduceSection } from './report/reproduce.ts'
import { searchSection } from './report/search.ts'
import { style } from './report/style.ts'
import { summarySection } from './report/summary.ts'
import { usageSection } from './report/usage.ts'

export type { ReportData, ReportRun, ReportTrial } from './report-data.ts'

const names = {
  summary: 'In short',
  quality: 'Right and wrong',
  mistakes: 'Mistakes',
  network: 'The network',
  learning: 'How it learnt',
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
    ['search', searchSection(data)],
    ['use', usageSection(data)],
    ['reproduce', reproduceSection(data)],
  ]
  const shown = sections.filter(([, { html: text }]) => text !== '')
  const what =
    model.data.task === 'classification'
      ? `tells ${model.data.classes.length} classes apart`
      : `predicts ${model.data.target ?? 'a number'}`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${model.data.name} – a model by Nascent</title>
<style>${style}</style>
</head>
<body>
<header><p class="brand">Nascent report</p><h1>${model.data.name}</h1><p class="subtitle">A neural network that ${what}, designed and trained by search.</p>
<nav aria-label="Sections">${shown.map(([id]) => html`<a href="#${id}">${names[id]}</a>`)}</nav></header>
<main>
${shown.map(([, section]) => section)}
</main>
<footer><p>Made by Nascent ${model.version}, run ${data.run.run}.</p></footer>
</body>
</html>
`
  return page.html
}

/**
 * Writes the report of a run.
 * @throws UserError when the file cannot be written
 */
export async function writeReport(data: ReportData, path: string): Promise<void> {
  await writeFileAtomic(path, await reportHtml(data))
}
