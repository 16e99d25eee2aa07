import { appendFileSync, chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { shot } from './support/shot.ts'

/** What people do about photos they removed and disks they doubt, in the real window on the real engine. */

const fixture = resolve(import.meta.dirname, '../fixtures/card')

async function value<T>(page: Page, name: string, input: unknown): Promise<T> {
  const reply = await call(page, name, input)
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.value as T
}
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

test('a removed photo comes back or is deleted for good; a disk is checked by its manifest', async () => {
  test.setTimeout(240_000)
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-trash-'))
  const [card, disk] = [join(folder, 'EOS_DIGITAL'), join(folder, 'second disk')]
  cpSync(fixture, card, { recursive: true, preserveTimestamps: true })
  mkdirSync(disk)
  try {
    await using dropcard = await openApp({ chooseFolder: disk })
    const { page } = dropcard
    await value(page, 'settings.set', { backups: [disk] })

    await value(page, 'offload.start', { path: card })
    await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase', { timeout: 90_000 })

    await page.keyboard.press('Control+5')
    await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible()
    await shot(page, 'trash-1-empty')
    // Six that were looked at already, so that the trash has pictures of them.
    type Listed = { assets: { id: string; name: string; hasThumb: boolean }[] }
    const looked = async () => (await value<Listed>(page, 'asset.list', {})).assets.filter(({ hasThumb }) => hasThumb)
    await expect.poll(async () => (await looked()).length, { timeout: 90_000 }).toBeGreaterThan(5)
    const assets = await looked()
    const names = assets.slice(0, 6).map(({ name }) => name)
    await value(page, 'asset.remove', { assetIds: assets.slice(0, 6).map(({ id }) => id) })
    const grid = page.getByRole('listbox', { name: 'Removed photos and clips' })
    await expect(grid.getByRole('option')).toHaveCount(6)
    await expect(grid.getByRole('option').first()).toContainText('Removed today')
    await expect
      .poll(() =>
        grid.locator('img').evaluateAll((all) => all.filter((one) => one instanceof HTMLImageElement && one.naturalWidth > 0).length),
      )
      .toBe(6)
    await shot(page, 'trash-2-full')

    // By keyboard: the first two chosen, brought back, and that undone.
    await grid.getByRole('option').first().click()
    await page.keyboard.press('Shift+ArrowRight')
    await expect(page.getByRole('button', { name: 'Restore 2 photos' })).toBeVisible()
    await shot(page, 'trash-3-chosen')
    await page.keyboard.press('Enter')
    await expect(grid.getByRole('option')).toHaveCount(4)
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await expect(grid.getByRole('option')).toHaveCount(6)
    await page.getByRole('button', { name: 'Restore everything' }).click()
    await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible()
    expect((await value<{ photos: number; clips: number }>(page, 'library.status', {})).photos).toBe(22)

    // For good, but only after what is lost was said.
    await value(page, 'asset.remove', { assetIds: assets.slice(0, 3).map(({ id }) => id) })
    await grid
      .getByRole('option', { name: new RegExp(names[0]?.replace('.', '\\.') ?? '') })
      .first()
      .click()
    await page.keyboard.press('Delete')
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText('This cannot be undone')
    await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await shot(page, 'trash-4-asked')
    await page.keyboard.press('Escape')
    await expect(grid.getByRole('option')).toHaveCount(3)
    await page.keyboard.press('Delete')
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await expect(grid.getByRole('option')).toHaveCount(2)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Empty the trash' }).click()
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await expect(page.getByText('3 photos and clips were deleted for good')).toBeVisible()
    expect(files(join(dropcard.library, 'trash'))).toEqual([])
    expect(files(join(disk, 'originals')).length).toBeGreaterThan(23)

    // The second disk still has all of it, and says so by its manifest alone.
    await page.keyboard.press('Control+4')
    await page.getByRole('button', { name: 'Check a disk' }).click()
    const told = page.getByRole('region', { name: 'What the check of the disk found' })
    await expect(told).toContainText('This disk is well', { timeout: 60_000 })
    await told.scrollIntoViewIfNeeded()
    await shot(page, 'disk-1-well')
    const [rotten, gone] = files(join(disk, 'originals'))
    chmodSync(rotten ?? '', 0o644)
    appendFileSync(rotten ?? '', 'x')
    rmSync(gone ?? '')
    writeFileSync(join(rotten ?? '', '..', 'later.txt'), 'x')
    await page.getByRole('button', { name: 'Check a disk' }).click()
    await expect(told).toContainText('1 file is damaged, 1 file is missing', { timeout: 60_000 })
    await told.scrollIntoViewIfNeeded()
    await shot(page, 'disk-2-damaged')
    expect(dropcard.errors).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
