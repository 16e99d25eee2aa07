import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { buildCard, photo } from '../support/card.ts'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { shot } from './support/shot.ts'

/** From picks to an ordered set, and out to other programs and back, in the real window on the real engine on a card made for it. */

type Product = { id: string; title: string; assets: string[]; roles: Record<string, string> }
const products = async (page: Page): Promise<Product[]> => {
  const reply = await call(page, 'product.list', {})
  if (!reply.ok) throw new Error(reply.error.message)
  return reply.value as Product[]
}
const names = async (page: Page): Promise<Map<string, string>> => {
  const reply = await call(page, 'asset.list', {})
  if (!reply.ok) throw new Error(reply.error.message)
  const { assets } = reply.value as { assets: { id: string; name: string }[] }
  return new Map(assets.map(({ id, name }) => [id, name]))
}

test('picks become one set in the order a person wants; copies and names go out, and a list of names comes back as a selection', async () => {
  test.setTimeout(300_000)
  const out = await mkdtemp(join(tmpdir(), 'dropcard-hand-over-'))
  await using _out = { [Symbol.asyncDispose]: () => rm(out, { recursive: true, force: true }) }
  const copies = join(out, 'copies')
  await mkdir(copies)
  await using dropcard = await openApp({ chooseFolder: copies })
  const { page } = dropcard
  await page.setViewportSize({ width: 1280, height: 800 })
  // Six photos of six things, minutes apart.
  const card = await buildCard(
    join(out, 'card'),
    Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [
        `100CANON/IMG_000${index + 1}.JPG`,
        photo({ seed: index + 1, capturedAt: `2026:05:01 1${index}:00:00` }),
      ]),
    ),
  )
  expect(await call(page, 'offload.start', { path: card })).toMatchObject({ ok: true })
  await expect.poll(async () => (await names(page)).size, { timeout: 60_000 }).toBe(6)
  await page.getByRole('navigation').getByRole('button', { name: 'Cull' }).click()
  const grid = page.getByRole('grid', { name: 'Photos and clips' })
  await grid.waitFor()
  // Grouped and scored, so that stacks do not change under the hand.
  await expect
    .poll(async () => (await call(page, 'library.status', {})) as unknown, { timeout: 200_000 })
    .toMatchObject({
      ok: true,
      value: { jobs: { queued: 0, running: 0 } },
    })
  await expect(page.locator('.cull-tools').getByRole('radio', { name: /^All/ })).toHaveText('All6')
  await page.locator('.cull-tools').getByRole('radio', { name: 'Frames' }).press('Enter')
  const tiles = () =>
    grid.getByRole('gridcell').evaluateAll((all) => all.map((one) => one.querySelector('.unseen')?.textContent.split(',')[0]))
  await expect.poll(tiles).toEqual(Array.from({ length: 6 }, (_, index) => `IMG_000${index + 1}.JPG`))
  await grid.focus()
  await page.keyboard.press('Home')
  const [four, other] = [4, 1]
  for (let n = 0; n < four; n += 1) {
    await page.keyboard.press('p')
    await page.keyboard.press('4')
    await page.keyboard.press('ArrowRight')
  }
  await page
    .locator('.cull-tools')
    .getByRole('radio', { name: /^Picks/ })
    .press('Enter')
  await grid.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('m')
  await expect.poll(async () => (await products(page)).map(({ assets }) => assets.length)).toEqual([four])
  // One more, of another thing.
  await page.keyboard.press('Shift+F')
  await page.keyboard.press('Escape')
  await grid.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('p')
  await expect.poll(async () => (await products(page)).length).toBe(1 + other)

  await page.getByRole('navigation').getByRole('button', { name: 'Products' }).click()
  const mine = (await products(page)).find(({ assets }) => assets.length === four)
  if (mine === undefined) throw new Error('expected a product of four')
  const named = await names(page)
  const listing = page.getByRole('listitem').filter({ has: page.getByRole('list', { name: `Images of ${mine.title}` }) })
  // The engine has said so; the page is to show it, too, before it is worked with.
  await expect(listing).toContainText(`${four} images`)
  await listing.getByRole('button', { name: 'Arrange pictures' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: `Pictures of ${mine.title}` })
  const order = async (): Promise<string[]> => (await products(page)).find(({ id }) => id === mine.id)?.assets ?? []
  const start = await order()
  const first = named.get(start[0] ?? '') ?? ''
  await expect(dialog.getByRole('row').first()).toContainText(first)
  await dialog.getByRole('button', { name: `Move ${first} later` }).press('Enter')
  await expect.poll(order).toEqual([start[1], start[0], start[2], start[3]])
  const undo = dialog.getByRole('button', { name: 'Undo' })
  await expect(undo).toBeEnabled()
  await undo.press('Enter')
  await expect.poll(order).toEqual(start)
  // Seen, too: there is nothing left to undo, and what is dragged next lies where it is seen.
  await expect(undo).toBeDisabled()
  await expect(dialog.getByRole('row').first()).toContainText(first)
  // By the handle: taken, carried behind the second, put down.
  const handle = dialog.getByRole('button', { name: `Drag ${first}` })
  await handle.focus()
  await expect(handle).toBeFocused()
  await page.keyboard.press('Enter')
  // It is in the hand when there are places to put it.
  await expect(dialog.locator('[data-drop-target]')).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await order())[0]).not.toBe(start[0])
  await dialog.getByRole('combobox', { name: `What ${first} shows` }).selectOption('back')
  await expect.poll(async () => (await products(page)).find(({ id }) => id === mine.id)?.roles).toEqual({ [start[0] ?? '']: 'back' })
  await dialog.getByRole('button', { name: 'Suggest an order' }).press('Enter')
  // A set without a front has that said.
  await expect(dialog.locator('.arrange-missing')).toBeVisible()
  await expect(dialog.locator('.arrange-why').first()).not.toHaveText(/\.JPG$/)
  expect((await order()).toSorted()).toEqual(start.toSorted())
  await shot(page, 'arrange')
  await page.setViewportSize({ width: 1280, height: 800 })
  await dialog.getByRole('combobox', { name: 'Bring in the pictures of another listing' }).selectOption({ index: 1 })
  await expect.poll(async () => (await products(page)).map(({ assets }) => assets.length)).toEqual([four + other])
  await dialog.getByRole('button', { name: 'Done' }).press('Enter')
  await expect(dialog).toHaveCount(0)

  // Out: copies that carry what was said, read back; and names.
  await page.getByRole('navigation').getByRole('button', { name: 'Cull' }).click()
  await page
    .locator('.cull-tools')
    .getByRole('radio', { name: /^Picks/ })
    .press('Enter')
  await grid.focus()
  await page.keyboard.press('Control+a')
  await page.getByRole('button', { name: 'More about suggestions and decisions' }).press('Enter')
  await page.getByRole('menuitem', { name: /To and from other programs/ }).press('Enter')
  const hand = page.getByRole('dialog', { name: 'To and from other programs' })
  await hand.getByRole('button', { name: 'Copy to a folder…' }).press('Enter')
  await expect(hand).toContainText(`${four + other} copies written and read back`, { timeout: 60_000 })
  const copied = (await readdir(copies)).filter((name) => name.endsWith('.JPG'))
  expect(copied).toHaveLength(four + other)
  const texts = await Promise.all(copied.map((name) => readFile(join(copies, name), 'latin1')))
  expect(texts.filter((text) => text.includes('Rating="4"'))).toHaveLength(four)
  await hand.getByRole('button', { name: 'Show the names of the chosen' }).press('Enter')
  const box = hand.getByRole('textbox', { name: 'Names' })
  await expect(box).toHaveValue(/\.JPG/)
  expect((await box.inputValue()).trim().split('\n')).toHaveLength(four + other)
  await shot(page, 'hand-over')
  await page.setViewportSize({ width: 1280, height: 800 })

  // Back: a client's list, with one name that nobody knows.
  const two = (await box.inputValue()).trim().split('\n').slice(0, 2)
  await box.fill(`${two.join('\n')}\nDSC_9999.JPG`)
  await hand.getByRole('button', { name: 'Select these' }).press('Enter')
  await expect(hand.getByRole('alert')).toContainText('DSC_9999.JPG')
  await box.fill(two.join('\n'))
  await hand.getByRole('button', { name: 'Select these' }).press('Enter')
  await expect(hand).toHaveCount(0)
  await expect(page.locator('.actions-about')).toContainText(/\d+ selected/)
  expect(dropcard.errors).toEqual([])
})
