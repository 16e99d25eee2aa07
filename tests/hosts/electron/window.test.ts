import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Reply } from '../../../main/contract/reply.ts'
import { createDoor, type Sender, type Shell } from '../../../main/hosts/electron/door.ts'
import { mayOpenOutside } from '../../../main/hosts/electron/outside.ts'
import { libraryArgument, testSwitches } from '../../../main/hosts/electron/switches.ts'
import { firstState, fitToScreens, readWindowState, writeWindowState } from '../../../main/hosts/electron/window-state.ts'

test('a kept window comes back where it was, unless no screen shows its title bar', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-window-'))
  const path = join(folder, 'deep/window.json')
  expect(readWindowState(path)).toEqual(firstState)
  const kept = { x: 2000, y: 50, width: 1400, height: 900, maximized: true }
  writeWindowState(path, kept)
  expect(readWindowState(path)).toEqual(kept)
  await writeFile(path, '{"x": "left"}')
  expect(readWindowState(path)).toEqual(firstState)
  await rm(folder, { recursive: true })

  const left = { x: 0, y: 0, width: 1920, height: 1080 }
  const right = { x: 1920, y: 0, width: 1280, height: 800 }
  expect(fitToScreens(kept, [left, right])).toEqual({ ...kept, width: 1280, height: 800 })
  expect(fitToScreens(kept, [left])).toEqual({ ...kept, x: null, y: null })
  expect(fitToScreens({ ...kept, x: 100, y: -500 }, [left])).toMatchObject({ x: null, y: null })
  expect(fitToScreens({ ...kept, x: -1350, y: 20 }, [left])).toMatchObject({ x: null, y: null })
  expect(fitToScreens({ ...kept, x: -700, y: 20 }, [left])).toMatchObject({ x: -700, y: 20 })
  expect(fitToScreens(kept, [])).toMatchObject({ x: null, y: null, width: 1400 })
})

test('only exact https origins of the list open outside', () => {
  const origins = ['https://example.org']
  const allowed = ['https://example.org/', 'https://example.org/a?b#c', 'https://EXAMPLE.org:443/x']
  const denied = [
    'http://example.org/',
    'https://example.org.evil.test/',
    'https://sub.example.org/',
    'https://example.org:8443/',
    'https://user@example.org/',
    'https://example.org@evil.test/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '',
    'x',
  ]
  expect(allowed.filter((url) => mayOpenOutside(url, origins))).toEqual(allowed)
  expect(denied.filter((url) => mayOpenOutside(url, origins))).toEqual([])
})

test('test switches exist only outside of a package, and the library is read from either form', () => {
  const env = { DROPCARD_TEST_ENGINE: '/fake.ts', DROPCARD_TEST_CHOOSE_FOLDER: '/card' }
  expect(testSwitches(false, env)).toEqual({ engine: '/fake.ts', chooseFolder: '/card', saveTo: null, opened: null, noticed: null })
  expect(testSwitches(true, env)).toEqual({ engine: null, chooseFolder: null, saveTo: null, opened: null, noticed: null })
  const read = (...words: string[]) => libraryArgument(['electron', ...words], '/home')
  expect([read('--library', 'a'), read('--library=/b'), read('--library'), read('--library='), read()]).toEqual([
    resolve('/home/a'),
    '/b',
    null,
    null,
    null,
  ])
})

test('the door answers only our own top frame, and a part that throws becomes a Reply', async () => {
  const said: string[] = []
  const quiet = () => {}
  const log = { info: quiet, warn: (message: string) => said.push(message), error: (message: string) => said.push(message) }
  const broken = () => {
    throw new Error('secret detail')
  }
  const shell: Shell = {
    'shell.chooseFolder': broken,
    'shell.openCatalog': broken,
    'shell.dragOut': broken,
    'shell.showExport': broken,
    'shell.saveText': broken,
    'shell.savePoster': broken,
    'shell.showSaved': broken,
    'shell.showLog': broken,
    'shell.engineState': broken,
  }
  const door = createDoor({ engine: { call: async (name): Promise<Reply<unknown>> => ({ ok: true, value: name }) }, shell, log })
  const ours: Sender = { origin: 'app://dropcard', parent: null }
  expect(await door(ours, 'card.list', undefined)).toEqual({ ok: true, value: 'card.list' })
  const foreign: Sender[] = [
    null,
    { origin: 'app://dropcard', parent: {} },
    { origin: 'https://evil.test', parent: null },
    { origin: 'app://dropcard.evil', parent: null },
  ]
  for (const sender of foreign) expect(await door(sender, 'card.list', {})).toMatchObject({ ok: false, error: { code: 'not-found' } })
  const failed = await door(ours, 'shell.showLog', {})
  expect(failed).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(JSON.stringify(failed)).not.toContain('secret')
  expect(said).toEqual([...Array(4).fill('a call from a frame that is not ours'), 'the door failed'])
})
