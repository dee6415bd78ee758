// Writes docs/CLI.md from the built table of commands.
import { writeFileSync } from 'node:fs'

const { commands } = await import('../dist/cli/commands/index.js')
const { renderReference } = await import('../dist/cli/reference.js')
writeFileSync(new URL('../docs/CLI.md', import.meta.url), renderReference(commands))
