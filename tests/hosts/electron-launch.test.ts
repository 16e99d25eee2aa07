import { spawn, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cacheFolder } from '../../main/hosts/cache-folder.ts'
import { findElectron } from '../../main/hosts/launch/find-electron.ts'
import { withLock } from '../../main/hosts/launch/lock.ts'
import { fetchShippedRuntime, shippedRuntime, shippedRuntimeFolder } from '../../main/hosts/launch/shipped-runtime.ts'

let folder: string
const env = { ...process.env }
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropcard-launch-'))
})
afterEach(async () => {
  process.env = { ...env }
  await rm(folder, { recursive: true })
})

test('an override is used, or named with the next step when it holds no Electron', async () => {
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = folder
  expect(await findElectron({ fetch: false })).toEqual({
    ok: false,
    because: expect.stringContaining(folder),
    next: expect.stringContaining('unset'),
  })
  const binary = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform as string] ?? 'electron'
  await mkdir(join(folder, binary, '..'), { recursive: true })
  await writeFile(join(folder, binary), '')
  await writeFile(join(folder, 'version'), 'v45.0.0')
  expect(await findElectron({ fetch: false })).toMatchObject({
    ok: true,
    path: join(folder, binary),
    version: '45.0.0',
    origin: 'ELECTRON_OVERRIDE_DIST_PATH',
  })
})

test('a lock of a dead process is taken over, and two holders never overlap', async () => {
  const path = join(folder, 'deep/lock')
  const gone = spawn(process.execPath, ['-e', ''])
  await new Promise((ended) => gone.once('exit', ended))
  await mkdir(join(folder, 'deep'))
  await writeFile(path, String(gone.pid))
  const trace: string[] = []
  const work = (name: string) =>
    withLock(path, async () => {
      trace.push(`${name} in`)
      await new Promise((resume) => setTimeout(resume, 20))
      trace.push(`${name} out`)
    })
  await Promise.all([work('a'), work('b')])
  expect(trace.map((step) => step.split(' ')[1])).toEqual(['in', 'out', 'in', 'out'])
  await expect(withLock(path, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside')
  await writeFile(path, String(process.pid))
  const old = new Date(Date.now() - 3_600_000)
  await utimes(path, old, old)
  expect(await withLock(path, async () => 'taken')).toBe('taken')
})

test('the cache is where it is told to be', () => {
  expect(cacheFolder({ DROPCARD_CACHE: '/c' })).toBe('/c')
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(join('/x', 'dropcard'))
})

test.runIf(process.platform === 'linux')(
  'an archive with other bytes than the pinned ones is refused and leaves nothing behind',
  async () => {
    // a FAKE npm: what a broken or hostile registry would hand over
    const bin = join(folder, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'npm'), '#!/bin/sh\nwhile [ "$1" != --pack-destination ]; do shift; done\necho other > "$2/x.tgz"\n')
    await chmod(join(bin, 'npm'), 0o755)
    delete process.env['npm_execpath']
    process.env['PATH'] = `${bin}:${process.env['PATH']}`
    const cache = join(folder, 'cache')
    await mkdir(join(cache, 'part-left-by-a-crash'), { recursive: true })
    const runtime = await fetchShippedRuntime(() => {}, cache)
    expect(runtime).toEqual({ ok: false, because: expect.stringContaining(shippedRuntime.integrity), next: expect.stringContaining(cache) })
    expect(await readdir(cache)).toEqual([])
    expect(shippedRuntimeFolder(cache).startsWith(cache)).toBe(true)
  },
)

test.runIf(process.platform === 'linux')(
  'npm start says what is wrong with its use, and what a machine without a display can do instead',
  async () => {
    const { DISPLAY: _, WAYLAND_DISPLAY: __, ...blind } = process.env
    const start = (...args: string[]) => {
      const launch = resolve(import.meta.dirname, '../../main/hosts/launch.ts')
      const { status, stdout, stderr } = spawnSync(process.execPath, [launch, ...args], { env: blind, encoding: 'utf8' })
      return { status, stdout, stderr }
    }
    expect(start('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm start') })
    expect(start('--library')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('--library needs a folder') })
    expect(start('card')).toMatchObject({ status: 1, stderr: expect.stringContaining('got "card"') })
    expect(start('--library', folder)).toMatchObject({ status: 3, stderr: expect.stringMatching(/no display[\s\S]*Next: .*npm run demo/) })
  },
)
