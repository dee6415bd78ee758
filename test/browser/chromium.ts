import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = [process.env.NASCENT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a Chromium is; undefined when there is none (set NASCENT_CHROMIUM): the tests that want one are then skipped. */
export const chromiumPath = places.find((path) => path !== undefined && existsSync(path))

/** A Chromium that asks nothing of the network by itself. */
export function launch(): Promise<Browser> {
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  // Its sandbox does not work for root, as which continuous integration runs.
  return chromium.launch({ executablePath: chromiumPath, args: [...quiet, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] })
}
