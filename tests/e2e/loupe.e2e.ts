import { resolve } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { type OpenApp, openApp } from './support/app.ts'
import { shot as photograph } from './support/shot.ts'

/** Looking at photos and clips in the real window, on the real engine, with the sample card: large, close, compared, surveyed, explained, marked. */

const card = resolve(import.meta.dirname, '../fixtures/card')
let dropcard: OpenApp

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(180_000)
  dropcard = await openApp({ chooseFolder: card })
  const { page } = dropcard
  await page.setViewportSize(size)
  await page.getByRole('button', { name: 'Try the sample card' }).click()
  await page.getByRole('button', { name: 'Start offload' }).click()
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Safe to erase', { timeout: 60_000 })
  // the whole pipeline must be over: stacks and suggestions come last
  await expect.poll(() => waiting(page), { timeout: 120_000 }).toBe(0)
})
test.afterAll(async () => {
  await dropcard[Symbol.asyncDispose]()
})

type Door = { call(name: string, input: unknown): Promise<{ ok: boolean; value: never }> }
const ask = <T>(page: Page, name: string, input: unknown): Promise<T> =>
  page.evaluate(
    async ([name, input]) => {
      const { dropcard } = window as unknown as { dropcard: Door }
      const reply = await dropcard.call(name as string, input)
      if (!reply.ok) throw new Error(`${name} was refused: ${JSON.stringify(reply)}`)
      return reply.value
    },
    [name, input] as const,
  )
const waiting = async (page: Page): Promise<number> => {
  const { jobs } = await ask<{ jobs: { queued: number; running: number } }>(page, 'library.status', {})
  return jobs.queued + jobs.running
}
const canvas = (page: Page) => page.locator('.loupe canvas.picture').first()
const sharp = (page: Page) => expect(canvas(page)).toHaveAttribute('data-level', 'sharp')
const name = (page: Page): Promise<string> => page.locator('.loupe-head h1').innerText()

const size = { width: 1280, height: 800 }
async function shot(page: Page, name: string): Promise<void> {
  await photograph(page, name)
  await page.setViewportSize(size)
}

async function openFirst(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'Cull' }).click()
  await page.locator('.loupe, [role=gridcell]').first().waitFor()
  await page.keyboard.press('g')
  await page.getByRole('gridcell').first().waitFor()
  await page.keyboard.press('Home')
  await page.keyboard.press('e')
  await sharp(page)
}

test('a held arrow shows every photo under its own name; true size stays at its spot from photo to photo', async () => {
  const { page } = dropcard
  await openFirst(page)
  const { assets } = await ask<{ assets: { id: string; name: string }[] }>(page, 'asset.list', {})
  const idsOf = Object.fromEntries([...Map.groupBy(assets, (one) => one.name)].map(([name, all]) => [name, all.map(({ id }) => id)]))
  // After every frame: is the picture on the canvas the one that is named?
  await page.evaluate((idsOf) => {
    const seen = { frames: 0, names: new Set<string>(), wrong: [] as string[] }
    Object.assign(window, { seen })
    const look = (): void => {
      const shown = document.querySelector<HTMLCanvasElement>('.loupe canvas.picture')?.dataset['shown']
      const name = document.querySelector('.loupe-head h1')?.textContent ?? ''
      if (shown !== undefined) {
        seen.frames += 1
        seen.names.add(name)
        if (idsOf[name]?.includes(shown) !== true) seen.wrong.push(name)
      }
      requestAnimationFrame(() => setTimeout(look, 0))
    }
    look()
  }, idsOf)
  const drawn = () => page.evaluate(() => (window as unknown as { seen: { names: Set<string> } }).seen.names.size)
  // A busy machine draws fewer of the photos that are passed.
  for (let press = 0; press < 60 || (press < 600 && (await drawn()) <= 3); press += 1) {
    await page.keyboard.down('ArrowRight')
    await page.waitForTimeout(25)
  }
  await page.keyboard.up('ArrowRight')
  const seen = await page.evaluate(() => {
    const { seen } = window as unknown as { seen: { frames: number; names: Set<string>; wrong: string[] } }
    return { names: seen.names.size, wrong: seen.wrong }
  })
  expect(seen).toEqual({ names: expect.any(Number), wrong: [] })
  expect(seen.names).toBeGreaterThan(3)
  await openFirst(page)
  const box = await canvas(page).boundingBox()
  if (box === null) throw new Error('expected a stage')
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.6)
  await page.keyboard.press('z')
  await sharp(page)
  await expect(page.locator('.stage-note')).toHaveText('100 %')
  const label = async () => ({ name: await name(page), spot: await page.locator('.stage-note').innerText() })
  const before = await label()
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('.loupe-head h1')).not.toHaveText(before.name)
  await sharp(page)
  expect(await label()).toEqual({ name: expect.not.stringMatching(before.name), spot: '100 %' })
  await shot(page, 'loupe-1-close')
  await page.mouse.wheel(0, -120)
  await expect(page.locator('.stage-note')).toHaveText('125 %')
  await page.keyboard.press('Escape')
  await expect(page.locator('.stage-note')).toHaveCount(0)
})

