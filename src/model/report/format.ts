/** Keeps a number and its unit on one line. */
const space = '\u00a0'

/** 1234567 as 1.23 M: three digits and a letter for thousands, millions, …. */
export function quantity(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const steps = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const
  const step = steps.find(([size]) => Math.abs(value) >= size * 0.9995)
  return step ? `${digits(value / step[0])}${space}${step[1]}` : digits(value)
}

/** Three significant digits, without needless zeros or exponents where it can be. */
export function digits(value: number, count = 3): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e7 || size < 1e-4) return value.toExponential(count - 1).replace('e+', 'e')
  const fixed = Math.max(0, count - 1 - Math.floor(Math.log10(size)))
  return fixed === 0 ? whole(value) : String(Number(value.toFixed(Math.min(fixed, 20))))
}

/** A whole number with commas. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

/** 0.9312 as 93.1 %. Near 100 % one more digit, so that 99.96 % does not read 100 %. In columns `fixed` keeps the decimals in line. */
export function percent(share: number, { fixed = false }: { readonly fixed?: boolean } = {}): string {
  if (!Number.isFinite(share)) return '–'
  const rounded = (share * 100).toFixed(1)
  const exact = rounded === '100.0' && share < 1 ? (Math.floor(share * 10_000) / 100).toFixed(2) : rounded
  return `${fixed ? exact : exact.replace(/\.0$/, '')}${space}%`
}

/** Seconds as people say them: 42 s, 4 min 59 s, 2 h 3 min. */
export function duration(seconds: number): string {
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${seconds < 10 ? digits(seconds, 2) : rounded} s`
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`
}

/** Bytes as kB or MB (thousands). */
export function bytes(count: number): string {
  return count >= 1e6 ? `${digits(count / 1e6)}${space}MB` : count >= 1e3 ? `${digits(count / 1e3)}${space}kB` : `${count} bytes`
}

/** One of two words by a number: `plural(1, 'trial')`, `plural(3, 'trial')`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${whole(count)} ${count === 1 ? one : many}`
