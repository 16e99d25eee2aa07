/**
 * Whether the window stays small while somebody culls for a long time, in the real Electron on camera-sized photos (12–24 MP):
 *   node tests/bench/leak.bench.ts [--minutes 20] [--photos 48] [--library FOLDER] [--card FOLDER]
 * One scripted person goes on and on: steps and decides, looks at true size, lays overlays over photos, compares, surveys, goes back to the grid,
 * scrolls it, filters, undoes. The memory of the page's process is sampled every 15 s: its own (RssAnon), decoded pictures and pixels it shares with
 * the compositor (RssShmem), and the program itself (RssFile, one copy for all processes of the app). Goals: all together at most 400 MB, and flat:
 * the slope is a line through the samples after the first fifth. JavaScript's own heap and the page's elements are counted after a collection, and the
 * page's own memory ten seconds after it. What the driver of the window would keep of every answer is turned off (unrecorded.ts).
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from '@playwright/test'
import { composeEngine } from '../../main/hosts/compose.ts'
import { type OpenApp, openApp } from '../e2e/support/app.ts'
import desktop from '../e2e/support/desktop.ts'
import { unrecorded } from '../e2e/support/unrecorded.ts'
import { loupeCard, mostShots } from './loupe-card.ts'
import { machine } from './offload-card.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    photos: { type: 'string', default: '48' },
    card: { type: 'string' },
    library: { type: 'string' },
  },
})
const minutes = Number(values.minutes)
const everyMs = 15_000
const temporary = await mkdtemp(join(tmpdir(), 'dropcard-leak-'))
const library = values.library ?? join(temporary, 'library')
if (!existsSync(join(library, 'dropcard.sqlite'))) {
  const card = await loupeCard(values.card ?? join(temporary, 'card'), Math.min(Number(values.photos), mostShots))
  await using engine = await composeEngine({ libraryDir: library, watchCards: false, work: 'everything' })
  for (const reply of [await engine.call('offload.start', { path: card }), await engine.call('engine.settle', {})])
    if (!reply.ok) throw new Error(reply.error.message)
}

type Sample = { atMs: number; own: number; shared: number; program: number; main: number }

const megabytes = (status: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024

/** Megabytes; on a system without /proc all of it counts as the page's own. */
async function sample({ app }: OpenApp, atMs: number): Promise<Sample> {
  const all = await app.evaluate(({ app }) =>
    app.getAppMetrics().map(({ type, pid, memory }) => ({ type, pid, megabytes: memory.workingSetSize / 1024 })),
  )
  const tab = all.find(({ type }) => type === 'Tab')
  const main = all.find(({ type }) => type === 'Browser')?.megabytes ?? Number.NaN
  if (tab === undefined) throw new Error('expected a process of type Tab')
  const path = `/proc/${tab.pid}/status`
  if (!existsSync(path)) return { atMs, own: tab.megabytes, shared: 0, program: 0, main }
  const status = readFileSync(path, 'utf8')
  return {
    atMs,
    own: megabytes(status, 'RssAnon'),
    shared: megabytes(status, 'RssShmem'),
    program: megabytes(status, 'RssFile'),
    main,
  }
}

const total = ({ own, shared, program }: Sample): number => own + shared + program

/** Least squares: megabytes a minute. */
function slope(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length
  const [x, y] = [samples.map(({ atMs }) => atMs / 60_000), samples.map(value)]
  const [mx, my] = [mean(x), mean(y)]
  const over = x.reduce((sum, one, index) => sum + (one - mx) * ((y[index] ?? my) - my), 0)
  return over / x.reduce((sum, one) => sum + (one - mx) ** 2, 0)
}

async function collected(session: CDPSession): Promise<string> {
  await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN
  return `JavaScript ${(of('JSHeapUsedSize') / 1e6).toFixed(1)} MB, ${of('Nodes')} nodes, ${of('JSEventListeners')} listeners`
}

const rest = (page: Page, ms: number): Promise<void> => page.waitForTimeout(ms)

