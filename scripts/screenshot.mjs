// Makes a picture of a page, or of one section of it: node scripts/screenshot.mjs <page.html> <picture.png> [section's id] [width]. Needs Chromium (CHROMIUM names it).
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [page, picture, id, width = '1100'] = process.argv.slice(2)
if (!page || !picture) {
  console.error('Usage: node scripts/screenshot.mjs <page.html> <picture.png> [section] [width]')
  process.exit(2)
}
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  const tab = await browser.newPage({ viewport: { width: Number(width), height: 800 }, deviceScaleFactor: 1.5 })
  await tab.goto(pathToFileURL(page).href)
  if (id) await tab.locator(`#${id}`).screenshot({ path: picture })
  else await tab.screenshot({ path: picture, fullPage: true })
} finally {
  await browser.close()
}
