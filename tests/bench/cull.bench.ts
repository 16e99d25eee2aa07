/**
 * The culling room in the real window, on a library of 10,000 photos made for it (see cull-library.ts):
 *   node tests/bench/cull.bench.ts [LIBRARY] [COUNT]
 * LIBRARY: a folder to build it in, or one that was built before (default: a temporary one). References are measured in the same run: an idle frame of
 * the same window, a durable commit of one row on the same disk, and the same window opened on an empty library.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from '@playwright/test'
import { type OpenApp, openApp } from '../e2e/support/app.ts'
import desktop from '../e2e/support/desktop.ts'
import { unrecorded } from '../e2e/support/unrecorded.ts'
import { buildLibrary } from './cull-library.ts'

const [given, asked] = process.argv.slice(2)
const count = Number(asked ?? 10_000)
const dir = await mkdtemp(join(tmpdir(), 'dropcard-bench-'))
const library = given ?? join(dir, 'library')
const say = (line: string): void => console.log(line)
const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
const ms = (values: readonly number[]): string =>
  `p50 ${at(values, 0.5).toFixed(1)} ms, p95 ${at(values, 0.95).toFixed(1)} ms, worst ${Math.max(...values).toFixed(1)} ms`

say(
  `machine: ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, load ${loadavg()
    .map((n) => n.toFixed(1))
    .join(' ')}`,
)
await buildLibrary(library, count)
say(`input: ${count} photos, pictures of the sample card under many names`)
const stop = await desktop()

// What runs in the page is text: this program has no page of its own.

/** Milliseconds from the call until the change was drawn. */
const drawn = (page: Page, act: string): Promise<number> =>
  page.evaluate<number>(`new Promise((done) => {
    const start = performance.now();
    ${act}
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)))
  })`)
const press = (key: string, control = false): string =>
  `(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', code: '${
    key.length === 1 ? `Key${key.toUpperCase()}` : key
  }', ctrlKey: ${control}, bubbles: true, cancelable: true }));`
const choose = (name: string): string =>
  `[...document.querySelectorAll('.cull-tools [role=radio]')].find((one) => one.textContent.startsWith('${name}')).click();`
/** Tiles in view whose picture is not drawn. */
const blanks = (page: Page): Promise<number> =>
  page.evaluate<number>(`(() => {
    const box = document.querySelector('.grid').getBoundingClientRect()
    return [...document.querySelectorAll('.tile')].filter((tile) => {
      const { top, bottom } = tile.getBoundingClientRect()
      const image = tile.querySelector('canvas')
      return bottom > box.top && top < box.bottom && image !== null && image.dataset.drawn === undefined
    }).length
  })()`)
