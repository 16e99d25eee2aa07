import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { buildCard, photo } from '../support/card.ts'

import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { startCulling } from './support/press.ts'
import { shot } from './support/shot.ts'

/** A whole cull by keyboard alone, in the real window on the real engine: decided, rated, labelled, undone, the engine killed on the way, resumed. */

type Asset = { id: string; name: string; decision: string; rating: number | null; label: string | null }
const assets = async (page: Page): Promise<Asset[]> => {
  const reply = await call(page, 'asset.list', {})
  return reply.ok ? (reply.value as { assets: Asset[] }).assets : []
}
const tally = async (page: Page): Promise<Record<string, number>> => {
  const all = await assets(page)
  const of = (test: (asset: Asset) => boolean): number => all.filter(test).length
  return {
    pick: of(({ decision }) => decision === 'pick'),
    reject: of(({ decision }) => decision === 'reject'),
    stars: of(({ rating }) => rating === 3),
    red: of(({ label }) => label === 'red'),
  }
}

/** 200 small photos of 200 things without a camera time: their order is that of their names, however far the scoring has come. */
const bigCard = (dir: string): Promise<string> =>
  buildCard(
    join(dir, 'card'),
    Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `100CANON/IMG_${String(index + 1).padStart(4, '0')}.JPG`,
        photo({ seed: index + 1, width: 240, height: 180, capturedAt: null }),
      ]),
    ),
  )

