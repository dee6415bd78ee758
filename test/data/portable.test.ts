import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const room = new URL('../../src/data/', import.meta.url)
const files = [...readdirSync(room), ...readdirSync(new URL('table/', room)).map((name) => `table/${name}`)].filter(
  (name) => name.endsWith('.ts') && name !== 'index.ts',
)

describe('what is pure in the data room', () => {
  it.each(files)('%s runs in a browser too: it imports nothing of Node', (name) => {
    const imports = [...readFileSync(new URL(name, room), 'utf8').matchAll(/from '([^']+)'/g)].map(([, path]) => path)
    for (const path of imports) expect(path).toMatch(/^(\.{1,2}\/(?!.*node\/)|pure-rand\/)/)
  })
})
