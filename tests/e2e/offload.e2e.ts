import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { buildCard, photo } from '../support/card.ts'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { shot } from './support/shot.ts'

/** Cards that come and go while the real window on the real engine is open: noticed, planned, copied, paused, judged, remembered. */

const fixture = resolve(import.meta.dirname, '../fixtures/card')

type Reader = AsyncDisposable & { volumes: string; folder: string; path: string; insert(): void; pull(): void }

/** A card reader: a folder of volumes, and one card that can be put into it and pulled out, each in one step. */
async function openReader(label: string, extra: number): Promise<Reader> {
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-reader-'))
  const volumes = join(folder, 'volumes')
  const outside = join(folder, label)
  const inside = join(volumes, label)
  mkdirSync(volumes)
  cpSync(fixture, outside, { recursive: true, preserveTimestamps: true })
  const more = join(outside, 'DCIM/102CANON')
  if (extra > 0) mkdirSync(more)
  const photos = readdirSync(join(fixture, 'DCIM/100CANON')).filter((name) => name.endsWith('.JPG'))
  for (let index = 0; index < extra; index += 1) {
    const copy = join(more, `IMG_${String(index + 1).padStart(4, '0')}.JPG`)
    cpSync(join(fixture, 'DCIM/100CANON', photos[index % photos.length] ?? ''), copy)
    // a photo of its own: what follows its end is not shown, but counts for its content
    appendFileSync(copy, `frame ${index}`)
  }
  return {
    volumes,
    folder,
    path: inside,
    insert: () => renameSync(outside, inside),
    pull: () => renameSync(inside, outside),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

type Offloads = { id: string; state: string; files: number; filesDone: number }[]
const offloads = async (page: Page): Promise<Offloads> => {
  const reply = await call(page, 'offload.list', {})
  return reply.ok ? (reply.value as Offloads) : []
}
const drawn = (page: Page, label: string) =>
  page
    .getByRole('list', { name: `First photos on ${label}` })
    .locator('img')
    .evaluateAll((images) => images.filter((image) => image instanceof HTMLImageElement && image.naturalWidth > 0).length)

test('a card comes: seen at once, planned, paused, judged; the second time nothing is new, then it is offloaded by itself', async () => {
  test.setTimeout(300_000)
  await using reader = await openReader('EOS_DIGITAL', 240)
  await using dropcard = await openApp({ env: { DROPCARD_VOLUMES: reader.volumes } })
  const { page } = dropcard
  await expect(page.getByRole('heading', { name: 'Insert a card' })).toBeVisible()

  reader.insert()
  await expect(page.getByRole('button', { name: 'Open EOS_DIGITAL' })).toBeVisible()
  await expect.poll(() => drawn(page, 'EOS_DIGITAL')).toBeGreaterThan(10)
  await expect(page.getByText('262 photos and 2 clips to copy')).toBeVisible()
  await shot(page, 'offload-1-noticed')

  await page.getByRole('button', { name: 'Open EOS_DIGITAL' }).press('Enter')
  await expect(page.getByText('to copy and check')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Copies go to' })).toContainText('free')
  const places = page.getByRole('region', { name: 'Where files will go' })
  await expect(places.getByRole('row').nth(1)).toContainText(/\d{4}-\d\d-\d\d\/EOS_DIGITAL\/IMG_0001\.JPG/)
  await shot(page, 'offload-2-plan')
  await places.getByText('Change folders, names and clocks').click()
  const template = places.getByRole('textbox', { name: /Folder and name/ })
  await template.fill('{date:YYYY-MM-DD}/{card}')
  await expect(places.getByText(/Not saved: .*\{name\}/)).toBeVisible()
  await shot(page, 'offload-3-template')
  await template.fill('{date:YYYY}/')
  await places.getByRole('button', { name: 'File name', exact: true }).press('Enter')
  await expect(template).toHaveValue('{date:YYYY}/{name}')
  await expect(places.getByRole('row').nth(1)).toContainText(/\d{4}\/IMG_0001\.JPG/)

  await page.getByRole('button', { name: 'Start offload' }).press('Enter')
  await page.locator('.page-head').getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('heading', { name: 'EOS_DIGITAL is paused' })).toBeVisible()
  const held = async () => (await offloads(page))[0]
  await expect.poll(async () => (await held())?.state).toBe('paused')
  await page.waitForTimeout(1500)
  const before = await held()
  expect(before?.filesDone).toBeLessThan(before?.files ?? 0)
  await page.waitForTimeout(1000)
  expect(await held()).toEqual(before)
  await shot(page, 'offload-4-paused')
  await page.getByRole('button', { name: 'Resume' }).press('Enter')
  // nobody looks: the desktop is told instead
  await dropcard.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  await expect
    .poll(() => dropcard.noticed(), { timeout: 120_000 })
    .toEqual([{ title: 'EOS_DIGITAL', body: expect.stringContaining('Safe to erase: 262 photos and 2 clips') }])
  await dropcard.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show())
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase: 262 photos and 2 clips')
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(page.getByRole('region', { name: 'Check again' })).toContainText('All is well', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Eject' }).click()
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('EOS_DIGITAL could not be ejected')
  await shot(page, 'offload-5-safe')

  await page.getByRole('button', { name: 'All offloads' }).click()
  reader.pull()
  await expect(page.getByText('Insert a card')).toBeVisible()
  reader.insert()
  await expect(page.getByText('Nothing new: all of it is in the library already.')).toBeVisible({ timeout: 30_000 })
  await page.getByRole('radio', { name: 'Offload at once' }).click()
  await expect(page.getByRole('radio', { name: 'Offload at once' })).toBeChecked()
  await shot(page, 'offload-6-nothing-new')
  reader.pull()
  await expect(page.getByText('Insert a card')).toBeVisible()
  expect(await offloads(page)).toHaveLength(1)
  reader.insert()
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase: 262 photos and 2 clips', { timeout: 60_000 })
  await expect(page.getByText('264 already in the library.')).toBeVisible()
  expect(await offloads(page)).toHaveLength(2)
  expect(dropcard.errors).toEqual([])
})

test('a photo without an ending is never lost in silence, removed photos stay removed, and settings are kept', async () => {
  test.setTimeout(180_000)
  await using reader = await openReader('ODD_CARD', 0)
  cpSync(join(fixture, 'DCIM/100CANON/IMG_0001.JPG'), join(reader.folder, 'ODD_CARD/DCIM/100CANON/IMG_9999'))
  const phone = join(reader.folder, 'phone')
  mkdirSync(phone)
  await using dropcard = await openApp({ env: { DROPCARD_VOLUMES: reader.volumes }, chooseFolder: phone })
  const { page } = dropcard
  reader.insert()
  await page.getByRole('button', { name: 'Open ODD_CARD' }).click()
  await page.getByRole('button', { name: 'Start offload' }).click()
  const verdict = page.getByRole('status', { name: 'Verdict' })
  await expect(verdict).toContainText('Not safe to erase', { timeout: 60_000 })
  await expect(verdict).toContainText('1 file stays only on the card')
  await expect(page.getByText('DCIM/100CANON/IMG_9999', { exact: true })).toBeVisible()
  await shot(page, 'offload-7-not-safe')

  // Remove two, take one back: the other stays removed when the card is looked at again.
  await page.getByRole('button', { name: 'Start culling' }).click()
  const grid = page.getByRole('grid', { name: 'Photos and clips' })
  await expect(grid.getByRole('gridcell').first()).toBeVisible()
  const photos = async (): Promise<number> => {
    const reply = await call(page, 'library.status', {})
    return reply.ok ? (reply.value as { photos: number }).photos : -1
  }
  await expect.poll(photos).toBe(22)
  await page.keyboard.press('Home')
  await page.keyboard.press('Delete')
  await expect.poll(photos).toBe(21)
  await page.keyboard.press('Backspace')
  await expect.poll(photos).toBe(20)
  await shot(page, 'offload-8-removed')
  await page.getByRole('button', { name: 'Undo', exact: true }).first().click()
  await expect.poll(photos).toBe(21)
  await page.keyboard.press('Control+1')
  await page.getByRole('button', { name: 'Open ODD_CARD' }).click()
  await expect(page.getByText('removed on purpose, stay removed')).toBeVisible()

  await page.keyboard.press('Control+4')
  await page.getByRole('button', { name: 'Watch a folder' }).click()
  await expect(page.getByRole('button', { name: `Stop watching ${phone}` })).toBeVisible()
  await page.getByText('Play a soft sound').first().scrollIntoViewIfNeeded()
  await shot(page, 'offload-9-settings')
  await page.getByRole('button', { name: 'Check every original' }).click()
  await expect(page.locator('.told-good')).toContainText('All is well', { timeout: 60_000 })
  expect(dropcard.errors).toEqual([])
})

test('two cameras on one card: their clocks are put right before anything is copied', async () => {
  await using reader = await openReader('TWO_CAMERAS', 0)
  const card = join(reader.folder, 'TWO_CAMERAS')
  await buildCard(card, {
    '103APPLE/IMG_1001.JPG': photo({ seed: 1, make: 'Apple', model: 'iPhone 16', capturedAt: '2026:05:01 12:30:10' }),
    '103APPLE/IMG_1002.JPG': photo({ seed: 2, make: 'Apple', model: 'iPhone 16', capturedAt: '2026:05:01 12:31:10' }),
    '104CANON/IMG_2001.JPG': photo({ seed: 3, capturedAt: '2026:05:01 10:30:12' }),
  })
  await using dropcard = await openApp({ env: { DROPCARD_VOLUMES: reader.volumes } })
  const { page } = dropcard
  reader.insert()
  await page.getByRole('button', { name: 'Open TWO_CAMERAS' }).click()
  const places = page.getByRole('region', { name: 'Where files will go' })
  await places.getByText('Change folders, names and clocks').click()
  const phone = places.getByRole('group', { name: 'Apple iPhone 16' })
  await expect(phone).toContainText('First shot here: 2026-05-01 12:30:10')
  await expect(phone).toContainText('2 shots among those looked at')
  await phone.getByRole('textbox', { name: 'h that Apple iPhone 16 is off', exact: true }).fill('2')
  await page.keyboard.press('Tab')
  await phone.getByRole('radio', { name: 'ahead' }).click()
  await expect(phone).toContainText('in truth 2026-05-01 10:30:10')
  await phone.scrollIntoViewIfNeeded()
  await shot(page, 'offload-11-clocks')
  const settings = await call(page, 'settings.get', {})
  expect(settings).toMatchObject({ ok: true, value: { cameraOffsets: { 'Apple iPhone 16': -7200 } } })
  expect((await offloads(page)).length).toBe(0)
  expect(dropcard.errors).toEqual([])
})

test('a second copy that does not fit is said before anything starts', async () => {
  await using reader = await openReader('EOS_DIGITAL', 0)
  const disk = join(reader.folder, 'small-disk')
  mkdirSync(disk)
  test.skip(!mountSmall(disk), 'needs the right to mount a disk of one megabyte')
  try {
    await using dropcard = await openApp({ env: { DROPCARD_VOLUMES: reader.volumes }, chooseFolder: disk })
    const { page } = dropcard
    reader.insert()
    await page.getByRole('button', { name: 'Open EOS_DIGITAL' }).click()
    await expect(page.getByRole('button', { name: 'Start offload' })).toBeEnabled()
    await page.getByRole('button', { name: 'Add a second copy' }).click()
    await expect(page.getByText('Does not fit')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Start offload' })).toBeDisabled()
    await expect(page.getByRole('alert')).toBeVisible()
    await shot(page, 'offload-10-does-not-fit')
    await page.getByRole('button', { name: `No copy to ${disk}` }).click()
    await expect(page.getByRole('button', { name: 'Start offload' })).toBeEnabled()
  } finally {
    execFileSync('umount', [disk])
  }
})

/** A real disk of one megabyte, where the system lets us have one. */
function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    writeFileSync(join(folder, 'mounted'), '')
    return existsSync(join(folder, 'mounted'))
  } catch {
    return false
  }
}
