import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { buildCard, fixture, samplePhotos } from '../support/card.ts'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { shot } from './support/shot.ts'

/** The review of clips in the real window on the real engine: looked at, chosen by keyboard, made into files. */

async function value<T>(page: Page, name: string, input: unknown): Promise<T> {
  const reply = await call(page, name, input)
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.value as T
}
const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

test('takes are reviewed by keyboard, an approved clip is exported, and a new take becomes a clip by itself', async () => {
  test.setTimeout(300_000)
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-clips-'))
  const hot = resolve(folder, 'hot folder')
  await mkdir(hot)
  try {
    const card = await buildCard(join(folder, 'EOS_DIGITAL'), {
      '100CANON/MVI_0011.MP4': fixture(samplePhotos.clips[0]),
      '101CANON/MVI_0012.MP4': fixture(samplePhotos.clips[1]),
      '100CANON/IMG_0001.JPG': fixture(samplePhotos.small[0]),
    })
    await using dropcard = await openApp({ chooseFolder: hot })
    const { page } = dropcard

    await page.getByRole('navigation').getByRole('button', { name: 'Clips' }).click()
    await expect(page.getByRole('heading', { name: 'No takes yet' })).toBeVisible()
    await shot(page, 'clips-1-empty')

    // The rule for new takes, set where people set it.
    await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click()
    await page.locator('label').filter({ hasText: 'Plain video from every new take' }).click()
    await page.getByRole('button', { name: 'Choose a folder for Plain video' }).click()
    await expect(page.getByText(hot)).toBeVisible()
    for (const name of ['Fewer', 'Fewer']) await page.getByRole('button', { name: `${name} clips for Plain video` }).click()
    await expect(page.getByText('At most 1 of each take')).toBeVisible()
    await page.getByRole('heading', { name: 'Clips', exact: true }).scrollIntoViewIfNeeded()
    await shot(page, 'clips-2-settings')

    await value(page, 'offload.start', { path: card })
    await page.keyboard.press('Control+6')
    const cards = page.getByRole('gridcell', { name: /^MVI_/ })
    await expect(cards).toHaveCount(2, { timeout: 120_000 })
    await expect(page.getByText('Plain video: waits')).toHaveCount(2, { timeout: 60_000 })
    // Stills of both clips, from their proxies.
    await expect(page.locator('canvas[data-drawn]')).toHaveCount(2, { timeout: 60_000 })
    // Which take was looked through first is nobody's promise: the keys start at the beginning.
    await page.keyboard.press('Home')
    await expect(cards.first()).toBeFocused()
    await shot(page, 'clips-3-review')

    // Space plays the clip; the arrows take it along.
    await page.keyboard.press('Space')
    const playing = page.locator('video.clip-loop')
    await expect.poll(() => playing.evaluate((one: HTMLVideoElement) => one.currentTime)).toBeGreaterThan(0.2)
    await page.keyboard.press('Space')
    await expect(playing).toHaveCount(0)

    // Rejected, taken back, approved: one key each, and the history knows.
    await page.keyboard.press('x')
    await expect(page.getByRole('gridcell', { name: /^MVI_0012, 1, rejected/ })).toBeVisible()
    await expect(page.getByText('Plain video: waits')).toHaveCount(1)
    await page.keyboard.press('Control+z')
    await expect(page.getByRole('gridcell', { name: /^MVI_0012, 1, undecided/ })).toBeVisible()
    await expect(page.getByText('Plain video: waits')).toHaveCount(2)
    await page.keyboard.press('a')
    await expect(page.getByRole('gridcell', { name: /^MVI_0012, 1, approved/ })).toBeVisible()
    await expect.poll(() => names(hot), { timeout: 90_000 }).toEqual(['MVI_0012-1-plain.jpg', 'MVI_0012-1-plain.mp4'])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('p')
    await page.keyboard.press('u')
    await expect(page.getByRole('gridcell', { name: /^MVI_0011, 1, undecided/ })).toBeFocused()

    // The plan says what will be made; then it is.
    await page.keyboard.press('e')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Etsy', { exact: true }).click()
    await expect(dialog.getByText('1 file will be made; 1 is there already.')).toBeVisible()
    await shot(page, 'clips-4-plan')
    await dialog.getByRole('button', { name: 'Export 1 file' }).click()
    await expect(dialog.getByRole('heading', { name: 'Exporting clips' })).toBeVisible()
    await expect(dialog.getByText('MVI_0012-1-etsy.mp4')).toBeVisible({ timeout: 90_000 })
    await expect(dialog.getByRole('heading', { name: 'Exported' })).toBeVisible()
    await shot(page, 'clips-5-exported')
    await dialog.getByRole('button', { name: 'Show MVI_0012-1-etsy.mp4 in its folder' }).click()
    await expect.poll(() => dropcard.opened()).toEqual([join(dropcard.library, 'exports', 'etsy', 'MVI_0012-1-etsy.mp4')])
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    expect(names(join(dropcard.library, 'exports', 'etsy'))).toEqual(['MVI_0012-1-etsy.jpg', 'MVI_0012-1-etsy.mp4'])

    // Enter goes to the take in the culling room.
    await page.keyboard.press('Enter')
    await expect(page.getByRole('button', { name: 'Begins here' })).toBeVisible()
    expect(dropcard.errors).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
