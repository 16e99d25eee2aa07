/**
 * How fast the large view is, in the real Electron, on camera-sized photos (12–24 MP):
 *   node tests/bench/loupe.bench.ts [--steps 300] [--photos 64] [--card FOLDER] [--library FOLDER] [--scoring]
 * Prints key down → next photo painted whole, true size after Z (rested, and right after a step), a held arrow, memory of the page, and the
 * reference of the same machine: a bare `<img>` that decodes and paints the same previews. `--scoring`: while the library is analysed.
 * Goals: step p50 ≤ 30 ms, p95 ≤ 50 ms; true size p95 ≤ 150 ms; a held arrow never shows another photo than it names.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from '@playwright/test'
import type { AssetId } from '../../main/contract/ids.ts'
import { mediaUrl } from '../../main/contract/media-url.ts'
import { composeEngine } from '../../main/hosts/compose.ts'
import { openApp } from '../e2e/support/app.ts'
import { call } from '../e2e/support/call.ts'
import desktop from '../e2e/support/desktop.ts'
import { unrecorded } from '../e2e/support/unrecorded.ts'
import { loupeCard, mostShots } from './loupe-card.ts'

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '300' },
    photos: { type: 'string', default: '64' },
    card: { type: 'string' },
    library: { type: 'string' },
    scoring: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
})
const steps = Number(values.steps)
const photos = Math.min(Number(values.photos), mostShots)
const temporary = await mkdtemp(join(tmpdir(), 'dropcard-loupe-'))

const library = values.library ?? join(temporary, 'library')
if (!existsSync(join(library, 'dropcard.sqlite'))) {
  const card = await loupeCard(values.card ?? join(temporary, 'card'), photos)
  await offload(card, library, values.scoring ? 'offload' : 'everything')
}

const stop = await desktop()
{
  await using dropcard = await openApp({ library })
  const { page, app } = dropcard
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByRole('navigation').getByRole('button', { name: 'Cull' }).click()
  await page.getByRole('gridcell').first().waitFor()
  if (values.scoring) await page.locator('[role=gridcell] canvas[data-drawn]').nth(5).waitFor({ timeout: 120_000 })
  await page.keyboard.press('Home')
  await page.keyboard.press('e')
  await page.locator('.loupe canvas[data-level=sharp]').waitFor()
  await unrecorded(page)

  const versions = await app.evaluate(() => ({ ...process.versions }))
  console.log(`machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, Electron ${versions['electron']}`)
  console.log(
    `input: ${await page
      .locator('.loupe-head')
      .innerText()
      .then((text) => / \/ ([\d,]+)/.exec(text)?.[1] ?? '?')} photos, 12–24 MP, 1280×800 window`,
  )

  page.setDefaultTimeout(20_000)
  await watch(page)
  if (values.profile) await profile(page, async () => void (await step(page, 60)))
  await step(page, 20)
  const reference = await bareImages(page)
  const stepped = await step(page, steps)
  report('step: key down → photo painted whole', stepped, reference)
  console.log(`  another photo, or an empty stage, was on screen under its name: ${stepped.wrong} of ${stepped.ms.length}`)
  if (values.scoring) {
    const status = await call(page, 'library.status', {})
    console.log(`  still to analyse after these steps: ${status.ok ? JSON.stringify((status.value as { jobs: unknown }).jobs) : 'unknown'}`)
  }
  report('true size: Z → sharp, after a rest', await zoomIn(page, 40, 900), reference)
  report('true size: Z → sharp, right after a step', await zoomIn(page, 40, 0), reference)
  report('step at true size: key down → sharp', await zoomedSteps(page, 60), reference)
  // before the next check, which reads the canvas back after every frame
  const memory = await app.evaluate(({ app }) =>
    app.getAppMetrics().map(({ type, memory }) => ({ type, mb: Math.round(memory.workingSetSize / 1024) })),
  )
  console.log(`memory: ${memory.map(({ type, mb }) => `${type} ${mb} MB`).join(', ')}`)
  const held = await hold(page, 6000)
  console.log(`held arrow: ${held.shown} photos in 6 s, ${held.wrong} frames under another photo's name, ${held.grey} empty`)
  if (dropcard.errors.length > 0) console.log(`errors on the page: ${dropcard.errors.join(' | ')}`)
}
await stop()
await rm(temporary, { recursive: true, force: true })

async function offload(card: string, libraryDir: string, work: 'everything' | 'offload'): Promise<void> {
  await using engine = await composeEngine({ libraryDir, watchCards: false, work })
  const reply = await engine.call('offload.start', { path: card })
  if (!reply.ok) throw new Error(reply.error.message)
  const settled = await engine.call('engine.settle', {})
  if (!settled.ok) throw new Error(settled.error.message)
}

type Timed = { ms: number[]; wrong: number }

type Tools = {
  /** The number drawn on the photo that is on the canvas; null when it is empty. */
  read(): number | null
  /** The number of the photo that is named. */
  named(): number
  /** From the next key press until the photo it leads to (or, staying, its true size) is sharp on the canvas and the frame is over. */
  arm(isStep: boolean): void
  timed: Promise<{ ms: number; wrong: boolean }>
}

