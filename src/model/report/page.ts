import { html, type Html } from './html.ts'
import { style } from './style.ts'

export interface PageContent {
  readonly title: string
  readonly brand: string
  readonly heading: string
  readonly subtitle: string
  /** `id` is that of the section that `content` is. */
  readonly sections: readonly { readonly id: string; readonly name: string; readonly content: Html }[]
  readonly footer: string
}

/** One HTML page that needs nothing else: no network, no script. */
export function page({ title, brand, heading, subtitle, sections, footer }: PageContent): string {
  const { html: text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header><p class="brand">${brand}</p><h1>${heading}</h1><p class="subtitle">${subtitle}</p>
<nav aria-label="Sections">${sections.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}</nav></header>
<main>
${sections.map(({ content }) => content)}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`
  return text
}
