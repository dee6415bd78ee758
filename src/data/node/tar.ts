const block = 512

/** The files of a tar archive in memory, by path; views, not copies. Throws an Error when it is cut off. */
export function tarEntries(bytes: Uint8Array): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>()
  const text = (from: number, length: number): string => new TextDecoder().decode(bytes.subarray(from, from + length)).replace(/\0.*$/s, '')
  for (let at = 0; at + block <= bytes.length; ) {
    if (bytes[at] === 0) break
    const size = Number.parseInt(text(at + 124, 12).trim(), 8)
    if (Number.isNaN(size) || at + block + size > bytes.length) throw new Error('The tar archive is cut off or damaged')
    const type = text(at + 156, 1)
    const prefix = text(at + 257, 5) === 'ustar' ? text(at + 345, 155) : ''
    if (type === '0' || type === '')
      entries.set(prefix ? `${prefix}/${text(at, 100)}` : text(at, 100), bytes.subarray(at + block, at + block + size))
    at += block + Math.ceil(size / block) * block
  }
  return entries
}
