import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { shownName } from '../core/domain/name.ts'
import type { SeenCard, Volumes } from '../core/ports.ts'
import { eject } from './eject.ts'
import { createLook } from './volumes/look.ts'
import { type Place, places } from './volumes/places.ts'

/**
 * Mounted cards by a cheap poll: the mount table, then one directory listing per volume, each waited for at most `withinMs`.
 * A volume that stops answering is left out until it answers again, unless it was a card before: then it stays on the list.
 * `DROPCARD_VOLUMES` names folders whose children count as volumes instead of what is mounted.
 */
export function createVolumes(options: { everyMs?: number; withinMs?: number } = {}): Volumes {
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  const look = createLook(options.withinMs ?? 1500)
  const known = new Map<string, { mark: string; card: SeenCard }>()

  const cardAt = async (place: Place): Promise<SeenCard | null> => {
    const before = known.get(place.path)
    const same = before?.mark === place.mark ? before.card : null
    const seen = await look.at(place.path)
    if (seen === 'hung') return same
    if (seen === null || !seen.isCard) {
      known.delete(place.path)
      return null
    }
    if (same !== null && same.twoSlots === seen.twoSlots) return same
    const label = shownName(place.label) || place.path
    const key = (await place.identity()) ?? `label:${label}:${seen.bytes ?? 'unknown'}`
    const card = { path: place.path, label, key, twoSlots: seen.twoSlots }
    known.set(place.path, { mark: place.mark, card })
    return card
  }

  const lookAround = async (): Promise<SeenCard[]> => {
    const there = await places()
    const found: SeenCard[] = []
    // One after the other, so that several hung disks cannot take all of Node's file threads at once.
    for (const place of there) {
      const card = await cardAt(place)
      if (card !== null) found.push(card)
    }
    const paths = new Set(there.map((place) => place.path))
    for (const path of known.keys()) if (!paths.has(path)) known.delete(path)
    return found
  }
  let running: Promise<SeenCard[]> | null = null
  const cards = (): Promise<SeenCard[]> => {
    running ??= lookAround().finally(() => {
      running = null
    })
    return running
  }

  return {
    cards,
    eject,
    watch(onChange) {
      let last = '[]'
      const tick = async (): Promise<void> => {
        const now = await cards().catch(() => null)
        if (stopped) return
        const print = JSON.stringify(now)
        if (now !== null && print !== last) {
          last = print
          onChange(now)
        }
        timer = setTimeout(() => void tick(), options.everyMs ?? 2000)
      }
      void tick()
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