test('overlays come and go by key, and say what they found', async () => {
  const { page } = dropcard
  await openFirst(page)
  await page.keyboard.press('o')
  const painted = () =>
    page.locator('.overlay-map canvas').evaluate((map) => {
      const context = map instanceof HTMLCanvasElement ? map.getContext('2d') : null
      const data = context?.getImageData(0, 0, context.canvas.width, context.canvas.height).data ?? []
      return data.filter((value, index) => index % 4 === 3 && value > 0).length
    })
  await expect.poll(painted).toBeGreaterThan(50)
  await shot(page, 'loupe-2-focus')
  await page.keyboard.press('o')
  await expect(page.locator('.overlay-blinks')).toBeVisible()
  await page.keyboard.press('o')
  await expect(page.locator('.crop-label')).toHaveText('1:1 shop, feed')
  await page.keyboard.press('h')
  await expect(page.getByRole('img', { name: /^Histogram: / })).toBeVisible()
  await page.getByRole('button', { name: /^Overlays/ }).click()
  await page.getByRole('combobox', { name: 'Shape of the crop guide' }).selectOption('upright-video')
  await expect(page.locator('.crop-safe')).toBeVisible()
  await shot(page, 'loupe-3-overlays')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+O')
  await expect(page.locator('.crop, .overlay-map, .histogram')).toHaveCount(0)
})

test('every score opens into its components, and shows where it looked', async () => {
  const { page } = dropcard
  await openFirst(page)
  const why = page.getByRole('complementary', { name: 'Why' })
  await expect(why.getByRole('heading', { name: 'Components' })).toBeVisible()
  await why
    .getByRole('button', { name: /show where$/ })
    .first()
    .focus()
  await expect(page.locator('.region')).toBeVisible()
  await expect(why.getByText(/^Measured by /)).toBeVisible()
})

