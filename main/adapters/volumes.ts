import { readdir, statfs } from 'node:fs/promises'
import { platform, userInfo } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import type { CardView } from '../contract/views.ts'
import { looksLikeCard } from '../core/domain/card.ts'
import { shownName } from '../core/domain/name.ts'
import type { Volumes } from '../core/ports.ts'

/** Where each system mounts what is plugged in. `DROPCARD_VOLUMES` names other folders whose children are volumes. */
function mountRoots(): string[] {
  const set = process.env['DROPCARD_VOLUMES']
  if (set !== undefined && set !== '') return set.split(delimiter)
  if (platform() === 'darwin') return ['/Volumes']
  if (platform() === 'win32') return []
  const { username } = userInfo()
  return [`/media/${username}`, `/run/media/${username}`, '/media', '/mnt']
}

const windowsDrives = (): string[] => (platform() === 'win32' ? [...'DEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`) : [])

async function volumes(): Promise<string[]> {
  const found: string[] = windowsDrives()
  for (const root of mountRoots()) {
    const names = await readdir(root).catch(() => [])
    found.push(...names.map((name) => join(root, name)))
  }
  return found
}

/** Mounted cards by a cheap poll of the mount roots: one directory listing per volume. */
export function createVolumes(options: { everyMs?: number } = {}): Volumes {
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  const cards = async (): Promise<CardView[]> => {
    const found: CardView[] = []
    for (const path of await volumes()) {
      const names = await readdir(path).catch(() => [])
      if (looksLikeCard(names)) found.push({ path, label: shownName(basename(path)) || path, kind: 'card' })
    }
    return found
  }

  return {
    cards,
    watch(onChange) {
      let last = ''
      const look = async (): Promise<void> => {
        const now = await cards()
        const key = now.map((card) => card.path).join('\n')
        if (key !== last) {
          last = key
          onChange(now)
        }
        if (!stopped) timer = setTimeout(() => void look(), options.everyMs ?? 2000)
      }
      void look()
    },
    async freeBytes(path) {
      for (let at = path; ; at = dirname(at)) {
        const stats = await statfs(at).catch(() => null)
        if (stats !== null) return stats.bavail * stats.bsize
        if (at === dirname(at)) return null
      }
    },
    [Symbol.dispose]() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