/** What a person does in a minute or so; `round` keeps it from being the same each time. */
async function round(page: Page, round: number): Promise<number> {
  let steps = 0
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }
  await press('e')
  await page.locator('.loupe').waitFor()
  for (let step = 0; step < 40; step += 1) {
    await press(round % 2 === 0 ? 'ArrowRight' : 'ArrowLeft')
    steps += 1
    await rest(page, 120 + (step % 4) * 60)
    if (step % 3 === 0) await press(['p', 'x', '3', '6', 'u'][(round + step) % 5] ?? 'p')
    if (step % 8 === 5) {
      await press('z')
      await rest(page, 400)
      await press('ArrowRight')
      await rest(page, 400)
      await press('z')
    }
    if (step % 13 === 7) {
      await press('o')
      await rest(page, 300)
      await press('o', 'o', 'o', 'o')
    }
  }
  await press('c')
  await rest(page, 600)
  await press('ArrowRight')
  await rest(page, 400)
  await press('Escape', 'n')
  await rest(page, 600)
  await press('Escape', 'Control+z', 'Control+z', 'g')
  await page.locator('.grid').waitFor()
  await page.evaluate(`new Promise((done) => {
    const grid = document.querySelector('.grid')
    let frame = 0
    const step = () => {
      grid.scrollTop += frame < 90 ? 60 : -60
      frame += 1
      if (frame < 180) requestAnimationFrame(step)
      else done()
    }
    step()
  })`)
  for (const name of ['Picks', 'Rejects', 'All']) {
    await page
      .locator('.cull-tools')
      .getByRole('radio', { name: new RegExp(`^${name}`) })
      .press('Enter')
    await rest(page, 250)
  }
  await page.locator('.grid').focus()
  await press(round % 2 === 0 ? 'End' : 'Home')
  return steps
}

const stop = await desktop()
{
  await using dropcard = await openApp({ library })
  const { page } = dropcard
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByRole('navigation').getByRole('button', { name: 'Cull' }).click()
  await page.getByRole('gridcell').first().waitFor()
  console.log(`machine   ${machine()}`)
  console.log(
    `input     ${await page
      .locator('.cull-tools [role=radio]')
      .first()
      .innerText()
      .then((text) => text.replaceAll(/\D/g, ''))} photos, 12–24 MP, 1280×800, ${minutes} minutes`,
  )
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const start = performance.now()
  const samples: Sample[] = []
  let [steps, rounds, due] = [0, 0, 0]
  let before = ''
  const look = async (): Promise<void> => {
    const atMs = performance.now() - start
    if (atMs < due) return
    due = atMs + everyMs
    const now = await sample(dropcard, atMs)
    samples.push(now)
    console.log(
      `${(atMs / 60_000).toFixed(1).padStart(5)} min  ${Math.round(total(now))} MB: own ${Math.round(now.own)}, shared ${Math.round(now.shared)}, program ${Math.round(now.program)}; main ${Math.round(now.main)} MB; ${steps} steps`,
    )
  }
  const rested = async (): Promise<string> => {
    const heap = await collected(session)
    await rest(page, 10_000)
    return `${heap}, own ${Math.round((await sample(dropcard, 0)).own)} MB`
  }
  const timer = setInterval(() => void look().catch(() => undefined), 5000)
  while (performance.now() - start < minutes * 60_000) {
    await unrecorded(page)
    steps += await round(page, rounds)
    rounds += 1
    if (rounds === 2) before = await rested()
  }
  clearInterval(timer)
  const after = await rested()
  const settled = samples.slice(Math.ceil(samples.length / 5))
  const totals = settled.map(total).toSorted((a, b) => a - b)
  console.log(`steps     ${steps} in ${rounds} rounds`)
  console.log(
    `page      median ${Math.round(totals[Math.floor(totals.length / 2)] ?? Number.NaN)} MB, most ${Math.round(totals.at(-1) ?? Number.NaN)} MB, goal 400`,
  )
  console.log(
    `slope     ${slope(settled, total).toFixed(2)} MB a minute; own ${slope(settled, ({ own }) => own).toFixed(2)}, shared ${slope(settled, ({ shared }) => shared).toFixed(2)}, main process ${slope(settled, ({ main }) => main).toFixed(2)}`,
  )
  console.log(`collected after two rounds: ${before}; at the end: ${after}`)
  console.log(`errors    ${dropcard.errors.length === 0 ? 'none' : dropcard.errors.join(' | ')}`)
}
await stop()
await rm(temporary, { recursive: true, force: true })
