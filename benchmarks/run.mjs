// Runs a benchmark written in TypeScript, which Node 20 cannot do by itself: node benchmarks/run.mjs train-step [arguments].
import { createJiti } from 'jiti'

const [name, ...rest] = process.argv.slice(2)
if (!name || !/^[a-z-]+$/.test(name)) {
  console.error(
    'Usage: node benchmarks/run.mjs <benchmark> [arguments]; benchmarks: train-step, supernet-step, flat-parameters, end-to-end, cost-model, strategies, every-strategy, inheritance, ten-minutes, collapse, proxies, zero-cost, surrogates',
  )
  process.exit(2)
}
const { main } = await createJiti(import.meta.url).import(`./${name}.ts`)
process.exitCode = await main(rest)
