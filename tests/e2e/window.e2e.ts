import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type OpenApp, openApp } from './support/app.ts'
import { call } from './support/call.ts'

/** The window's borders, with the FAKE engine behind them: everything before the engine is real. */

const photo = 'a'.repeat(64)
let dropcard: OpenApp

test.beforeAll(async () => {
  dropcard = await openApp({ chooseFolder: '/a/card', fake: {} })
})
test.afterAll(() => dropcard[Symbol.asyncDispose]())

test('the page is a sandboxed page of our own scheme, without Node and without inline code', async () => {
  const { page, app } = dropcard
  const seen = await page.evaluate(async () => {
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.effectiveDirective} ${event.blockedURI}`))
    const inline = document.createElement('script')
    inline.textContent = 'window.inlineRan = true'
    document.body.append(inline)
    const style = document.createElement('style')
    style.textContent = 'body { outline: 3px solid rgb(1, 2, 3) }'
    document.head.append(style)
    const fetched = await fetch('https://example.com/').then(
      () => 'answered',
      () => 'failed',
    )
    const file = await fetch('file:///etc/hostname').then(
      () => 'answered',
      () => 'failed',
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    // only now: in its first turn, what the test driver evaluates is exempt from the policy
    let evaluated = 'ran'
    try {
      // biome-ignore lint/security/noGlobalEval: that it cannot run is what is tested
      globalThis.eval('1')
    } catch (error) {
      evaluated = error instanceof Error ? error.name : 'threw'
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    style.remove()
    const global = globalThis as unknown as Record<string, unknown>
    return {
      origin: location.origin,
      node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => global[name] !== undefined),
      bridge: Object.keys((global['dropcard'] ?? {}) as object).sort(),
      inlineRan: global['inlineRan'],
      outline: getComputedStyle(document.body).outlineColor,
      evaluated,
      fetched,
      file,
      directives: [...new Set(violations.map((text) => text.split(' ')[0]))].sort(),
    }
  })
  expect(seen).toEqual({
    origin: 'app://dropcard',
    node: [],
    bridge: ['call', 'on'],
    inlineRan: undefined,
    outline: expect.not.stringContaining('1, 2, 3'),
    evaluated: 'EvalError',
    fetched: 'failed',
    file: 'failed',
    directives: ['connect-src', 'script-src', 'script-src-elem', 'style-src-elem'],
  })
  const preferences = await app.evaluate(({ webContents }) => {
    // not in the type declarations, and the only place that tells what Electron really applied
    const contents = webContents.getAllWebContents()[0] as unknown as { getLastWebPreferences(): Record<string, unknown> }
    const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } = contents.getLastWebPreferences()
    return { sandbox, contextIsolation, nodeIntegration, webviewTag: webviewTag ?? false, webSecurity }
  })
  expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, webSecurity: true })
})

test('it cannot navigate, open windows, embed pages or get permissions', async () => {
  const { page, app } = dropcard
  const before = page.url()
  for (const url of [
    'https://example.com/',
    'file:///etc/hostname',
    `media://asset/${photo}/original`,
    'app://dropcard/other.html',
    'data:text/html,hi',
  ]) {
    await page.evaluate((url) => {
      location.href = url
    }, url)
    await page.waitForTimeout(100)
    expect(page.url()).toBe(before)
  }
  const seen = await page.evaluate(async () => {
    const framed = document.createElement('iframe')
    framed.src = 'app://dropcard/index.html'
    document.body.append(framed)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const inside = framed.contentDocument?.querySelector('#root') ?? null
    framed.remove()
    return {
      inside,
      opened: window.open('https://example.com/'),
      ours: window.open('app://dropcard/'),
      notifications: await Notification.requestPermission(),
      clipboard: await navigator.clipboard.readText().then(
        () => 'granted',
        (error: unknown) => (error instanceof Error ? error.name : 'refused'),
      ),
      place: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          (error) => resolve(error.code),
        ),
      ),
    }
  })
  expect(seen).toEqual({ inside: null, opened: null, ours: null, notifications: 'denied', clipboard: 'NotAllowedError', place: 1 })
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  expect(dropcard.opened()).toEqual([])
})

test('the page cannot be read from outside of its folder', async () => {
  const paths = [
    '/index.html',
    '/../main/index.cjs',
    '/%2e%2e/main/index.cjs',
    '/..%2fmain%2findex.cjs',
    '/%00',
    '/%',
    '/nothing.js',
    '/assets',
  ]
  const statuses = await dropcard.page.evaluate(
    (paths) => Promise.all(paths.map(async (path) => (await fetch(`app://dropcard${path}`)).status)),
    paths,
  )
  expect(statuses).toEqual([200, 404, 404, 404, 404, 404, 404, 404])
})

test('the door answers every call with a Reply, and lets through only what the window may ask', async () => {
  const { page } = dropcard
  const refused = (code: string) => ({ ok: false, error: expect.objectContaining({ code, message: expect.any(String) }) })
  expect(await call(page, 'library.status', {})).toEqual({
    ok: true,
    value: expect.objectContaining({ path: dropcard.library, photos: 0 }),
  })
  expect(await call(page, 'library.status')).toMatchObject({ ok: true })
  for (const name of [
    'no.such',
    'toString',
    '__proto__',
    'constructor',
    '',
    'media.resolve',
    'engine.settle',
    'score.files',
    'shots.find',
  ]) {
    expect(await call(page, name, {}), name).toEqual(refused('not-found'))
  }
  expect(await call(page, 42, {})).toEqual(refused('invalid-input'))
  expect(await call(page, 'decision.set', { sets: [{ assetIds: [photo, 'not an id'], decision: 'pick' }] })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', issues: [{ path: 'sets.0.assetIds.1', message: 'expected 64 hex digits' }] },
  })
  expect(await call(page, 'library.status', { extra: 1 })).toEqual(refused('invalid-input'))
  expect(await call(page, 'shell.chooseFolder', {})).toEqual({ ok: true, value: { path: '/a/card' } })
  expect(await call(page, 'shell.openCatalog', { catalog: 'local' })).toEqual(refused('not-found'))
  await writeFile(join(dropcard.library, 'page.html'), '<!doctype html>')
  const opened = join(dropcard.library, 'page.html')
  expect(await call(page, 'shell.openCatalog', { catalog: 'local' })).toEqual({ ok: true, value: { opened } })
  expect(dropcard.opened()).toEqual([opened])
  expect(await call(page, 'shell.engineState', {})).toMatchObject({ ok: true, value: { state: 'ready' } })
})
