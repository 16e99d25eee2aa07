import type { DropView } from '../../main/contract/views.ts'
import { plural } from '../words.ts'

/** Drops in words and hours. Pure; wall times are "2026-11-28T12:00" in a zone of their own. */

export const dropStateWords: Readonly<Record<DropView['state'], string>> = {
  planned: 'planned',
  open: 'open now',
  closed: 'over',
  missed: 'missed',
  cancelled: 'cancelled',
}

/** "Sat 28 Nov 2026, 12:00": the wall time itself, in no zone. */
export function shownWall(wall: string): string {
  const at = new Date(`${wall}:00Z`)
  return `${at.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })}, ${wall.slice(11)}`
}

/** "2 days 3 h", "1 h 05 min", "4 min 09 s", "12 s". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60]
  if (days > 0) return `${plural(days, 'day')} ${hours} h`
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`
  if (minutes > 0) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${seconds} s`
}

/** What it is waiting for, and when that is, in milliseconds; null when nothing is to come. */
export function nextHour(drop: Pick<DropView, 'state' | 'opensAt' | 'closesAt'>): { what: 'opens' | 'closes'; at: number } | null {
  if (drop.state === 'planned') return { what: 'opens', at: Date.parse(drop.opensAt) }
  if (drop.state === 'open' && drop.closesAt !== null) return { what: 'closes', at: Date.parse(drop.closesAt) }
  return null
}

/** "Opens in 2 days 3 h", "Closes in 4 min 09 s", "Opening now". */
export function countdown(drop: Pick<DropView, 'state' | 'opensAt' | 'closesAt'>, now: number): string | null {
  const next = nextHour(drop)
  if (next === null) return null
  const word = next.what === 'opens' ? 'Opens' : 'Closes'
  return next.at > now ? `${word} in ${span(next.at - now)}` : next.what === 'opens' ? 'Opening now' : 'Closing now'
}

/** How punctual it was: "0.6 s after the hour", "on the hour", "3 min 20 s late". */
export function lateness(lateMs: number | null): string | null {
  if (lateMs === null) return null
  if (lateMs < 100) return 'on the hour'
  if (lateMs < 10_000) return `${(lateMs / 1000).toFixed(1)} s after the hour`
  return `${span(lateMs)} late`
}

/** One shop of a drop: what is there, or what came of it. */
export function stagedWords(shop: DropView['catalogs'][number], total: number): string {
  const opened = lateness(shop.openLateMs)
  const closed = lateness(shop.closeLateMs)
  const staged = `${shop.staged.toLocaleString('en')} of ${plural(total, 'listing')}`
  const missing = shop.staged < total ? `; ${total - shop.staged} still on the way` : ''
  if (shop.state === 'planned')
    return shop.staged < total ? `${staged} there, hidden${missing}` : `all ${plural(total, 'listing')} there, hidden`
  if (shop.state === 'missed') return 'was not opened'
  if (shop.state === 'open') return `open, ${staged} shown${opened === null ? '' : `, opened ${opened}`}${missing}`
  return `closed${closed === null ? '' : ` ${closed}`}${opened === null ? '' : `, had opened ${opened}`}`
}

export type DropDraft = {
  title: string
  zone: string
  opensDay: string
  opensTime: string
  isClosing: boolean
  closesDay: string
  closesTime: string
  products: number
  catalogs: number
}

/** What is wrong with a draft, by field; empty when it can be saved. The engine has the last word on hours that do not exist. */
export function draftProblems(draft: DropDraft): Partial<Record<'title' | 'zone' | 'opens' | 'closes' | 'products' | 'catalogs', string>> {
  const opens = `${draft.opensDay}T${draft.opensTime}`
  const closes = `${draft.closesDay}T${draft.closesTime}`
  const isWhole = (wall: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall)
  return {
    ...(draft.title.trim() === '' ? { title: 'A drop needs a title: buyers see it above the countdown.' } : {}),
    ...(isZone(draft.zone) ? {} : { zone: 'Choose a zone from the list, like Europe/Berlin.' }),
    ...(isWhole(opens) ? {} : { opens: 'Choose a day and an hour.' }),
    ...(draft.isClosing && !isWhole(closes)
      ? { closes: 'Choose a day and an hour, or let it stay open.' }
      : draft.isClosing && isWhole(opens) && closes <= opens
        ? { closes: 'It would close before it opens.' }
        : {}),
    ...(draft.products === 0 ? { products: 'Choose at least one product.' } : {}),
    ...(draft.catalogs === 0 ? { catalogs: 'Choose at least one shop.' } : {}),
  }
}

export function isZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

export const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The next Saturday that is at least a day away, as "2026-11-28". */
export function nextSaturday(now: Date): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 12)
  while (day.getDay() !== 6) day.setDate(day.getDate() + 1)
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
}

/** "Sunday". */
export const weekday = (day: string): string =>
  new Date(`${day}T12:00:00Z`).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' })

/** `count` days after "2026-11-28": a drop that opens on Saturday closes at the 00:00 two days on, which ends Sunday. */
export function daysAfter(day: string, count: number): string {
  const at = new Date(`${day}T12:00:00Z`)
  at.setUTCDate(at.getUTCDate() + count)
  return at.toISOString().slice(0, 10)
}
