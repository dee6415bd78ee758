import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nascent } from '../cli/nascent.ts'
import { chromiumPath, launch } from './chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-browser-'))
let browser: Browser

describe.skipIf(chromiumPath === undefined)('the report in a browser', () => {
  beforeAll(async () => {
    const args = ['search', 'digits', '--budget', '2trials', '--fidelity', '1ep', '--final-epochs', '1', '--out', join(folder, 'run')]
    const { code, stderr } = nascent(args, { cwd: folder })
    expect(code, stderr).toBe(0)
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    [1280, 'light'],
    [390, 'light'],
    [1280, 'dark'],
  ] as const)('%i pixels wide, %s: whole, without errors, asking nothing of the network', async (width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const faults: string[] = []
    const requests: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    page.on('request', (request) => requests.push(request.url()))
    const url = pathToFileURL(join(folder, 'run/report.html')).href
    await page.goto(url)
    expect(await page.locator('h1').textContent()).toBe('digits')
    expect(await page.locator('h2').count()).toBeGreaterThan(5)
    expect(await page.locator('svg').count()).toBeGreaterThan(3)
    const seen = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      broken: [...document.images].filter((image) => image.naturalWidth === 0).length,
      background: getComputedStyle(document.body).backgroundColor,
    }))
    expect(seen.overflow).toBeLessThanOrEqual(0)
    expect(seen.broken).toBe(0)
    const [red] = /\d+/.exec(seen.background) ?? ['-1']
    if (colorScheme === 'dark') expect(Number(red)).toBeLessThan(80)
    else expect(Number(red)).toBeGreaterThan(200)
    expect(faults).toEqual([])
    expect(requests.filter((request) => request !== url && !request.startsWith('data:'))).toEqual([])
    await page.close()
  })
})
