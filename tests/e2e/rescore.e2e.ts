import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, type Page, test } from '@playwright/test'
import { buildCard, fixture, photo, sampleCard } from '../support/card.ts'
import { type OpenApp, openApp } from './support/app.ts'
import { call } from './support/call.ts'

/** A new model scores the whole library anew in the background: what is decided by key meanwhile is drawn, kept, in order, and none of it lost. */

type Asset = { id: string; name: string; kind: string; decision: string }
const read = async <T>(page: Page, name: string, input: unknown): Promise<T> => {
  const reply = await call(page, name, input)
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.value as T
}
const assets = async (page: Page): Promise<Asset[]> => (await read<{ assets: Asset[] }>(page, 'asset.list', {})).assets
const isIdle = async (page: Page): Promise<boolean> => {
  const { jobs } = await read<{ jobs: { queued: number; running: number } }>(page, 'library.status', {})
  return jobs.queued + jobs.running === 0
}

const marks = [
  { key: 'p', decision: 'pick', shown: 'picked' },
  { key: 'x', decision: 'reject', shown: 'rejected' },
  { key: 'u', decision: 'undecided', shown: 'undecided' },
] as const

/** Presses a key on the tile that has the focus; milliseconds until that tile says so, in the frame that is drawn next. */
const pressed = (page: Page, key: string, name: string, shown: string): Promise<number> =>
  page.evaluate(
    ([key, name, shown]) =>
      new Promise<number>((done) => {
        const start = performance.now()
        const target = document.activeElement ?? document.body
        target.dispatchEvent(new KeyboardEvent('keydown', { key, code: `Key${key.toUpperCase()}`, bubbles: true, cancelable: true }))
        const look = (): void => {
          const tile = [...document.querySelectorAll('[role=gridcell] .unseen')].find((one) => one.textContent.startsWith(`${name},`))
          if (tile?.textContent.includes(shown)) requestAnimationFrame(() => done(performance.now() - start))
          else requestAnimationFrame(look)
        }
        look()
      }),
    [key, name, shown] as const,
  )

const share = (times: readonly number[], part: number): string =>
  `${(times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * part)] ?? Number.NaN).toFixed(0)} ms`
const figures = (times: readonly number[]): string =>
  `${times.length} keys, key to drawn p50 ${share(times, 0.5)}, p95 ${share(times, 0.95)}`

/** Frames of the room, in its order, with the grid focused on the first. */
async function frames(page: Page): Promise<string[]> {
  await page.keyboard.press('Control+2')
  const grid = page.getByRole('grid', { name: 'Photos and clips' })
  await grid.waitFor()
  await page.getByRole('radio', { name: 'Frames' }).press('Enter')
  await grid.focus()
  await page.keyboard.press('Home')
  const tiles = grid.getByRole('gridcell')
  await expect.poll(() => tiles.count()).toBeGreaterThan(11)
  return (await tiles.evaluateAll((all) => all.map((one) => one.querySelector('.unseen')?.textContent.split(',')[0] ?? ''))).slice(0, 12)
}

test('decisions by key while the whole library is scored anew are drawn and kept, in order, none lost', async () => {
  test.setTimeout(300_000)
  const temp = await mkdtemp(join(tmpdir(), 'dropcard-rescore-'))
  await using _temp = { [Symbol.asyncDispose]: () => rm(temp, { recursive: true, force: true, maxRetries: 5 }) }
  const [library, userData] = [join(temp, 'library'), join(temp, 'profile')]
  await mkdir(library)
  // Every photo of the sample card under a name of its own, so that a tile is known by it, and a few drawn ones more.
  const shots = readdirSync(join(sampleCard, 'DCIM'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.JPG'))
  const named = (index: number): string => `100TEST/TST_${String(index + 1).padStart(4, '0')}.JPG`
  const card = await buildCard(
    join(temp, 'card'),
    Object.fromEntries([
      ...shots.map((path, index) => [named(index), fixture(path.replaceAll('\\', '/'))] as const),
      ...Array.from({ length: 60 }, (_, index) => {
        const drawn = photo({ seed: index + 1, width: 1200, height: 900, capturedAt: null })
        return [named(shots.length + index), drawn] as const
      }),
    ]),
  )
  let idle: number[] = []
  const said: string[] = []
  /** Decides frame after frame, each time something else, until `over`. */
  const decide = async ({ page }: OpenApp, most: number, over: () => Promise<boolean>): Promise<number[]> => {
    const names = await frames(page)
    const held = new Map((await assets(page)).map(({ name, decision }) => [name, decision]))
    const times: number[] = []
    for (let step = 0; times.length < most && !(await over()); step += 1) {
      const name = names[step % names.length] ?? ''
      if (step % names.length === 0) await page.keyboard.press('Home')
      const mark = marks[(step + Math.floor(step / names.length)) % marks.length]
      if (mark !== undefined && held.get(name) !== mark.decision) {
        times.push(await pressed(page, mark.key, name, mark.shown))
        held.set(name, mark.decision)
        said.push(`${name} ${mark.decision === 'undecided' ? 'back to undecided' : mark.shown}`)
      }
      await page.keyboard.press('ArrowRight')
    }
    return times
  }

  let last = ''
  {
    await using dropcard = await openApp({ library, userData })
    const { page } = dropcard
    await read(page, 'offload.start', { path: card, backups: [], verify: 'destination' })
    await expect.poll(() => isIdle(page), { timeout: 200_000, intervals: [1000] }).toBe(true)
    idle = await decide(dropcard, 40, async () => false)
    const photos = (await assets(page)).filter(({ kind }) => kind === 'photo').map(({ id }) => id)
    last = photos.toSorted().at(-1) ?? ''
    await expect.poll(() => isIdle(page), { timeout: 60_000 }).toBe(true)
  }
  // As if all of it had been scored by the model before this one.
  const db = new DatabaseSync(join(library, 'dropcard.sqlite'))
  db.exec(`update score set model = 'older-0.9'`)
  db.close()

  await using dropcard = await openApp({ library, userData })
  const { page } = dropcard
  const model = async (id: string): Promise<string | null> =>
    (await read<{ model: string | null }>(page, 'asset.get', { assetId: id })).model
  // Photos are scored in the order of their ids.
  const isScored = async (): Promise<boolean> => (await model(last)) !== 'older-0.9'
  const during = await decide(dropcard, 400, isScored)
  console.log(`idle: ${figures(idle)}; while the library is scored anew: ${figures(during)}`)
  expect(during.length).toBeGreaterThan(9)

  await expect.poll(() => isIdle(page), { timeout: 200_000, intervals: [1000] }).toBe(true)
  const history = await read<{ what: string }[]>(page, 'decision.history', { limit: 1000 })
  expect(history.map(({ what }) => what).toReversed()).toEqual(said)
  const stale = await Promise.all((await assets(page)).filter(({ kind }) => kind === 'photo').map(({ id }) => model(id)))
  expect(new Set(stale).size).toBe(1)
  // The window shows what the library holds.
  const held = new Map((await assets(page)).map(({ name, decision }) => [name, marks.find((one) => one.decision === decision)?.shown]))
  await page.keyboard.press('Home')
  const grid = page.getByRole('grid', { name: 'Photos and clips' })
  await expect
    .poll(async () => {
      const tiles = await grid.getByRole('gridcell').evaluateAll((all) => all.map((one) => one.querySelector('.unseen')?.textContent ?? ''))
      return tiles.filter((tile) => !tile.includes(`, ${held.get(tile.split(',')[0] ?? '')}`))
    })
    .toEqual([])
  expect(dropcard.errors).toEqual([])
})
