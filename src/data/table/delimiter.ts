/** What separates the columns of a text table; `spaces` is any run of blanks. */
export type Delimiter = ',' | ';' | '\t' | '|' | 'spaces'

/**
 * Finds the delimiter from the first lines of a file: the one that cuts most lines into the same number of columns, at least two; among equals the
 * one with more columns. Delimiters in quotes do not count. A file that none of them cuts has one column, or columns held apart by blanks.
 */
export function findDelimiter(head: string): Delimiter {
  const lines = logicalLines(head.replace(/\r\n?/g, '\n')).slice(0, 50)
  let best: { delimiter: Delimiter; agree: number; columns: number } | undefined
  for (const delimiter of [',', ';', '\t', '|'] as const) {
    const counts = lines.map((line) => countOutsideQuotes(line, delimiter) + 1)
    const usual = mostCommon(counts)
    const agree = counts.filter((count) => count === usual).length
    if (usual < 2) continue
    if (best === undefined || agree > best.agree || (agree === best.agree && usual > best.columns))
      best = { delimiter, agree, columns: usual }
  }
  if (best) return best.delimiter
  const blanks = lines.map((line) => line.trim().split(/\s+/).length)
  return blanks.length > 1 && mostCommon(blanks) > 1 && blanks.every((count) => count === blanks[0]) ? 'spaces' : ','
}

/** Lines, where a line break in quotes ends none; the last one may be cut off and is left out when there are others. */
function logicalLines(text: string): string[] {
  const lines: string[] = []
  let quoted = false
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted
    else if (text[i] === '\n' && !quoted) {
      lines.push(text.slice(start, i))
      start = i + 1
    }
  }
  if (lines.length === 0) lines.push(text.slice(start))
  return lines.filter((line) => line.trim() !== '')
}

function countOutsideQuotes(line: string, delimiter: string): number {
  let quoted = false
  let count = 0
  for (const character of line) {
    if (character === '"') quoted = !quoted
    else if (character === delimiter && !quoted) count++
  }
  return count
}

function mostCommon(counts: readonly number[]): number {
  const times = new Map<number, number>()
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1)
  return [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}
