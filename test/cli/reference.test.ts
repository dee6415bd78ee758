import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commands } from '../../src/cli/commands/index.ts'
import { renderReference } from '../../src/cli/reference.ts'

it('docs/CLI.md is what the commands say (npm run docs:cli)', () => {
  expect(readFileSync(new URL('../../docs/CLI.md', import.meta.url), 'utf8')).toBe(renderReference(commands))
})
