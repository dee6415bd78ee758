import Table from 'cli-table3'
import pc from 'picocolors'

/** Where a command writes; tests pass one that keeps what was written. */
export interface Terminal {
  out(text: string): void
  error(text: string): void
  /** Whether stderr is a terminal: progress bars there, plain lines otherwise. */
  readonly interactive: boolean
  /** Columns of the terminal. */
  readonly width: number
}

/** The process's own terminal. */
export function processTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY,
    width: process.stderr.columns ?? 100,
  }
}

/** Prints one JSON document on stdout. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, undefined, 2)}\n`)
}

/** Prints a table on stdout: ruled on a terminal, tab-separated when piped, so that other programs can read it. */
export function printTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (!process.stdout.isTTY) {
    for (const row of [head, ...rows]) terminal.out(`${row.join('\t')}\n`)
    return
  }
  const table = new Table({ head: [...head], style: { head: ['cyan'], compact: true }, wordWrap: true })
  for (const row of rows) table.push([...row])
  terminal.out(`${table.toString()}\n`)
}

export const bold = pc.bold
export const dim = pc.dim

/** 0.93456 → `93.5 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** 93.4 → `1 min 33 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** 1234567 → `1.2 M`. */
export function quantity(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} G`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`
  return String(Math.round(value * 100) / 100)
}
