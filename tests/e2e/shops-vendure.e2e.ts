import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import sharp from 'sharp'
import { z } from 'zod'
import { owner, startVendure, vendureHome } from '../adapters/catalogs/vendure/server.ts'
import { openApp } from './support/app.ts'
import { call } from './support/call.ts'
import { shot } from './support/shot.ts'

/**
 * The screens of publishing on the real engine against a real Vendure server: a key that may too little, connected, picks put into a product by key,
 * planned, queued while the server is away, sent when it is back, changed there by somebody else, a drop waiting for its hour, a poster, the report.
 */

type Asset = {
  id: string
  kind: string
  name: string
  decision: string
  stack: string | null
  score: number | null
  suggestion: string | null
}
const read = async <T>(page: Page, name: string, input: unknown): Promise<T> => {
  const reply = await call(page, name, input)
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.value as T
}
const wall = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16)
const there = await vendureHome()

test('connect → assign → plan → offline → conflict → drop → poster → report, on a real Vendure', async () => {
  test.skip('reason' in there, 'reason' in there ? there.reason : '')
  test.setTimeout(420_000)
  const temp = await mkdtemp(join(tmpdir(), 'dropcard-vendure-'))
  await using _temp = { [Symbol.asyncDispose]: () => rm(temp, { recursive: true, force: true, maxRetries: 5 }) }
  await using vendure = await startVendure(join(temp, 'shop'))
  await using dropcard = await openApp()
  const { page } = dropcard
  const dialog = page.getByRole('dialog')

  await read(page, 'offload.start', { path: resolve(import.meta.dirname, '../fixtures/card'), backups: [], verify: 'destination' })
  const assets = async (): Promise<Asset[]> => (await read<{ assets: Asset[] }>(page, 'asset.list', {})).assets
  await expect
    .poll(
      async () => {
        const { jobs } = await read<{ jobs: { queued: number; running: number } }>(page, 'library.status', {})
        return jobs.queued + jobs.running === 0 && (await assets()).length === 24
      },
      { timeout: 120_000, intervals: [500] },
    )
    .toBe(true)
  // Five stacks, their best two each: products of one or two pictures.
  const stacks = [
    ...Map.groupBy(
      (await assets()).filter(({ kind, score }) => kind === 'photo' && score !== null),
      ({ stack, id }) => stack ?? id,
    ).values(),
  ]
    .toSorted((a, b) => b.length - a.length)
    .slice(0, 5)
    .map((stack) => stack.slice(0, 3).map(({ id }) => id))
  await read(page, 'decision.set', { sets: [{ assetIds: stacks.flat(), decision: 'pick' }] })
  const drafts = await read<{ id: string; assets: string[] }[]>(page, 'product.list', {})
  const words = ['Stoneware bowl', 'Ash glaze cup', 'Tall vase', 'Tile, blue', 'Serving plate']
  for (const [at, { id }] of drafts.entries()) {
    const title = words[at] ?? `Piece ${at}`
    await read(page, 'product.edit', {
      productId: id,
      title,
      sku: `ND-${at + 1}`,
      price: { minor: 2400 + 350 * at, currency: 'EUR' },
      stock: 3,
    })
  }

  // A key that may not change anything, then one that may.
  await page.keyboard.press('Control+7')
  await page.getByRole('button', { name: 'Connect a shop' }).press('Enter')
  await dialog.getByRole('button', { name: /^Vendure/ }).press('Enter')
  await dialog.getByRole('textbox', { name: 'Address of the server' }).fill(vendure.url)
  await dialog.getByRole('textbox', { name: 'Address of a product page' }).fill('https://shop.example/p/{slug}')
  await dialog.getByLabel(/^API key/).fill(vendure.keys.reading)
  await dialog.getByRole('button', { name: 'Test', exact: true }).press('Enter')
  await expect(dialog.locator('.standing-warn')).toContainText('to change, show and hide products', { timeout: 60_000 })
  await expect(dialog.locator('.standing-warn')).toBeInViewport()
  await shot(page, 'vendure-1-missing')
  // A password is checked once, a key anew with each question: this server has other things to do.
  await dialog.getByLabel(/^API key/).fill('')
  await dialog.getByLabel(/^User name of an administrator/).fill(owner.user)
  await dialog.getByLabel(/^Password/).fill(owner.password)
  await dialog.getByRole('button', { name: 'Test', exact: true }).press('Enter')
  await expect(dialog.locator('.standing-fine')).toBeInViewport({ timeout: 60_000 })
  await shot(page, 'vendure-2-ok')
  await dialog.getByRole('button', { name: 'Connect', exact: true }).press('Enter')
  await expect(dialog).toHaveCount(0)

  // One picked frame goes into another product by key, and back by undo.
  const homeOf = async (asset: string): Promise<string | undefined> =>
    (await read<{ id: string; assets: string[] }[]>(page, 'product.list', {})).find(({ assets: own }) => own.includes(asset))?.id
  await page.keyboard.press('Control+2')
  const grid = page.getByRole('grid', { name: 'Photos and clips' })
  await grid.waitFor()
  await page.getByRole('radio', { name: 'Picks' }).press('Enter')
  await page.getByRole('radio', { name: 'Frames' }).press('Enter')
  await grid.focus()
  await page.keyboard.press('End')
  const name = (await grid.locator('[aria-selected=true] .unseen').first().textContent())?.split(',')[0] ?? ''
  const moving = (await assets()).filter((asset) => asset.name === name && asset.decision === 'pick')
  const before = await Promise.all(moving.map(({ id }) => homeOf(id)))
  const target = drafts.find(({ id }) => !before.includes(id))?.id ?? ''
  await page.keyboard.press('d')
  await expect(dialog.getByRole('combobox', { name: 'SKU or title' })).toBeFocused()
  await shot(page, 'vendure-3-choose')
  const number = `nd-${drafts.findIndex(({ id }) => id === target) + 1}`
  await page.keyboard.type(number)
  await page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect.poll(async () => (await Promise.all(moving.map(({ id }) => homeOf(id)))).includes(target)).toBe(true)
  await page.keyboard.press('Control+z')
  await expect.poll(() => Promise.all(moving.map(({ id }) => homeOf(id)))).toEqual(before)
  await page.keyboard.press('d')
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)

  // The plan; then the server goes away before anything is sent.
  await page.keyboard.press('Control+3')
  await page.getByRole('button', { name: 'Publish picks' }).press('Enter')
  await dialog.getByRole('combobox', { name: 'Shop' }).selectOption('vendure')
  await expect(dialog.getByRole('button', { name: 'Publish', exact: true })).toBeEnabled()
  await dialog.getByRole('checkbox', { name: /are approved/ }).press('Space')
  for (const title of words.slice(2)) await dialog.getByRole('checkbox', { name: title, exact: true }).press('Space')
  await shot(page, 'vendure-4-plan')
  await vendure.kill()
  await dialog.getByRole('button', { name: 'Publish 3 of 5' }).press('Enter')
  await dialog.getByRole('button', { name: 'Show the shop' }).press('Enter')
  await expect(page.locator('.standing-calm')).toContainText('Resting', { timeout: 60_000 })
  await shot(page, 'vendure-5-offline')
  await vendure.start()
  const state = () => read<{ waiting: number; published: number; conflicts: unknown[] }>(page, 'publish.state', { catalog: 'vendure' })
  await expect.poll(state, { timeout: 120_000, intervals: [500] }).toMatchObject({ waiting: 0, published: 3 })

  // Somebody else at work in the shop: another order, one picture out, one of theirs in, another title.
  const asset = z.object({ id: z.string(), name: z.string() })
  const one = z.object({ id: z.string(), name: z.string(), assets: z.array(asset) })
  const { products } = await vendure.owner(
    '{ products { items { id name assets { id name } } } }',
    {},
    z.object({ products: z.object({ items: z.array(one) }) }),
  )
  const busy = products.items.toSorted((a, b) => b.assets.length - a.assets.length)[0]
  if (busy === undefined) throw new Error('nothing was published')
  const guest = await upload(vendure.url, vendure.token)
  const theirs = [
    ...busy.assets
      .slice(1)
      .map(({ id }) => id)
      .toReversed(),
    guest,
  ]
  await vendure.owner(
    'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { id } }',
    {
      input: {
        id: busy.id,
        assetIds: theirs,
        featuredAssetId: theirs[0],
        translations: [{ languageCode: 'en', name: `${busy.name} (last one)` }],
      },
    },
    z.unknown(),
  )
  const changed = drafts[words.indexOf(busy.name)]
  await read(page, 'product.edit', { productId: changed?.id, description: 'Thrown by hand, fired twice.' })
  await read(page, 'publish.start', { catalog: 'vendure', productIds: [changed?.id] })
  const conflict = page.getByRole('listitem', { name: busy.name })
  await expect(conflict.getByRole('region', { name: /^In / })).toBeVisible({ timeout: 60_000 })
  for (const word of ['added there', 'not in the shop', 'moved']) await expect(conflict).toContainText(word)
  const added = conflict.locator('.conflict-added img')
  await expect
    .poll(() =>
      added.evaluateAll((all) =>
        all.map((image) => (image instanceof HTMLImageElement && image.naturalWidth > 0 ? image.naturalWidth : null)),
      ),
    )
    .toEqual([expect.any(Number)])
  await shot(page, 'vendure-6-conflict')
  await conflict.getByRole('button', { name: `Ours for ${busy.name}` }).press('Enter')
  await expect.poll(state, { timeout: 60_000, intervals: [500] }).toMatchObject({ waiting: 0, published: 3, conflicts: [] })
  const after = await vendure.owner(
    'query ($id: ID!) { product(id: $id) { id name assets { id name } } }',
    { id: busy.id },
    z.object({ product: one }),
  )
  expect(after.product.assets.map(({ id }) => id)).toEqual([...busy.assets.map(({ id }) => id), guest])

  // A drop of the two others, hidden in the shop until its hour; a poster of what is there.
  await page.keyboard.press('Control+8')
  await page.getByRole('button', { name: 'Plan a drop' }).press('Enter')
  await dialog.getByRole('textbox', { name: 'Title' }).fill('First firing')
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('UTC')
  await dialog.getByRole('combobox', { name: 'Time zone' }).press('Enter')
  const [day = '', time = ''] = wall(90).split('T')
  await dialog.getByLabel('Opens on').fill(day)
  await dialog.getByLabel('Opens at').fill(time)
  await dialog.getByRole('checkbox', { name: 'At an hour' }).press('Space')
  const ticks = dialog.getByRole('group', { name: /^Products/ }).getByRole('checkbox')
  const names = await ticks.evaluateAll((all) => all.map((tick) => tick.closest('label')?.textContent ?? ''))
  for (const title of words.slice(0, 2)) await ticks.nth(names.indexOf(title)).press('Space')
  const shops = dialog.getByRole('group', { name: /^Shops/ }).getByRole('checkbox')
  for (let at = 0; at < (await shops.count()); at += 1) {
    const label = await shops.nth(at).evaluate((tick) => tick.closest('label')?.textContent ?? '')
    if (label.includes('default channel') !== (await shops.nth(at).isChecked())) await shops.nth(at).press('Space')
  }
  await dialog.getByRole('button', { name: 'Plan it' }).press('Enter')
  const card = page.getByRole('listitem', { name: 'First firing' })
  await expect(card).toContainText('Opens in')
  await expect(card).toContainText('all 2 listings there, hidden', { timeout: 60_000 })
  await expect(card.getByRole('button', { name: /^Poster with code/ })).toBeEnabled()
  await shot(page, 'vendure-7-drop')
  // A drop of several products has no page of its own in Vendure: said, with what to do instead.
  await card.getByRole('button', { name: /^Poster with code/ }).press('Enter')
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Make one poster for each product')
  await page
    .getByRole('region', { name: 'Messages' })
    .getByRole('button', { name: /Close|Dismiss/ })
    .first()
    .press('Enter')

  await page.keyboard.press('Control+3')
  await page.getByRole('button', { name: `Poster with code (PDF): ${busy.name}` }).press('Enter')
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('.pdf', { timeout: 30_000 })
  await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Show in its folder' }).press('Enter')
  await expect.poll(() => dropcard.opened().at(-1) ?? '').toMatch(/\.pdf$/)
  const poster = dropcard.opened().at(-1) ?? ''
  expect([poster.startsWith(dropcard.saved), existsSync(poster) && readFileSync(poster).subarray(0, 5).toString()]).toEqual([true, '%PDF-'])

  await shot(page, 'vendure-8-products')

  await page.keyboard.press('Control+9')
  await expect(page.getByRole('table').first()).toContainText('Tall vase')
  await page.getByRole('combobox', { name: 'About' }).selectOption({ label: 'First firing' })
  await expect(page.getByRole('table').first().getByRole('row')).toHaveCount(3)
  await shot(page, 'vendure-9-report')
  expect(dropcard.errors).toEqual([])
})

/** A picture that somebody puts into the shop by hand. */
async function upload(url: string, token: string): Promise<string> {
  const picture = await sharp({ create: { width: 900, height: 700, channels: 3, background: '#3f6e8c' } })
    .jpeg()
    .toBuffer()
  const form = new FormData()
  const query = 'mutation ($input: [CreateAssetInput!]!) { createAssets(input: $input) { ... on Asset { id } } }'
  form.set('operations', JSON.stringify({ query, variables: { input: [{ file: null }] } }))
  form.set('map', JSON.stringify({ 0: ['variables.input.0.file'] }))
  form.set('0', new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }), 'guest.jpg')
  const reply = await fetch(`${url}/admin-api`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' },
    body: form,
  })
  const body = z.object({ data: z.object({ createAssets: z.array(z.object({ id: z.string() })) }) }).parse(await reply.json())
  return body.data.createAssets[0]?.id ?? ''
}
