#!/usr/bin/env node
import { createRequire } from 'node:module'
import { buildProgram, exitCode, runProgram } from './command.ts'
import { commands } from './commands/index.ts'
import { processTerminal } from './terminal.ts'

const { version, description } = createRequire(import.meta.url)('../../package.json') as { version: string; description: string }
const terminal = processTerminal()

// A reader that closes the pipe early (head) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.ok)
  throw error
})

const code = await runProgram(
  (done) => buildProgram('nascent', version, description, commands, terminal, done),
  process.argv.length > 2 ? process.argv.slice(2) : ['--help'],
  terminal,
  process.env.NASCENT_DEBUG !== undefined,
)
// Leaves at once: worker threads and ONNX Runtime's thread pools must not hold a finished command.
process.stdout.write('', () => process.exit(code))
