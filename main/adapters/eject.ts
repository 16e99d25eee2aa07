import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { platform } from 'node:os'
import { dirname, resolve } from 'node:path'
import { type Mount, mountTable } from './volumes/mounts.ts'

export type Ejected = { ejected: boolean; because: string | null }

const withinMs = 20_000
const refused = (because: string): Ejected => ({ ejected: false, because })
const noMount = refused('it is a folder, not a card or disk that can be taken out')
const busy = 'a program still uses it; close its windows and folders and try again'
const forbidden = 'the system does not allow this account to eject it; use the file manager'
const late = 'it did not answer within 20 seconds; something may still be written to it'
/** Ejecting one of these would take the ground from under the system. */
const grounds =
  /^\/($|(boot|home|usr|var|etc|tmp|opt|root|srv|run|dev|proc|sys|System|Users|Library|Applications)(\/?$)|boot\/|dev\/|proc\/|sys\/|System\/)/

/** Asks the system to let a volume go, in plain words if it will not. Never forces it; what is not a mount point is refused. Ends within 20 s. */
export async function eject(path: string): Promise<Ejected> {
  const asking = { macos: ejectMac, windows: ejectWindows, linux: ejectLinux }[system()](path)
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<Ejected>((settle) => {
    timer = setTimeout(() => settle(refused(late)), withinMs)
  })
  const ended = await Promise.race([asking.catch(() => refused('the system gave no reason')), tooLate])
  clearTimeout(timer)
  return ended
}

const system = (): 'macos' | 'windows' | 'linux' => (platform() === 'darwin' ? 'macos' : platform() === 'win32' ? 'windows' : 'linux')

/**
 * The desktop's disk service first, since it needs no rights; then its session; then plain `umount`. The mount table says whether it worked, not an
 * exit code. The reader keeps its power: turning it off would take the card in its other slot away too, and built-in ones stay off.
 */
async function ejectLinux(asked: string): Promise<Ejected> {
  const path = resolve(asked)
  if (grounds.test(path)) return refused('the system itself runs from it')
  const before = await mountsAt(path)
  const mount = before.at(-1)
  if (mount === undefined) return noMount
  const ways: [string, string[]][] = [
    ...(mount.source.startsWith('/dev/')
      ? [['udisksctl', ['unmount', '--no-user-interaction', '-b', mount.source]] as [string, string[]]]
      : []),
    ['gio', ['mount', '-e', path]],
    ['umount', [path]],
    ...(mount.type.startsWith('fuse') ? [['fusermount', ['-u', path]] as [string, string[]]] : []),
  ]
  let because: string | null = null
  for (const [program, args] of ways) {
    const { told, missing } = await run(program, args)
    if ((await mountsAt(path)).length < before.length) return { ejected: true, because: null }
    if (missing) continue
    const words = reason(told)
    if (words === busy) return refused(busy)
    because = words ?? because
  }
  return refused(because ?? 'the system gave no reason')
}

const mountsAt = async (path: string): Promise<Mount[]> => ((await mountTable()) ?? []).filter((mount) => mount.path === path)

/** `diskutil eject` takes every volume of the disk with it, which is what a person who pulls the card needs. */
async function ejectMac(asked: string): Promise<Ejected> {
  const path = resolve(asked)
  if (grounds.test(path)) return refused('the system itself runs from it')
  if (!(await isOtherDisk(path))) return noMount
  const { told } = await run('/usr/sbin/diskutil', ['eject', path])
  return (await isOtherDisk(path)) ? refused(reason(told) ?? 'the system gave no reason') : { ejected: true, because: null }
}

const isOtherDisk = async (path: string): Promise<boolean> => {
  const [own, parent] = await Promise.all([path, dirname(path)].map((one) => stat(one).catch(() => null)))
  return own != null && parent != null && own.dev !== parent.dev
}

/** The verb of the drive in "This PC"; it returns at once, so the drive itself is watched until it is gone. */
async function ejectWindows(asked: string): Promise<Ejected> {
  const letter = /^([A-Z]):\\?$/i.exec(asked)?.[1]?.toUpperCase()
  if (letter === undefined) return noMount
  if ((process.env['SystemDrive'] ?? 'C:').toUpperCase().startsWith(letter)) return refused('the system itself runs from it')
  const script = `(New-Object -ComObject Shell.Application).NameSpace(17).ParseName('${letter}:').InvokeVerb('Eject'); Start-Sleep -Seconds 5`
  const { told } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script])
  for (let tries = 0; tries < 8; tries++) {
    if ((await readdir(`${letter}:\\`).catch(() => null)) === null) return { ejected: true, because: null }
    await new Promise((settle) => setTimeout(settle, 1000))
  }
  return refused(reason(told) ?? busy)
}

/** What the programs above say, in words for the person with the card in hand. */
function reason(told: string): string | null {
  if (/busy|in use|dissent|could not be unmounted|still using/i.test(told)) return busy
  if (/not authori[sz]ed|permission|must be (super)?user|only root|not permitted/i.test(told)) return forbidden
  return null
}

/** Runs a small program of the system, in English. `missing`: it is not on this machine, or has nobody to talk to. */
const run = (program: string, args: string[]): Promise<{ told: string; missing: boolean }> =>
  new Promise((settle) => {
    const env = { ...process.env, LC_ALL: 'C', LANGUAGE: 'C' }
    execFile(program, args, { timeout: withinMs, windowsHide: true, maxBuffer: 1 << 20, env }, (error, out, err) =>
      settle({ told: `${out}\n${err}`, missing: error !== null && 'code' in error && error.code === 'ENOENT' }),
    )
  })
