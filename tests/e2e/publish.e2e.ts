import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { press, startCulling } from './support/press.ts'
import { shot } from './support/shot.ts'

/** The real window on the real engine: picks get words, go to the local shop, one is taken off, a drop opens at its hour, the report tells. */

type Asset = { id: string; kind: string; analysis: string; suggestion: string | null; decision: string }
const assets = async (page: Page): Promise<Asset[]> => {
  const reply = await call(page, 'asset.list', {})
  return reply.ok ? (reply as { ok: true; value: { assets: Asset[] } }).value.assets : []
}
/** "2026-11-28T12:00" in UTC, `minutes` from now. */
const wall = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16)

test('pick → product words → publish → take off → drop opens → report', async () => {
  test.setTimeout(300_000)
  await using dropcard = await openApp()
  const { page } = dropcard
  await page.getByRole('button', { name: 'Try the sample card' }).press('Enter')
  await expect(page.getByText('22 photos')).toBeVisible()
  await page.getByRole('button', { name: 'Start offload' }).press('Enter')
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase', { timeout: 60_000 })
  await expect
    .poll(
      async () => {
        const all = await assets(page)
        return all.length === 24 && all.every(({ analysis }) => analysis !== 'waiting')
      },
      { timeout: 120_000 },
    )
    .toBe(true)

  // Three photos of different stacks, so three products.
  await startCulling(page)
  const accept = page.getByRole('button', { name: 'Accept suggestions' })
  // Suggestions come a moment after the last score, and to the page a moment later.
  await expect
    .poll(async () => (await assets(page)).filter(({ suggestion }) => suggestion === 'pick').length, { timeout: 60_000 })
    .toBeGreaterThan(3)
  const picked = async () => (await assets(page)).filter(({ decision }) => decision === 'pick').length
  await expect(async () => {
    if ((await picked()) <= 3 && (await accept.isEnabled())) await accept.press('Enter', { timeout: 2000 })
    await expect.poll(picked, { timeout: 3000 }).toBeGreaterThan(3)
  }).toPass({ timeout: 30_000 })
  await page.keyboard.press('Control+3')
  const listings = page.getByRole('listitem').filter({ has: page.getByRole('textbox', { name: 'Title' }) })
  await expect.poll(() => listings.count()).toBeGreaterThan(3)

  // Words by keyboard: Enter saves, Tab goes on, Esc leaves.
  const first = listings.first()
  await first.getByRole('textbox', { name: 'Title' }).fill('Bowl, speckled')
  await page.keyboard.press('Enter')
  const bowl = page.getByRole('listitem', { name: 'Bowl, speckled' })
  await bowl.getByRole('textbox', { name: 'SKU' }).fill('BOWL-1')
  await page.keyboard.press('Tab')
  await page.keyboard.type('48,5')
  await page.keyboard.press('Enter')
  await expect(bowl.getByRole('textbox', { name: 'Price' })).toHaveValue('48.50')
  await bowl.getByRole('textbox', { name: 'Stock' }).fill('many')
  await page.keyboard.press('Enter')
  await expect(bowl.getByRole('alert')).toContainText('whole number')
  await page.keyboard.press('Escape')
  await expect(bowl.getByRole('textbox', { name: 'Stock' })).toHaveValue('')
  await bowl.getByRole('textbox', { name: 'Stock' }).fill('3')
  await page.keyboard.press('Enter')

  // A sheet brings a product that nobody has photographed yet.
  await page.getByRole('button', { name: 'Import a sheet' }).press('Enter')
  await page.getByLabel('Sheet of products').setInputFiles({
    name: 'stock.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'SKU,Title,Price,Stock\nBOWL-1,"Bowl, speckled",48.50,3\nCUP-7,Espresso cup,24,12\nCUP-8,Mug,on request,1\n,Plate without a number,,\n',
    ),
  })
  await expect(page.getByRole('dialog')).toContainText('4 lines: 2 new, 1 as they are, 1 left out.')
  await shot(page, 'publish-1-import')
  await page.getByRole('button', { name: 'Take over 2 products' }).press('Enter')
  await expect(page.getByRole('listitem', { name: 'Espresso cup' })).toContainText('Waiting for pictures')
  await expect(page.getByRole('listitem', { name: 'Plate without a number' })).toContainText('Waiting for pictures')
  await shot(page, 'publish-2-products')

  // Approve the bowl only; the rest waits.
  await page.getByRole('button', { name: 'Publish picks' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Publish', exact: true })).toBeEnabled()
  await dialog.getByRole('checkbox', { name: /are approved/ }).press('Space')
  await dialog.getByRole('checkbox', { name: 'Bowl, speckled' }).press('Space')
  await shot(page, 'publish-3-plan')
  await dialog.getByRole('button', { name: /^Publish 1 of/ }).press('Enter')
  await expect(dialog.getByRole('button', { name: 'Open the page' })).toBeEnabled({ timeout: 120_000 })
  const storefront = (): string => {
    const file = join(dropcard.library, 'catalog/index.html')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  expect(storefront()).toContain('Bowl, speckled')
  await dialog.getByRole('button', { name: 'Show the shop' }).press('Enter')

  // Take it off, and show it again.
  const line = page.getByRole('region', { name: 'Local shop' }).getByRole('listitem').filter({ hasText: 'Bowl, speckled' })
  await expect(line).toContainText('published')
  await press(line.getByRole('button', { name: 'Take off: Bowl, speckled' }))
  await expect(line).toContainText('hidden', { timeout: 30_000 })
  await expect.poll(storefront).not.toContain('Bowl, speckled')
  await press(line.getByRole('button', { name: 'Show again: Bowl, speckled' }))
  await expect(line.getByText('published')).toBeVisible({ timeout: 30_000 })
  await expect.poll(storefront).toContain('Bowl, speckled')
  await shot(page, 'publish-4-shop')

  // A drop of two others: staged hidden, opens at the next full minute, shown by itself.
  await page.keyboard.press('Control+8')
  await page.getByRole('button', { name: 'Plan a drop' }).press('Enter')
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Autumn glazes')
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('UTC')
  await dialog.getByRole('combobox', { name: 'Time zone' }).press('Enter')
  const ticks = dialog.getByRole('group', { name: /^Products/ }).getByRole('checkbox')
  const names = await ticks.evaluateAll((all) => all.map((one) => one.closest('label')?.textContent ?? ''))
  const others = names.flatMap((name, at) => (name === 'Bowl, speckled' ? [] : [at])).slice(0, 2)
  for (const at of others) await ticks.nth(at).press('Space')
  await dialog
    .getByRole('textbox', { name: /^Price of/ })
    .first()
    .fill('30')
  // With less than 40 seconds to the full minute the one after it is taken, so that staging has its time.
  const [day = '', time = ''] = wall(60 - new Date().getSeconds() < 40 ? 2 : 1).split('T')
  await dialog.getByLabel('Opens on').fill(day)
  await dialog.getByLabel('Opens at').fill(time)
  await dialog.getByRole('checkbox', { name: 'At an hour' }).press('Space')
  await shot(page, 'publish-5-drop')
  await dialog.getByRole('button', { name: 'Plan it' }).press('Enter')
  const card = page.getByRole('listitem', { name: 'Autumn glazes' })
  await expect(card).toContainText('This computer must be on at')
  await expect(card).toContainText(/Opens in|Opening now|open now/)
  await shot(page, 'publish-6-staging')
  await expect(card).toContainText('open now', { timeout: 150_000 })
  await expect(card).toContainText('2 of 2 listings shown')
  const shown = names[others[0] ?? 0] ?? ''
  expect(storefront()).toContain(shown)
  await shot(page, 'publish-7-open')

  // The report of it.
  await card.getByRole('button', { name: 'Report of Autumn glazes' }).press('Enter')
  const table = page.getByRole('table').first()
  await expect(table.getByRole('row')).toHaveCount(3)
  await expect(table).toContainText(shown)
  await expect(table).toContainText(/\d+ min/)
  await page.getByRole('button', { name: 'Save as CSV' }).press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'Saved as report-autumn-glazes.csv' }).first()).toBeVisible()
  expect(readFileSync(join(dropcard.saved, 'report-autumn-glazes.csv'), 'utf8')).toContain('minutes from card to live')
  await page.getByRole('button', { name: 'Save as JSON' }).press('Enter')
  const json = join(dropcard.saved, 'report-autumn-glazes.json')
  await expect.poll(() => existsSync(json)).toBe(true)
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ title: 'Autumn glazes', lines: expect.any(Array) })
  await shot(page, 'publish-8-report')
  expect(dropcard.errors).toEqual([])
})
