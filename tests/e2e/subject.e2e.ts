import { resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { shot } from './support/shot.ts'

/** The subject in the large view, on the real engine with the sample card: shown, chosen by a click, and given back. */
test('a click on another subject is measured there, and Dropcard can be asked to find it again', async () => {
  test.setTimeout(300_000)
  await using dropcard = await openApp({ chooseFolder: resolve(import.meta.dirname, '../fixtures/card') })
  const { page } = dropcard
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByRole('button', { name: 'Try the sample card' }).click()
  await page.getByRole('button', { name: 'Start offload' }).click()
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase', { timeout: 120_000 })
  // The order of the room is that of the camera's times, which come with the scores: the first photo is the same one in each run.
  await expect
    .poll(async () => (await call(page, 'library.status', {})) as unknown, { timeout: 120_000 })
    .toMatchObject({ ok: true, value: { jobs: { queued: 0, running: 0 } } })
  await page.getByRole('navigation').getByRole('button', { name: 'Cull' }).click()
  await page.locator('.loupe, [role=gridcell]').first().waitFor()
  await page.keyboard.press('g')
  await page.getByRole('gridcell').first().waitFor()
  await page.keyboard.press('Home')
  await page.keyboard.press('e')
  await page.keyboard.press('b')
  const bar = page.getByRole('region', { name: 'Subject' })
  await expect(bar).toContainText('Measured here', { timeout: 120_000 })
  const box = page.locator('.subject-box')
  const found = await box.boundingBox()
  await shot(page, 'subject-found')
  await page.setViewportSize({ width: 1280, height: 800 })

  const frame = await page.locator('.subject-frame').boundingBox()
  if (frame === null || found === null) throw new Error('expected the photo and its subject')
  const at = { x: frame.x + 0.08 * frame.width, y: frame.y + 0.6 * frame.height }
  await page.mouse.click(at.x, at.y)
  await expect(bar).toContainText('You pointed at the subject')
  await expect
    .poll(
      async () => {
        const now = await box.boundingBox()
        return now !== null && now.x <= at.x && at.x <= now.x + now.width && now.y <= at.y && at.y <= now.y + now.height
      },
      { timeout: 120_000 },
    )
    .toBe(true)
  await shot(page, 'subject-chosen')
  await page.setViewportSize({ width: 1280, height: 800 })

  await bar.getByRole('button', { name: 'Let Dropcard find it' }).click()
  await expect(bar).toContainText('Measured here')
  await expect.poll(async () => Math.round((await box.boundingBox())?.width ?? 0), { timeout: 120_000 }).toBe(Math.round(found.width))
  await page.keyboard.press('b')
  await expect(bar).toHaveCount(0)
  expect(dropcard.errors).toEqual([])
})
