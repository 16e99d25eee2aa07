import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openApp } from './support/app.ts'
import { call, type Door } from './support/call.ts'

/** The app and its engine process: neither takes the other down, neither is left behind. */

test('an engine that is killed comes back, and the page is told', async () => {
  await using dropcard = await openApp({ fake: {} })
  const { page } = dropcard
  await expect.poll(() => call(page, 'shell.engineState', {})).toMatchObject({ ok: true, value: { state: 'ready' } })
  await page.evaluate(() => {
    const global = window as unknown as { dropcard: Door; states: unknown[] }
    global.states = []
    global.dropcard.on('engine.state', (event) => global.states.push(event))
  })
  const first = dropcard.enginePid()
  process.kill(first, 'SIGKILL')
  const states = () => page.evaluate(() => (window as unknown as { states: { state: string }[] }).states.map(({ state }) => state))
  await expect.poll(states).toEqual(['restarting', 'ready'])
  expect(dropcard.enginePid()).not.toBe(first)
  expect(await call(page, 'library.status', {})).toMatchObject({ ok: true })
})

test('three ends within a minute end in a calm stop with the log, and closing leaves no engine behind', async () => {
  await using broken = await openApp({ fake: { die: true } })
  await expect
    .poll(() => call(broken.page, 'shell.engineState', {}))
    .toMatchObject({ ok: true, value: { state: 'stopped', log: expect.stringContaining('dropcard.log') } })
  expect(await call(broken.page, 'library.status', {})).toMatchObject({
    ok: false,
    error: { code: 'unavailable', retryable: true, next: expect.stringContaining('dropcard.log') },
  })
  expect(broken.log()).toContain('the fake engine was told to die')
})

test('a second start shows the first window instead of opening another, and quitting ends the engine', async () => {
  const one = await openApp({ fake: {} })
  const engine = one.enginePid()
  const second = execFileSync(
    process.env['DROPCARD_E2E_ELECTRON'] ?? '',
    [...JSON.parse(process.env['DROPCARD_E2E_ELECTRON_ARGS'] ?? '[]'), 'out/main/index.cjs', `--user-data-dir=${one.userData}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 },
  )
  expect(second).toBeDefined()
  expect(await one.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  await one[Symbol.asyncDispose]()
  expect(alive(engine)).toBe(false)
})

test('with the real engine the first screen shows without an error, and a library it cannot open is named instead', async () => {
  await using real = await openApp()
  await expect.poll(() => call(real.page, 'shell.engineState', {})).toMatchObject({ ok: true, value: { state: 'ready' } })
  expect(await call(real.page, 'library.status', {})).toMatchObject({ ok: true, value: { path: real.library, photos: 0 } })
  await expect(real.page.getByRole('button', { name: 'Try the sample card' })).toBeVisible()
  expect(real.errors).toEqual([])

  const folder = await mkdtemp(join(tmpdir(), 'dropcard-refused-'))
  await writeFile(join(folder, 'library'), 'a file where a folder is expected')
  await using refused = await openApp({ library: join(folder, 'library') })
  await expect
    .poll(() => call(refused.page, 'shell.engineState', {}))
    .toMatchObject({ ok: true, value: { state: 'stopped', because: expect.any(String) } })
  expect(await call(refused.page, 'library.status', {})).toMatchObject({ ok: false, error: { message: expect.any(String) } })
  await rm(folder, { recursive: true })
})

test('an app that is killed leaves no engine behind', async () => {
  const real = await openApp()
  await expect.poll(() => call(real.page, 'shell.engineState', {})).toMatchObject({ ok: true, value: { state: 'ready' } })
  const engine = real.enginePid()
  real.app.process().kill('SIGKILL')
  await expect.poll(() => alive(engine)).toBe(false)
  await real[Symbol.asyncDispose]()
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