/** Puts our own clock on the page: from the key event's own time to the first task after the frame that shows the photo. */
async function watch(page: Page): Promise<void> {
  await page.evaluate((squares) => {
    const canvasNow = () => document.querySelector<HTMLCanvasElement>('.loupe canvas')
    const tools: Tools = {
      read: () => {
        const canvas = canvasNow()
        const context = canvas?.getContext('2d')
        if (canvas === null || context === null || context === undefined) return null
        const { width, height } = canvas
        const column = context.getImageData(Math.floor(width / 2), 0, 1, height).data
        const isSolid = (alpha: number | undefined): boolean => (alpha ?? 0) > 200
        let y = 0
        while (y < height && !isSolid(column[y * 4 + 3])) y += 1
        if (y + 3 >= height) return null
        const row = context.getImageData(0, y + 3, width, 1).data
        let left = 0
        while (left < width && !isSolid(row[left * 4 + 3])) left += 1
        let right = width - 1
        while (right > left && !isSolid(row[right * 4 + 3])) right -= 1
        if (right <= left) return null
        let code = 0
        for (let bit = 0; bit < squares; bit += 1) {
          const x = Math.round(left + ((bit + 0.5) * (right - left)) / squares)
          if ((row[x * 4] ?? 0) > 128) code |= 1 << bit
        }
        return code
      },
      named: () => Number(/IMG_(\d+)/.exec(document.querySelector('.loupe-head h1')?.textContent ?? '')?.[1] ?? -1) - 1,
      arm: (isStep) => {
        const before = canvasNow()?.dataset['shown']
        tools.timed = new Promise((resolve) => {
          const onKey = (event: KeyboardEvent): void => {
            const look = (): void => {
              const canvas = canvasNow()
              const isThere = canvas?.dataset['level'] === 'sharp' && (!isStep || canvas.dataset['shown'] !== before)
              if (!isThere) {
                requestAnimationFrame(look)
                return
              }
              const channel = new MessageChannel()
              channel.port1.onmessage = () => {
                const ms = performance.now() - event.timeStamp
                resolve({ ms, wrong: isStep && tools.read() !== tools.named() })
              }
              channel.port2.postMessage(null)
            }
            requestAnimationFrame(look)
          }
          window.addEventListener('keydown', onKey, { once: true, capture: true })
        })
      },
      timed: Promise.resolve({ ms: 0, wrong: false }),
    }
    Object.assign(window, { tools })
  }, 8)
}

/** Presses a key and returns what the page's clock says about it. */
async function press(page: Page, key: string, isStep: boolean): Promise<{ ms: number; wrong: boolean }> {
  await page.evaluate((isStep) => (window as unknown as { tools: Tools }).tools.arm(isStep), isStep)
  await page.keyboard.press(key)
  return page.evaluate(() => (window as unknown as { tools: Tools }).tools.timed)
}

/** To the first photo, whole. */
async function home(page: Page): Promise<void> {
  await page.keyboard.press('Home')
  await page.waitForTimeout(300)
  await page.locator('.loupe canvas[data-level=sharp]').waitFor()
}

async function step(page: Page, count: number): Promise<Timed> {
  const timed: Timed = { ms: [], wrong: 0 }
  await home(page)
  for (let index = 0; index < count; index += 1) {
    const key = Math.floor(index / (photos - 4)) % 2 === 0 ? 'ArrowRight' : 'ArrowLeft'
    const { ms, wrong } = await press(page, key, true)
    timed.ms.push(ms)
    if (wrong) timed.wrong += 1
    await page.waitForTimeout(40 + (index % 5) * 30)
  }
  return timed
}

/** Z until the canvas says that it is sharp at true size; then back. */
async function zoomIn(page: Page, count: number, restMs: number): Promise<Timed> {
  const timed: Timed = { ms: [], wrong: 0 }
  await home(page)
  for (let index = 0; index < count; index += 1) {
    await page.keyboard.press(index < count / 2 ? 'ArrowRight' : 'ArrowLeft')
    await page.locator('.loupe canvas[data-level=sharp]').waitFor()
    await page.waitForTimeout(restMs)
    timed.ms.push((await press(page, 'z', false)).ms)
    await page.keyboard.press('z')
    await page.waitForTimeout(50)
  }
  return timed
}

