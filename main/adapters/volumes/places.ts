import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { platform, userInfo } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { isElsewhere, type Mount, mountTable } from './mounts.ts'

/** A volume that may be a card; nothing of it has been touched yet. `mark` changes when another volume takes this place. */
export type Place = { path: string; label: string; mark: string; identity(): Promise<string | null> }

/** Folders whose children count as volumes; plain folders too, so that a card can be acted out. */
const asked = (): string[] => (process.env['DROPCARD_VOLUMES'] ?? '').split(delimiter).filter((root) => root !== '')

/** Where volumes are on this system, without a look into any of them. */
export async function places(): Promise<Place[]> {
  const roots = asked()
  if (roots.length > 0) return (await Promise.all(roots.map((root) => foldersOf(root, mountTable())))).flat()
  if (platform() === 'darwin') return macVolumes()
  if (platform() === 'win32') return drives()
  return linuxMounts()
}

async function foldersOf(root: string, table: Promise<Mount[] | null>): Promise<Place[]> {
  const mounts = (await table) ?? []
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => {
      const path = join(root, entry.name)
      const mount = mounts.findLast((one) => one.path === path)
      return mount === undefined ? { path, label: entry.name, mark: '', identity: async () => `path:${path}` } : mounted(mount)
    })
}

const mounted = (mount: Mount): Place => ({
  path: mount.path,
  label: basename(mount.path),
  mark: `${mount.device} ${mount.source}`,
  identity: () => linuxIdentity(mount),
})

/** Desktops mount below /media or /run/media, people at /mnt: only what the mount table names, never the folder an unplugged card left. */
async function linuxMounts(): Promise<Place[]> {
  const { username } = userInfo()
  const roots = [`/media/${username}`, `/run/media/${username}`, '/media', '/mnt']
  const table = await mountTable()
  if (table === null) return (await Promise.all(roots.map((root) => foldersOf(root, Promise.resolve(null))))).flat()
  const byPath = new Map<string, Mount>()
  for (const mount of table) {
    const isHere = roots.includes(dirname(mount.path)) || mount.path === '/mnt' || mount.path === '/media'
    if (isHere && !isElsewhere(mount.type)) byPath.set(mount.path, mount)
  }
  return [...byPath.values()].map(mounted)
}

/** The file system's own id, as udev knows it: the same in every reader and after every insert, until the card is formatted. */
async function linuxIdentity(mount: Mount): Promise<string | null> {
  const udev = await readFile(`/run/udev/data/b${mount.device}`, 'utf8').catch(() => '')
  const known = /^E:ID_FS_UUID=(.+)$/m.exec(udev)?.[1]
  if (known !== undefined) return `uuid:${known}`
  const folder = '/dev/disk/by-uuid'
  for (const uuid of await readdir(folder).catch(() => [])) {
    const target = await readlink(join(folder, uuid)).catch(() => '')
    if (target !== '' && basename(target) === basename(mount.source)) return `uuid:${uuid}`
  }
  return null
}

/** The start volume is a link to `/` there, and hidden folders belong to the system. */
async function macVolumes(): Promise<Place[]> {
  const entries = await readdir('/Volumes', { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => {
      const path = join('/Volumes', entry.name)
      return {
        path,
        label: entry.name,
        mark: '',
        identity: async () => {
          const told = await output('/usr/sbin/diskutil', ['info', '-plist', path])
          const uuid = /<key>VolumeUUID<\/key>\s*<string>([^<]+)<\/string>/.exec(told)?.[1]
          return uuid === undefined ? null : `uuid:${uuid}`
        },
      }
    })
}

/**
 * Every letter from D on: whether one is there costs a failed listing. Fixed drives count, since fast readers (CFexpress) show their cards as such.
 */
const drives = (): Place[] =>
  [...'DEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => ({
    path: `${letter}:\\`,
    label: `${letter}:`,
    mark: '',
    identity: async () => {
      const script = `(Get-CimInstance Win32_LogicalDisk -Filter "DeviceID='${letter}:'").VolumeSerialNumber`
      const serial = (await output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script])).trim()
      return /^[0-9A-F]{8}$/i.test(serial) ? `uuid:${serial}` : null
    },
  }))

/** What a small program of the system prints; empty when it fails or takes too long. */
const output = (program: string, args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: 8000, windowsHide: true, maxBuffer: 1 << 20 }, (_, told) => resolve(told))
  })
