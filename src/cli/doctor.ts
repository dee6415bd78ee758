import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { dirname, resolve } from 'node:path'

/** One line of `nascent doctor`. */
export interface Finding {
  readonly name: string
  readonly works: boolean
  /** Whether Nascent cannot do its main job without it. */
  readonly needed: boolean
  readonly detail: string
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`

/** Looks at the machine: what is there, what works, and the mend where something does not. */
export async function examine(): Promise<readonly Finding[]> {
  return [nodeVersion(), machine(), await sqlite(), await images(), ...(await devices()), runsFolder()]
}

function nodeVersion(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const works = major > 20 || (major === 20 && minor >= 20)
  return { name: 'Node.js', works, needed: true, detail: `${process.versions.node}${works ? '' : ': install 20.20 or later'}` }
}

function machine(): Finding {
  return {
    name: 'machine',
    works: true,
    needed: false,
    detail: `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${gigabytes(freemem())} of ${gigabytes(totalmem())} memory free`,
  }
}

/** Runs a check and turns a failure into a finding with its mend. */
async function attempt(name: string, mend: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { name, works: true, needed: true, detail: await check() }
  } catch (error) {
    return { name, works: false, needed: true, detail: `${error instanceof Error ? error.message.split('\n')[0] : String(error)}; ${mend}` }
  }
}

const sqlite = (): Promise<Finding> =>
  attempt('run database', 'install again with npm ci', async () => {
    const { DatabaseSync } = await import('@photostructure/sqlite')
    const database = new DatabaseSync(':memory:')
    const row = database.prepare('select sqlite_version() as version').get() as { version: string }
    database.close()
    return `SQLite ${row.version}`
  })

const images = (): Promise<Finding> =>
  attempt('image decoding', 'install again with npm ci (the optional packages of sharp must not be left out)', async () => {
    const { default: sharp } = await import('sharp')
    return `sharp ${sharp.versions.sharp ?? ''}, ${Object.keys(sharp.format)
      .filter((format) => ['png', 'jpeg', 'webp'].includes(format))
      .join(', ')}`
  })

async function devices(): Promise<readonly Finding[]> {
  const [{ probeDevices }, { createNodeRuntime }] = await Promise.all([
    import('../tensor/node/devices.ts'),
    import('../tensor/node/runtime.ts'),
  ])
  const runtime = await createNodeRuntime()
  const found = await probeDevices(runtime)
  const kernels = runtime.block === 0 ? 'standard kernels' : `blocked convolution kernels of ${runtime.block}`
  return found.map(({ device, works, reason }) => ({
    name: `device ${device}`,
    works,
    needed: device === 'cpu',
    detail: reason ?? (device === 'cpu' ? kernels : ''),
  }))
}

function runsFolder(): Finding {
  const folder = resolve(process.env.NASCENT_HOME ?? 'nascent-runs')
  try {
    if (process.env.NASCENT_HOME) mkdirSync(folder, { recursive: true })
    const existing = process.env.NASCENT_HOME ? folder : dirname(folder)
    accessSync(existing, constants.W_OK)
    const { bavail, bsize } = statfsSync(existing)
    const free = bavail * bsize
    return {
      name: 'folder of runs',
      works: free > 2 ** 28,
      needed: true,
      detail: `${folder}, ${gigabytes(free)} free${free > 2 ** 28 ? '' : ': make room'}`,
    }
  } catch {
    return {
      name: 'folder of runs',
      works: false,
      needed: true,
      detail: `${folder} cannot be written: set NASCENT_HOME to a folder that can`,
    }
  }
}
