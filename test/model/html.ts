/** Elements that have no end tag. */
const empty = new Set(['meta', 'link', 'img', 'br', 'hr', 'input'])

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#96;': '`' }
const unescape = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39|#96);/g, (entity) => entities[entity])

/**
 * Reads HTML strictly: every tag is closed in order, attributes are quoted, no stray `<` or `&`. Gives the elements and the text between them.
 * Throws an Error where it is not so. Style sheets are one text.
 */
export function parseHtml(html: string): {
  readonly elements: readonly Element[]
  readonly text: string
  readonly texts: readonly string[]
} {
  const elements: Element[] = []
  const texts: string[] = []
  const open: string[] = []
  const token =
    /<!doctype html>|<style>[^<]*<\/style>|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*(?:="[^"<]*")?)*)\s*(\/?)>|([^<]+)/gy
  while (token.lastIndex < html.length) {
    const from = token.lastIndex
    const match = token.exec(html)
    if (!match) throw new Error(`no HTML at ${from}: ${html.slice(from, from + 120)}`)
    const [, closing, name, attributeText, selfClosing, text] = match
    if (text !== undefined) {
      if (/&(?!(amp|lt|gt|quot|#39|#96);)/.test(text)) throw new Error(`a stray & in: ${text.slice(0, 120)}`)
      texts.push(unescape(text))
    } else if (name !== undefined && closing) {
      const last = open.pop()
      if (last !== name) throw new Error(`</${name}> closes <${last}> at ${from}`)
    } else if (name !== undefined) {
      const pairs = [...attributeText.matchAll(/([a-zA-Z][a-zA-Z0-9:-]*)(?:="([^"]*)")?/g)].map(([, key, value = '']) => [
        key,
        unescape(value),
      ])
      elements.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> })
      if (!selfClosing && !empty.has(name)) open.push(name)
    }
  }
  if (open.length > 0) throw new Error(`<${open.join('>, <')}> is not closed`)
  return { elements, texts, text: texts.join('') }
}
