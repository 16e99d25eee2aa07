/**
 * Wall clock of a zone → instant, through the zone rules that the runtime carries (Intl, IANA). Pure.
 *
 * An hour that a spring change skips is read as the hour after it, one that an autumn change has twice as the first of the two: what RFC 5545 §3.3.5
 * asks for, and what "compatible" means in ECMAScript's Temporal.
 */
export type Zoned = { at: string; note: 'skipped' | 'twice' | null }

/** null: there is no such zone. */
export function zoneOf(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** Milliseconds by which this zone is ahead of UTC at an instant. */
function offsetAt(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms)
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? '0')
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return wall - Math.floor(ms / 1000) * 1000
}

const dayMs = 86_400_000

/** @param wall "2026-11-28T12:00"; 24:00 is the 00:00 of the next day @returns null when there is no such date */
export function toInstant(wall: string, zone: string): Zoned | null {
  const parsed = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/.exec(wall)
  if (parsed === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parsed.slice(1).map(Number)
  const local = Date.UTC(year, month - 1, day, hour, minute)
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || minute > 59 || hour > 24 || (hour === 24 && minute > 0)) return null
  const before = offsetAt(local - dayMs, zone)
  const after = offsetAt(local + dayMs, zone)
  const fits = [...new Set([before, after])].map((offset) => local - offset).filter((ms) => ms + offsetAt(ms, zone) === local)
  const [first] = fits.toSorted((a, b) => a - b)
  if (first === undefined) return { at: new Date(local - before).toISOString(), note: 'skipped' }
  return { at: new Date(first).toISOString(), note: fits.length > 1 ? 'twice' : null }
}

/** "Sat, 28 Nov 2026, 12:00 (Europe/Berlin)" */
export function sayInstant(at: string, zone: string): string {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(Date.parse(at))
  return `${text} (${zone})`
}