/** Milliseconds since the page began when every tile in view has its picture. */
const usable = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((done) => {
    const look = () => {
      const bottom = document.querySelector('.grid')?.getBoundingClientRect().bottom ?? 0
      const images = [...document.querySelectorAll('.grid .tile canvas')].filter((one) => one.getBoundingClientRect().top < bottom)
      if (images.length > 8 && images.every((image) => image.dataset.drawn !== undefined)) done(performance.now())
      else requestAnimationFrame(look)
    }
    look()
  })`)
/** What the window begins with next. It writes what changed last when it goes: so only once it has nothing more to write. */
const keep = async (page: Page, part: Record<string, unknown>): Promise<void> => {
  await page.waitForTimeout(600)
  await page.evaluate<void>(
    `localStorage.setItem('dropcard.window', JSON.stringify({ ...JSON.parse(localStorage.getItem('dropcard.window') ?? '{}'), ...${JSON.stringify(part)} }))`,
  )
}
/** Times of the frames drawn while the grid scrolls. */
const frames = (page: Page, pixels: number, milliseconds: number, where = '.grid'): Promise<number[]> =>
  page.evaluate<number[]>(`new Promise((done) => {
    const grid = document.querySelector('${where}')
    const times = []
    const start = performance.now()
    let last = start
    const step = (now) => {
      times.push(now - last)
      last = now
      grid.scrollTop += ${pixels}
      if (now - start < ${milliseconds}) requestAnimationFrame(step)
      else done(times.slice(2))
    }
    requestAnimationFrame(step)
  })`)
/** Milliseconds from the key until the engine announced what it wrote. */
const inLibrary = (page: Page, key: string, control = false): Promise<number> =>
  page.evaluate<number>(`new Promise((done) => {
    const start = performance.now()
    const end = window.dropcard.on('assets.changed', () => {
      end()
      done(performance.now() - start)
    });
    ${press(key, control)}
  })`)
/** Frames of plain boxes that scroll in the same window: what this machine can do at all, right now. */
async function plainFrames(page: Page, pixels: number): Promise<number[]> {
  await page.evaluate(`(() => {
    const plain = document.createElement('div')
    plain.id = 'plain'
    plain.style.cssText = 'position: fixed; inset: 96px 0 60px; overflow: auto; z-index: 9; background: #888'
    for (let index = 0; index < 4000; index += 1) {
      const box = document.createElement('div')
      box.style.cssText = 'display: inline-block; width: 18%; height: 190px; margin: 1%; background: hsl(' + index + ' 40% 60%)'
      plain.append(box)
    }
    document.body.append(plain)
  })()`)
  const times = await frames(page, pixels, 3000, '#plain')
  await page.evaluate(`document.querySelector('#plain').remove()`)
  return times
}
/** What the page's process holds; pictures that were drawn once lie in memory that Chromium gives back when another program needs it. */
const megabytes = async ({ app }: OpenApp): Promise<string> => {
  const all = await app.evaluate(({ app }) =>
    app.getAppMetrics().map(({ type, pid, memory }) => ({ type, pid, kilobytes: memory.workingSetSize })),
  )
  return all
    .filter(({ type }) => type === 'Tab')
    .map(({ pid, kilobytes }) => {
      const own = existsSync(`/proc/${pid}/status`) ? /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] : undefined
      return `${Math.round(kilobytes / 1024)} MB${own === undefined ? '' : `, ${Math.round(Number(own) / 1024)} MB of it its own, the rest shared (decoded pictures, program)`}`
    })
    .join(' ')
}

const commit = ((): number[] => {
  const db = new DatabaseSync(join(dir, 'reference.sqlite'))
  db.exec('pragma journal_mode = wal; pragma synchronous = full; create table t (a)')
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now()
    db.exec('insert into t values (1)')
    return performance.now() - start
  })
  db.close()
  return times
})()

const userData = join(dir, 'profile')
{
  const start = performance.now()
  await using empty = await openApp({ userData })
  await empty.page.getByRole('button', { name: 'Choose a folder' }).waitFor()
  say(`reference: window on an empty library ${Math.round(performance.now() - start)} ms from start; durable commit ${ms(commit)}`)
  await keep(empty.page, { screen: 'cull' })
}
{
  const start = performance.now()
  await using dropcard = await openApp({ userData, library })
  const { page } = dropcard
  const seen = await usable(page)
  say(`open: usable grid ${Math.round(performance.now() - start)} ms from start, ${Math.round(seen)} ms from the page's own start`)
  await page.locator('.cull-tools').getByText(count.toLocaleString('en'), { exact: true }).first().waitFor()
  say(`open: all ${count} there ${Math.round(await page.evaluate<number>('performance.now()'))} ms from the page's own start`)
  await page.waitForTimeout(1500)
  await unrecorded(page)
  say(`reference: idle frame ${ms(await frames(page, 0, 2000))}`)
  const opening: number[] = []
  for (let round = 0; round < 3; round += 1) {
    await page.reload()
    opening.push(await usable(page))
  }
  say(`open again: ${ms(opening)} from the page's own start`)
  await page.waitForTimeout(1500)
  await unrecorded(page)
  for (const [name, pixels] of [
    ['slow', 12],
    ['fast', 90],
    ['flung', 400],
  ] as const) {
    const plain = await plainFrames(page, pixels)
    const times = await frames(page, pixels, 4000)
    await page.waitForTimeout(100)
    const blank = await blanks(page)
    say(
      `scroll, ${name} (${pixels} px a frame): frame ${ms(times)}; reference, plain boxes: ${ms(plain)}; blank tiles after 100 ms of rest: ${blank}`,
    )
    if (pixels === 400) await page.evaluate(`document.querySelector('.grid').scrollTo(0, 0)`)
  }
  say(`memory: renderer ${await megabytes(dropcard)}`)
  await page.locator('.grid').focus()
  const steps: number[] = []
  for (let step = 0; step < 60; step += 1) steps.push(await drawn(page, press('ArrowRight')))
  say(`step: drawn ${ms(steps)}`)
  const decided: number[] = []
  for (let step = 0; step < 30; step += 1) {
    decided.push(await drawn(page, press('p')))
    await page.keyboard.press('ArrowRight')
  }
  say(`decision on one: drawn ${ms(decided)}`)
  const filtered: number[] = []
  for (const name of ['Undecided', 'Picks', 'All', 'Rejects', 'All', 'Undecided', 'All']) {
    filtered.push(await drawn(page, choose(name)))
    await page.waitForTimeout(300)
  }
  say(`filter: drawn ${ms(filtered)}`)
  const sorted: number[] = []
  for (const by of ['score', 'name', 'added', 'time']) {
    await keep(page, { sort: { by, down: false } })
    await page.reload()
    await usable(page)
    await page.waitForTimeout(1500)
    await unrecorded(page)
    sorted.push(await drawn(page, choose('Undecided')), await drawn(page, choose('All')))
  }
  say(`filter while sorted by score, name, day, time: drawn ${ms(sorted)}`)

  await keep(page, { filter: { offloads: ['offload-0'] }, current: null })
  await page.reload()
  await usable(page)
  // All of this card, not only its first page.
  await page.locator('.cull-tools').getByText('1,000', { exact: true }).first().waitFor()
  await page.waitForTimeout(1500)
  await unrecorded(page)
  await page.locator('.grid').focus()
  await page.keyboard.press('Control+a')
  const chosen = await page.locator('.actions-about').textContent()
  const [batch, saved, undone]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < 5; round += 1) {
    batch.push(await drawn(page, press('p')))
    await page.waitForTimeout(1000)
    undone.push(await inLibrary(page, 'z', true))
    await page.waitForTimeout(1000)
    await page.keyboard.press('Control+a')
    saved.push(await inLibrary(page, 'x'))
    await page.waitForTimeout(1000)
    await inLibrary(page, 'z', true)
    await page.waitForTimeout(1000)
    await page.keyboard.press('Control+a')
  }
  say(`batch (${chosen}): drawn ${ms(batch)}; in the library ${ms(saved)}; undo in the library ${ms(undone)}`)
  say(`memory: renderer ${await megabytes(dropcard)}; errors: ${dropcard.errors.length === 0 ? 'none' : dropcard.errors.join(' | ')}`)
}
await stop()
await rm(dir, { recursive: true, force: true })