async function zoomedSteps(page: Page, count: number): Promise<Timed> {
  await home(page)
  await page.keyboard.press('z')
  await page.waitForTimeout(1500)
  const timed: Timed = { ms: [], wrong: 0 }
  for (let index = 0; index < count; index += 1) {
    timed.ms.push((await press(page, index < count / 2 ? 'ArrowRight' : 'ArrowLeft', true)).ms)
    await page.waitForTimeout(500)
  }
  await page.keyboard.press('z')
  return timed
}

/** Holds the right arrow as a keyboard does (repeats every 33 ms) and compares picture and name after every frame. */
async function hold(page: Page, forMs: number): Promise<{ shown: number; wrong: number; grey: number }> {
  await home(page)
  await page.evaluate(() => {
    const { tools } = window as unknown as { tools: Tools }
    const seen = { shown: new Set<number>(), wrong: 0, grey: 0, over: false }
    Object.assign(window, { seen })
    const look = (): void => {
      const code = tools.read()
      if (code === null) seen.grey += 1
      else {
        seen.shown.add(code)
        if (code !== tools.named()) seen.wrong += 1
      }
      if (!seen.over) requestAnimationFrame(() => setTimeout(look, 0))
    }
    look()
  })
  const until = performance.now() + forMs
  while (performance.now() < until) {
    await page.keyboard.down('ArrowRight')
    await page.waitForTimeout(30)
  }
  await page.keyboard.up('ArrowRight')
  return page.evaluate(() => {
    const { seen } = window as unknown as { seen: { shown: Set<number>; wrong: number; grey: number; over: boolean } }
    seen.over = true
    return { shown: seen.shown.size, wrong: seen.wrong, grey: seen.grey }
  })
}

/** What this machine needs to fetch, decode and paint the same previews in an `<img>` of the same size, nothing ahead, nothing else on the page's mind. */
async function bareImages(page: Page): Promise<number> {
  const list = await call(page, 'asset.list', { limit: 25 })
  const { assets } = list.ok ? (list.value as { assets: { id: AssetId }[] }) : { assets: [] }
  const ms = await page.evaluate(
    async (sources) => {
      const box = document.createElement('div')
      box.style.cssText = 'position:fixed;inset:60px 300px 150px 0;z-index:99;background:#000'
      document.body.append(box)
      const all: number[] = []
      for (const source of sources) {
        const start = performance.now()
        const image = new Image()
        image.style.cssText = 'width:100%;height:100%;object-fit:contain'
        image.decoding = 'sync'
        image.src = source
        await new Promise((done) => {
          image.onload = done
          image.onerror = done
        })
        box.replaceChildren(image)
        await new Promise<void>((done) => {
          requestAnimationFrame(() => {
            const channel = new MessageChannel()
            channel.port1.onmessage = () => done()
            channel.port2.postMessage(null)
          })
        })
        all.push(performance.now() - start)
      }
      box.remove()
      return all
    },
    assets.map(({ id }) => mediaUrl(id, 'preview')),
  )
  console.log(`reference: a bare <img> of the same previews, fetch + decode + paint: ${spread(ms)} (${ms.length})`)
  return percentile(ms, 0.5)
}

function report(what: string, { ms }: Timed, reference: number): void {
  console.log(`${what}: ${spread(ms)} · ${(percentile(ms, 0.5) / reference).toFixed(2)} of the reference (${ms.length})`)
}
function spread(ms: number[]): string {
  return `p50 ${percentile(ms, 0.5).toFixed(1)} ms, p95 ${percentile(ms, 0.95).toFixed(1)} ms, worst ${Math.max(...ms).toFixed(0)} ms`
}
function percentile(ms: number[], share: number): number {
  const sorted = ms.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Where the page's own time goes: the functions of its main thread with the most time of their own. */
async function profile(page: Page, act: () => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Profiler.enable')
  await session.send('Profiler.start')
  await act()
  const { profile } = await session.send('Profiler.stop')
  const byNode = new Map(profile.nodes.map((node) => [node.id, node]))
  const own = new Map<string, number>()
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const frame = byNode.get(id)?.callFrame
    const name = `${frame?.functionName || '(anonymous)'} ${frame?.url.split('/').at(-1) ?? ''}:${frame?.lineNumber ?? ''}`
    own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas?.[index] ?? 0))
  }
  for (const [name, us] of [...own].toSorted(([, a], [, b]) => b - a).slice(0, 25))
    console.log(`  ${(us / 1000).toFixed(0).padStart(6)} ms  ${name}`)
}
