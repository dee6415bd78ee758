// Each strategy on two spaces, by the built command: whether a trial fails, and how good the network is.
//   node benchmarks/run.mjs every-strategy [--data fashion-mnist] [--budget 1m] [--spaces chain,nas-bench-201] [--quick] [names…]
// `--quick` takes 15 seconds of digits each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findSpace } from '../src/hub/index.ts'
import { searchers } from '../src/search/searchers.ts'
import { machine, runCommand } from './command.ts'

export function main(argv: string[]): number {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      data: { type: 'string' },
      budget: { type: 'string' },
      spaces: { type: 'string', default: 'chain,nas-bench-201' },
    },
  })
  const { data = values.quick ? 'digits' : 'fashion-mnist', budget = values.quick ? '15s' : '1m' } = values
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  let broken = 0
  try {
    console.log(`${machine()}; ${data}, ${budget} each, seed 1`)
    console.log('| strategy | space | finished | failed | test accuracy | seconds |\n| --- | --- | --- | --- | --- | --- |')
    for (const entry of searchers.filter(({ name }) => positionals.length === 0 || positionals.includes(name)))
      for (const space of values.spaces.split(',')) {
        const why = 'refuses' in entry ? entry.refuses?.(findSpace(space)) : undefined
        if (why !== undefined) {
          console.log(`| ${entry.name} | ${space} | left out: ${why} | | | |`)
          continue
        }
        const args = ['search', data, '--strategy', entry.name, '--space', space]
        try {
          const { finished, failed, accuracy, seconds } = runCommand(args, budget, 1, folder)
          if (failed > 0) broken++
          console.log(`| ${entry.name} | ${space} | ${finished} | ${failed} | ${(100 * accuracy).toFixed(2)} % | ${seconds.toFixed(0)} |`)
        } catch (error) {
          broken++
          console.log(`| ${entry.name} | ${space} | ${error instanceof Error ? error.message : String(error)} | | | |`)
        }
      }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return broken > 0 ? 1 : 0
}
