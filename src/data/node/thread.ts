import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/**
 * Starts a worker thread from the file of a name that lies beside its caller. From source (tests) a maintained loader compiles it.
 *
 * @param beside `import.meta.url` of the caller
 */
export function startThread(name: string, beside: string, workerData: unknown): Worker {
  if (beside.endsWith('.js')) return new Worker(new URL(`./${name}.js`, beside), { workerData })
  const jiti = createRequire(import.meta.url).resolve('jiti')
  const source = new URL(`./${name}.ts`, beside)
  const code = `const { createJiti } = require(${JSON.stringify(jiti)}); createJiti(${JSON.stringify(source.href)}).import(${JSON.stringify(fileURLToPath(source))})`
  return new Worker(code, { eval: true, workerData })
}