test('200 frames by keyboard: decided, rated, labelled, filtered, undone; the engine dies, nothing is lost; the next start resumes', async () => {
  test.setTimeout(180_000)
  const temp = {
    path: await mkdtemp(join(tmpdir(), 'dropcard-cull-')),
    async [Symbol.asyncDispose]() {
      await rm(this.path, { recursive: true, force: true })
    },
  }
  await using _temp = temp
  const card = await bigCard(temp.path)
  const [library, userData] = [join(temp.path, 'library'), join(temp.path, 'profile')]
  await mkdir(library)
  let place = ''
  {
    await using dropcard = await openApp({ chooseFolder: card, library, userData })
    const { page } = dropcard
    await page.getByRole('button', { name: 'Choose a folder' }).press('Enter')
    await expect(page.getByText('200 photos')).toBeVisible()
    await page.getByRole('button', { name: 'Start offload' }).press('Enter')
    await startCulling(page)
    const grid = page.getByRole('grid', { name: 'Photos and clips' })
    // While scores still come in.
    await expect(page.getByRole('radio', { name: /^All/ })).toHaveText('All200', { timeout: 60_000 })
    await page.getByRole('radio', { name: 'Frames' }).press('Enter')
    await grid.focus()
    await page.keyboard.press('Shift+A')
    await page.keyboard.press('Home')

    const started = Date.now()
    for (let frame = 0; frame < 200; frame += 1) await page.keyboard.press(['p', 'x', '3', '6'][frame % 4] ?? 'p')
    await expect.poll(() => tally(page), { timeout: 60_000 }).toEqual({ pick: 50, reject: 50, stars: 50, red: 50 })
    test.info().annotations.push({ type: 'figure', description: `200 frames decided in ${Date.now() - started} ms` })

    // One undo takes back one act, whatever it was; redo does it again.
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('Control+z')
    await expect.poll(() => tally(page)).toEqual({ pick: 49, reject: 49, stars: 49, red: 49 })
    await page.keyboard.press('Control+Shift+z')
    await page.keyboard.press('Control+y')
    await expect.poll(() => tally(page)).toEqual({ pick: 50, reject: 50, stars: 49, red: 49 })

    // A batch is one act too; a photo that no longer fits stays until it is left.
    await page.keyboard.press('f')
    const filter = page.getByRole('dialog', { name: 'Filter' })
    await expect(filter).toBeVisible()
    await shot(page, 'cull-filter')
    await filter.getByRole('radio', { name: /^3\+/ }).press('Enter')
    await filter.getByRole('button', { name: 'Done' }).press('Enter')
    const chips = page.getByRole('region', { name: 'Filter' })
    await expect(chips).toContainText('3 stars or more')
    await expect(chips).toContainText('49 of 200')
    await grid.focus()
    await page.keyboard.press('Shift+A')
    await page.keyboard.press('Home')
    const first = await grid.locator('[aria-selected=true]').first().textContent()
    await page.keyboard.press('0')
    await expect.poll(async () => (await tally(page))['stars']).toBe(48)
    await expect(grid.locator('[aria-selected=true]').first()).toContainText(first?.slice(0, 12) ?? 'a photo')
    await page.keyboard.press('ArrowRight')
    await expect(chips).toContainText('48 of 200')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('p')
    await expect.poll(async () => (await tally(page))['pick']).toBe(98)
    await shot(page, 'cull-filtered')
    await page.keyboard.press('Shift+U')
    const history = page.getByRole('dialog', { name: 'History' })
    await expect(history.getByRole('listitem').first()).toContainText('48 picked')
    await shot(page, 'cull-history')
    // Back to the moment after the 48 got their stars and one lost its own.
    await history.getByRole('listitem').nth(1).getByRole('button').press('Enter')
    await expect.poll(async () => (await tally(page))['pick']).toBe(50)
    await expect(history.getByRole('listitem').first()).toContainText('(undone)')
    await history.getByRole('listitem').first().getByRole('button').press('Enter')
    await expect.poll(async () => (await tally(page))['pick']).toBe(98)
    await expect(history.getByRole('listitem').first()).not.toContainText('(undone)')
    await page.keyboard.press('Escape')
    await grid.focus()
    await page.keyboard.press('Shift+F')
    await expect(chips).toBeHidden()

    // The engine dies between two keys: what was decided stays, what could not be saved is taken back and said.
    await page.keyboard.press('Escape')
    await page.keyboard.press('End')
    const before = await tally(page)
    const pid = dropcard.enginePid()
    process.kill(pid, 'SIGKILL')
    for (const key of ['p', 'ArrowLeft', '5', 'ArrowLeft', 'x']) await page.keyboard.press(key)
    await expect.poll(() => dropcard.enginePid(), { timeout: 30_000 }).not.toBe(pid)
    await expect.poll(async () => (await assets(page)).length, { timeout: 30_000 }).toBe(200)
    const after = await tally(page)
    expect(Math.abs((after['pick'] ?? 0) - (before['pick'] ?? 0))).toBeLessThanOrEqual(2)
    expect([after['stars'], after['red']].map(Number)).toEqual([before['stars'], before['red']].map(Number))
    // The window shows what the library holds, tile by tile.
    const held = new Map(
      (await assets(page)).map(({ name, decision }) => [name, { pick: 'picked', reject: 'rejected' }[decision] ?? 'undecided']),
    )
    await expect
      .poll(async () => {
        const tiles = await grid
          .getByRole('gridcell')
          .evaluateAll((cells) => cells.map((cell) => cell.querySelector('.unseen')?.textContent ?? ''))
        return tiles.filter((tile) => !tile.includes(`${tile.split(',')[0]}, ${held.get(tile.split(',')[0] ?? '')}`))
      })
      .toEqual([])

    // The original itself is dragged out, by its own path, which the page never learns.
    await grid.getByRole('gridcell').last().dispatchEvent('dragstart')
    await expect.poll(() => dropcard.opened().length).toBe(1)
    expect(dropcard.opened()[0]).toMatch(new RegExp(`^${library}/originals/.*\\.JPG$`))

    await page.keyboard.press('Home')
    for (let step = 0; step < 7; step += 1) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('region', { name: 'Large view' })).toBeVisible()
    place = (await page.getByRole('region', { name: 'Large view' }).getByRole('heading', { level: 1 }).textContent()) ?? ''
    await shot(page, 'cull-large')
    expect(dropcard.errors).toEqual([])
  }
  // Where you left: the same photo, large.
  await using again = await openApp({ library, userData })
  const large = again.page.getByRole('region', { name: 'Large view' })
  await expect(large.getByRole('heading', { level: 1 })).toHaveText(place)
  await again.page.keyboard.press('Control+4')
  const keys = again.page.getByRole('region', { name: 'Keys', exact: true })
  await keys.getByText('Change keys').press('Enter')
  await keys.getByRole('button', { name: 'Change the key of: Pick' }).press('Enter')
  await again.page.keyboard.press('x')
  await expect(keys.getByRole('alert')).toContainText('Reject')
  await shot(again.page, 'cull-keys')
  await keys.getByRole('button', { name: 'Use it here' }).press('Enter')
  await again.page.keyboard.press('Control+2')
  await expect(large).toBeVisible()
  const picks = (await tally(again.page))['pick'] ?? 0
  const one = (await assets(again.page)).find(({ name }) => name === place)
  await again.page.keyboard.press(one?.decision === 'pick' ? 'u' : 'x')
  await expect.poll(async () => (await tally(again.page))['pick']).toBe(one?.decision === 'pick' ? picks - 1 : picks + 1)
  expect(again.errors).toEqual([])
})
