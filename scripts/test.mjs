// The whole check, one command on any system: types, lint, order of rooms, build, every test; ends with a line to count by.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The script behind a package's command: run by node itself, so that no shell is needed on any system. */
function command(name, bin = name) {
  const folder = fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin])
}

function step(title, args) {
  console.log(`\n== ${title}`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  return status === 0
}

const folder = mkdtempSync(join(tmpdir(), 'nascent-test-'))
const results = join(folder, 'results.json')
const checks = [
  // First: the examples import the built package.
  ['build', [command('typescript', 'tsc'), '-p', 'tsconfig.build.json']],
  ['types', [command('typescript', 'tsc'), '--noEmit']],
  ['lint', [command('oxlint'), '--type-aware', '--deny-warnings', 'src', 'test', 'benchmarks', 'examples']],
  ['order of rooms', [command('dependency-cruiser', 'depcruise'), '--config', '.dependency-cruiser.cjs', 'src']],
]
const failedChecks = checks.filter(([title, args]) => !step(title, args)).map(([title]) => title)
const ran = step('tests', [command('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...process.argv.slice(2)])

let passed = 0
let failed = 0
let skipped = 0
try {
  const report = JSON.parse(readFileSync(results, 'utf8'))
  passed = report.numPassedTests
  failed = report.numFailedTests
  skipped = report.numPendingTests + report.numTodoTests
} catch {
  failed = 1
}
rmSync(folder, { recursive: true, force: true })
for (const title of failedChecks) console.log(`${title}: failed`)
passed += checks.length - failedChecks.length
failed += failedChecks.length
if (!ran && failed === 0) failed = 1
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exit(failed === 0 ? 0 : 1)