test('compare: the champion stays, challengers pass, either is decided, and the winner is crowned', async () => {
  const { page } = dropcard
  await openFirst(page)
  const first = await name(page)
  await page.keyboard.press('c')
  const champion = page.getByRole('region', { name: /^Champion: / })
  const challenger = page.getByRole('region', { name: /^Challenger: / })
  await expect(champion).toHaveAccessibleName(`Champion: ${first}`)
  const second = await challenger.getAttribute('aria-label')
  await page.keyboard.press('ArrowRight')
  await expect(challenger).not.toHaveAccessibleName(second ?? '')
  await expect(champion).toHaveAccessibleName(`Champion: ${first}`)
  await expect(champion.locator('canvas')).toHaveAttribute('data-level', 'sharp')
  await expect(challenger.locator('canvas')).toHaveAttribute('data-level', 'sharp')
  await page.keyboard.press('x')
  await expect(challenger.locator('.mark-reject')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('p')
  await expect(champion.locator('.mark-pick')).toBeVisible()
  await shot(page, 'loupe-4-compare')
  await page.keyboard.press('Control+z')
  await expect(champion.locator('.mark-pick')).toHaveCount(0)
  await page.keyboard.press('z')
  await expect(page.getByRole('button', { name: 'Fit' })).toBeVisible()
  await page.keyboard.press('Escape')
  const crowned = (await challenger.getAttribute('aria-label'))?.replace('Challenger', 'Champion') ?? ''
  await page.keyboard.press('ArrowUp')
  await expect(champion).toHaveAccessibleName(crowned)
  // What was said of the two is kept, and undone like a decision: they stand as they stood. Done again, and the champion holds against the next.
  const said = async () =>
    (await ask<{ comparisons: { source: string }[] }>(page, 'learning.export', {})).comparisons.map(({ source }) => source)
  await expect.poll(said).toEqual(['crowned'])
  await page.keyboard.press('Control+z')
  await expect(champion).toHaveAccessibleName(`Champion: ${first}`)
  await expect(challenger).toHaveAccessibleName(crowned.replace('Champion', 'Challenger'))
  await expect.poll(said).toEqual([])
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(said).toEqual(['crowned'])
  await expect(champion).toHaveAccessibleName(crowned)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect.poll(said).toEqual(['crowned', 'held'])
  await expect(champion).toHaveAccessibleName(crowned)
  await page.keyboard.press('Escape')
  await expect(champion).toHaveCount(0)
  await expect(page.locator('.loupe')).toBeVisible()
})

test('survey: the stack side by side, decided in place, one taken out', async () => {
  const { page } = dropcard
  await openFirst(page)
  await page.keyboard.press('n')
  const panes = page.getByRole('region', { name: /^\d of \d: / })
  await expect.poll(() => panes.count()).toBeGreaterThan(1)
  const count = await panes.count()
  for (let index = 0; index < count; index += 1) await expect(panes.nth(index).locator('canvas')).toHaveAttribute('data-level', 'sharp')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('p')
  await expect(page.locator('.pane-focused .mark-pick')).toBeVisible()
  await shot(page, 'loupe-5-survey')
  await page.keyboard.press('/')
  await expect(panes).toHaveCount(count - 1)
  await page.keyboard.press('Escape')
  await expect(panes).toHaveCount(0)
})

test('clips: looked through frame by frame, marked with I and O, a suggestion taken, kept in the library', async () => {
  const { page } = dropcard
  await openFirst(page)
  await page.keyboard.press('g')
  await page
    .getByRole('gridcell', { name: /MVI_0011\.MP4/ })
    .first()
    .click()
  await page.keyboard.press('Enter')
  const video = page.locator('.loupe video')
  await expect.poll(() => video.evaluate((one) => (one instanceof HTMLVideoElement ? one.readyState : 0))).toBeGreaterThan(1)
  await expect.poll(() => page.locator('.film').getAttribute('data-drawn').then(Number), { timeout: 30_000 }).toBeGreaterThan(8)
  const at = () => video.evaluate((one) => (one instanceof HTMLVideoElement ? one.currentTime : -1))
  await page.keyboard.press('.')
  await page.keyboard.press('.')
  await expect.poll(at).toBeGreaterThan(0.03)
  await page.keyboard.press('l')
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect.poll(at).toBeGreaterThan(1)
  await page.keyboard.press('k')
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  const inAt = await at()
  await page.keyboard.press('i')
  await expect(page.locator('.band-open')).toBeVisible()
  await page.keyboard.press('l')
  await expect.poll(at).toBeGreaterThan(inAt + 1)
  await page.keyboard.press('k')
  await page.keyboard.press('o')
  await expect(page.getByRole('region', { name: 'Your clip' })).toBeVisible()
  type Detail = { id: string; clips: { by: string; inUs: number; outUs: number; score: number | null }[] }
  const { assets } = await ask<{ assets: { id: string; name: string; kind: string }[] }>(page, 'asset.list', {})
  const own = async () => {
    for (const { id } of assets.filter(({ kind }) => kind === 'clip')) {
      const [first] = (await ask<Detail>(page, 'asset.get', { assetId: id })).clips
      if (first?.by === 'person') return first
    }
    return null
  }
  await expect.poll(own).toMatchObject({ by: 'person', score: null })
  const kept = await own()
  expect(Math.abs((kept?.inUs ?? 0) / 1e6 - inAt)).toBeLessThan(0.1)
  await page.getByRole('slider', { name: 'Out' }).press('Shift+ArrowLeft')
  await expect.poll(async () => (await own())?.outUs ?? 0).not.toBe(kept?.outUs)
  await shot(page, 'loupe-6-clip')
  await page.locator('.loupe').focus()
  await page.keyboard.press('j')
  const back = await at()
  await expect.poll(at).toBeLessThan(back)
  await page.keyboard.press('k')
  const last = await own()
  await page.getByRole('button', { name: 'Take your clip away' }).click()
  await expect(page.getByRole('region', { name: 'Your clip' })).toHaveCount(0)
  await expect.poll(own).toBeNull()
  // One history with picks and stars.
  await page.locator('.loupe').focus()
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('region', { name: 'Your clip' })).toBeVisible()
  await expect.poll(own).toMatchObject({ inUs: last?.inUs, outUs: last?.outUs })
  await page.keyboard.press('Control+Shift+z')
  await expect(page.getByRole('region', { name: 'Your clip' })).toHaveCount(0)
  expect(dropcard.errors).toEqual([])
})
