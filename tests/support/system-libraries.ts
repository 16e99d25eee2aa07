import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * What Electron and Xvfb need from a bare Debian or Ubuntu. Several names for one library: the release that carries it
 * renamed it for 64-bit time (Debian 13, Ubuntu 24.04).
 */
const needed: { names: [string, ...string[]]; present: () => boolean }[] = [
  // a display of one's own is only needed where there is none
  { names: ['xvfb'], present: () => onDisplay() || onPath('Xvfb') },
  { names: ['xauth'], present: () => onDisplay() || onPath('xauth') },
  { names: ['libgtk-3-0t64', 'libgtk-3-0'], present: () => loads('libgtk-3.so.0') },
  { names: ['libnss3'], present: () => loads('libnss3.so') },
  { names: ['libasound2t64', 'libasound2'], present: () => loads('libasound.so.2') },
  { names: ['libgbm1'], present: () => loads('libgbm.so.1') },
  { names: ['libxss1'], present: () => loads('libXss.so.1') },
]

export type SystemLibraries =
  | { ok: true; installed: string[] }
  /** `next` is what a person can type. */
  | { ok: false; missing: string[]; because: string; next: string }

/**
 * Makes sure the desktop window can run: as root on Debian or Ubuntu it installs what is missing, anywhere else it says what is missing.
 * macOS and Windows bring everything.
 */
export function systemLibraries(log: (line: string) => void = () => {}): SystemLibraries {
  if (process.platform !== 'linux') return { ok: true, installed: [] }
  const missing = needed.filter((library) => !library.present())
  if (missing.length === 0) return { ok: true, installed: [] }

  const firstNames = missing.map((library) => library.names.at(-1) ?? library.names[0])
  const refuse = (because: string, next: string): SystemLibraries => ({ ok: false, missing: firstNames, because, next })
  if (!likeDebian()) return refuse('this is not Debian or Ubuntu', 'install the same libraries with the package tool of this system')
  if (process.getuid?.() !== 0) return refuse('only root can install them', `run: sudo apt-get install ${firstNames.join(' ')}`)

  log(`installing system packages for the window: ${firstNames.join(' ')}`)
  const updated = apt(['update'])
  const packages = missing.map((library) => library.names.find(known) ?? library.names[0])
  const installed = apt(['install', '--yes', '--no-install-recommends', ...packages])
  const still = missing.filter((library) => !library.present()).map((library) => library.names.at(-1) ?? library.names[0])
  if (installed === null && still.length === 0) return { ok: true, installed: packages }
  return {
    ok: false,
    missing: still,
    because: `apt-get failed: ${installed ?? updated ?? 'it reported success, but the files are not there'}`,
    next: `check the network and /etc/apt/sources.list, then run: apt-get update && apt-get install ${packages.join(' ')}`,
  }
}

/** null when fine, else the last lines it wrote. */
function apt(args: string[]): string | null {
  const options = ['-o', 'Acquire::Retries=5', '-o', 'DPkg::Lock::Timeout=180', '-o', 'Dpkg::Use-Pty=0', '-q']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'a' }
  let last = 'it did not start'
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const run = spawnSync('apt-get', [...options, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    if (run.status === 0) return null
    last = run.error?.message ?? `${run.stdout}${run.stderr}`.trim().split('\n').slice(-4).join(' | ')
  }
  return last
}

/** Virtual names (a renamed library that still answers to its old name) have no candidate. */
function known(name: string): boolean {
  const policy = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).stdout ?? ''
  return /Candidate: (?!\(none\))\S/.test(policy)
}

function likeDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

const onDisplay = (): boolean => Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => executable(join(folder, name)))
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Asks the loader's own cache; it lives in /sbin, which is not on everyone's PATH. */
function loads(soname: string): boolean {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/sbin:/usr/sbin` }
  const listed = spawnSync('ldconfig', ['-p'], { env, encoding: 'utf8' }).stdout ?? ''
  return listed.includes(`\t${soname} `)
}

if (import.meta.main) {
  const result = systemLibraries((line) => console.error(line))
  if (result.ok) console.error(result.installed.length === 0 ? 'system libraries: all there' : `installed: ${result.installed.join(' ')}`)
  else {
    console.error(`The desktop window cannot run here: missing ${result.missing.join(', ')} (${result.because}).\nNext: ${result.next}`)
    process.exitCode = 3
  }
}
