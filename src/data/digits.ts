/**
 * The optical digits, one a line: 64 grey values from 0 to 16, row by row, then the digit (E. Alpaydin and C. Kaynak, 1998).
 * Values are scaled to 0..255. Throws an Error naming the line that is not so.
 */
export function parseDigits(text: string): { readonly inputs: Uint8Array; readonly targets: Int32Array } {
  const lines = text.trim().split('\n')
  const inputs = new Uint8Array(lines.length * 64)
  const targets = new Int32Array(lines.length)
  for (const [i, line] of lines.entries()) {
    const values = line.split(',').map(Number)
    if (values.length !== 65 || values.some((value) => !(value >= 0 && value <= 16))) throw new Error(`line ${i + 1} is not a digit`)
    for (let j = 0; j < 64; j++) inputs[i * 64 + j] = Math.round((values[j] * 255) / 16)
    targets[i] = values[64]
  }
  return { inputs, targets }
}
