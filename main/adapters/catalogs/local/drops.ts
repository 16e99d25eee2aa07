import { cleanText } from './html.ts'
import type { DropRecord } from './record.ts'
import type { CatalogState } from './state.ts'

/** A drop as pages tell it. `waiting`: its hour has come, its products have not. */
export type ShownDrop = DropRecord & { phase: 'before' | 'waiting' | 'open' | 'over' }

/** A clock that is a moment early when it opens a drop must not leave a countdown behind. */
const EARLY_MS = 2000

export function shownDrops(state: CatalogState, now: number): ShownDrop[] {
  const shown = new Set(state.listings.filter((entry) => entry.visible).map((entry) => entry.productId))
  return state.shop.drops.map((drop) => {
    const opens = Date.parse(drop.opensAt)
    const over = drop.closesAt !== null && now >= Date.parse(drop.closesAt)
    const here = drop.products.some((id) => shown.has(id))
    const phase = over ? 'over' : now < opens - EARLY_MS ? 'before' : here ? 'open' : 'waiting'
    return { ...drop, title: cleanText(drop.title).replace(/\s+/g, ' ').trim() || 'Drop', phase }
  })
}

/**
 * When it is, told in a zone and in words: "Saturday 21 November 2026 at noon, Central European Standard Time". The end of a day is called by that day:
 * what closes on Monday at 00:00 closes "Sunday at midnight". A zone this system does not know is told in UTC.
 */
export function told(instant: string, zone: string, what: 'opens' | 'closes'): { long: string; short: string } {
  const at = new Date(instant)
  const timeZone = isZone(zone) ? zone : 'UTC'
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
  const midnight = clock === '00:00' && what === 'closes'
  const day = midnight ? new Date(at.getTime() - 60_000) : at
  const hour = midnight ? 'midnight' : clock === '12:00' ? 'noon' : clock
  const date = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(day).replace(',', '')
  const zoneName = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'long' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')
  return {
    long: `${date({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })} at ${hour}, ${zoneName?.value ?? timeZone}`,
    short: `${date({ weekday: 'long' })} ${date({ day: 'numeric', month: 'long' })} at ${hour}`,
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
