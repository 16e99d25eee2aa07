import type { Receipt } from '../../main/contract/views.ts'
import { plural } from '../words.ts'

/** A report in words. Pure. */

/** "18 min", "2 h 05 min", "3 days"; what is not known stays a dash. */
export function minutesWords(minutes: number | null): string {
  if (minutes === null) return '–'
  const whole = Math.round(minutes)
  if (whole < 60) return `${whole} min`
  if (whole < 2 * 24 * 60) return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`
  return plural(Math.round(whole / 1440), 'day')
}

/** "report-autumn-glazes.csv": what a save dialog proposes. */
export function fileName(title: string | undefined, ending: 'csv' | 'json'): string {
  const words =
    (title ?? '')
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return `${['report', ...words].join('-').slice(0, 90)}.${ending}`
}

/** The middle of what is known; null when nothing is. */
export function middleMinutes({ lines }: Receipt): number | null {
  const known = lines.flatMap(({ minutesFromCard }) => (minutesFromCard === null ? [] : [minutesFromCard])).toSorted((a, b) => a - b)
  const [low, high] = [known[Math.floor((known.length - 1) / 2)], known[Math.floor(known.length / 2)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

/** Photos that run in more than one place, busiest first; then the others. */
export const busiest = ({ reuse }: Receipt): Receipt['reuse'] =>
  reuse.toSorted((a, b) => b.channels - a.channels || b.listings - a.listings || a.name.localeCompare(b.name))
