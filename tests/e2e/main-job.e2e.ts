import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Page, test } from '@playwright/test'
import { buildCard, bytes, photos } from '../support/card.ts'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { startCulling } from './support/press.ts'
import { shot } from './support/shot.ts'

/** The real window on the real engine: from the sample card to the shop page, by keyboard, with the engine killed on the way. */

type Listed = { ok: true; value: { assets: { name: string; analysis: string; decision: string }[] } }
const assets = async (page: Page): Promise<Listed['value']['assets']> => {
  const reply = await call(page, 'asset.list', {})
  return reply.ok ? (reply as Listed).value.assets : []
}
const decided = async (page: Page): Promise<Record<string, number>> => {
  const counts: Record<string, number> = { pick: 0, reject: 0, undecided: 0 }
  for (const one of await assets(page)) counts[one.decision] = (counts[one.decision] ?? 0) + 1
  return counts
}
/** The real engine counts a scene of bursts: photos settle before picks are compared. */
const settled = (page: Page) =>
  expect.poll(async () => (await assets(page)).filter((one) => one.analysis === 'waiting').length, { timeout: 120_000 }).toBe(0)

test('card → offload → engine killed → picks by keyboard → undo → storefront', async () => {
  test.setTimeout(300_000)
  await using dropcard = await openApp()
  const { page } = dropcard
  await expect(page.getByRole('button', { name: 'Choose a folder' })).toBeVisible()
  await shot(page, '1-welcome')

  await page.getByRole('button', { name: 'Try the sample card' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Start offload' })).toBeVisible()
  await expect(page.getByText('22 photos')).toBeVisible()
  await shot(page, '2-plan')
  await page.getByRole('button', { name: 'Start offload' }).press('Enter')

  // The engine dies in the middle of the work; the window says so calmly and the work goes on.
  await expect.poll(async () => (await assets(page)).length, { timeout: 60_000 }).toBeGreaterThan(3)
  const first = dropcard.enginePid()
  process.kill(first, 'SIGKILL')
  await expect.poll(() => dropcard.enginePid(), { timeout: 30_000 }).not.toBe(first)
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase: 22 photos and 2 clips', { timeout: 60_000 })
  await shot(page, '3-verdict')
  const grid = page.getByRole('grid', { name: 'Photos and clips' })
  await startCulling(page)
  await expect(grid.getByRole('gridcell').first()).toBeVisible()
  await settled(page)
  expect((await assets(page)).length).toBe(24)
  await shot(page, '4-cull')

  // Decide by keyboard, undo one.
  await grid.getByRole('gridcell').first().focus()
  await page.keyboard.press('p')
  await expect.poll(() => decided(page)).toEqual({ pick: 1, reject: 0, undecided: 23 })
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('x')
  await expect.poll(() => decided(page)).toEqual({ pick: 1, reject: 1, undecided: 22 })
  await page.keyboard.press('Control+z')
  await expect.poll(() => decided(page)).toEqual({ pick: 1, reject: 0, undecided: 23 })
  await page.keyboard.press('u')
  await page.keyboard.press('Enter')
  const large = page.getByRole('region', { name: 'Large view' })
  await expect(large.getByRole('img').first()).toBeVisible()
  const why = page.getByRole('complementary', { name: 'Why' })
  await expect(why).toContainText('Focus')
  await page.keyboard.press('i')
  await expect(why).toBeHidden()
  await page.keyboard.press('i')
  await page.waitForTimeout(500)
  await shot(page, '5-loupe')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const accept = page.getByRole('button', { name: 'Accept suggestions' })
  await expect(accept).toBeEnabled({ timeout: 60_000 })
  await accept.press('Enter')
  await expect.poll(async () => (await decided(page))['pick']).toBeGreaterThan(5)
  await shot(page, '6-picked')

  // Publish: plan, send, open.
  await page.getByRole('button', { name: 'Publish picks' }).first().press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Publish', exact: true })).toBeEnabled()
  await shot(page, '7-publish')
  await dialog.getByRole('button', { name: 'Publish', exact: true }).press('Enter')
  await expect(page.getByRole('button', { name: 'Open the page' }).first()).toBeEnabled({ timeout: 120_000 })
  await shot(page, '8-published')
  await page.getByRole('button', { name: 'Open the page' }).first().press('Enter')
  await expect.poll(() => dropcard.opened().length).toBe(1)
  const opened = dropcard.opened()[0] ?? ''
  const file = opened.startsWith('file:') ? fileURLToPath(opened) : opened
  expect(resolve(file)).toBe(join(dropcard.library, 'catalog', 'index.html'))
  expect(existsSync(file)).toBe(true)
  const listings = readFileSync(file, 'utf8').match(/products\/[^"/]+\//g) ?? []
  expect(new Set(listings).size).toBeGreaterThan(5)

  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().press('Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('Control+3')
  await expect(page.getByRole('textbox', { name: 'Title' }).first()).toBeVisible()
  await shot(page, '9-products')
  await page.keyboard.press('Control+4')
  await expect(page.getByText('ffmpeg').first()).toBeVisible({ timeout: 30_000 })
  await shot(page, '10-settings')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await shot(page, '11-help')
  expect(dropcard.errors).toEqual([])
})

test('an offload can be cancelled, and started again from what is there', async () => {
  test.setTimeout(180_000)
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-cancel-'))
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
  // More files than any machine copies before a hand is at the button.
  const one = join(await buildCard(join(folder, 'one'), photos(1)), 'DCIM/100CANON/IMG_0001.JPG')
  const picture = await readFile(one)
  const many = Array.from({ length: 800 }, (_, n) => [
    `100CANON/IMG_${String(n + 1).padStart(4, '0')}.JPG`,
    bytes(Buffer.concat([picture, Buffer.from(`frame ${n}`)])),
  ])
  await using dropcard = await openApp({ chooseFolder: await buildCard(join(folder, 'card'), Object.fromEntries(many)) })
  const { page } = dropcard
  await page.getByRole('button', { name: 'Choose a folder' }).click()
  await page.getByRole('button', { name: 'Start offload' }).click()
  // The line of an offload that is not watched has one, too.
  await page.locator('.page-head').getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Not safe to erase', { timeout: 60_000 })
  await shot(page, '12-cancelled')
  await page.getByRole('button', { name: 'Offload it again' }).click()
  await page.getByRole('button', { name: 'Start offload' }).click()
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase: 800 photos', { timeout: 120_000 })
})
