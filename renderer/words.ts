import type { AssetView, Decision, StackKind, Suggestion } from '../main/contract/views.ts'

/** Words and numbers as people read them. Pure; no state. */

export const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** "12 photos and 2 clips", "3 clips", "nothing". */
export function photosAndClips(photos: number, clips: number): string {
  if (photos === 0 && clips === 0) return 'nothing'
  if (clips === 0) return plural(photos, 'photo')
  if (photos === 0) return plural(clips, 'clip')
  return `${plural(photos, 'photo')} and ${plural(clips, 'clip')}`
}

/** Bytes in decimal units, as disks and cards are sold. */
export function bytes(count: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  // 999,800 bytes are 1.0 MB: never 1000 of the smaller unit.
  while (value >= (unit === 0 ? 1000 : 999.5) && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** Microseconds as m:ss, or m:ss.t with tenths. */
export function clock(us: number, tenths = false): string {
  const seconds = us / 1_000_000
  const minutes = Math.floor(seconds / 60)
  const rest = tenths ? (seconds % 60).toFixed(1).padStart(4, '0') : String(Math.floor(seconds % 60)).padStart(2, '0')
  return `${minutes}:${rest}`
}

/** Seconds left, roughly: people want the size of it, not a countdown. */
export function timeLeft(seconds: number): string {
  if (seconds < 5) return 'a few seconds left'
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} seconds left`
  return `about ${plural(Math.max(1, Math.round(seconds / 60)), 'minute')} left`
}

export const decisionWords: Readonly<Record<Decision, string>> = { pick: 'picked', reject: 'rejected', undecided: 'undecided' }
export const suggestionWords: Readonly<Record<Suggestion, string>> = {
  pick: 'suggested pick',
  maybe: 'could go either way',
  reject: 'suggested reject',
}

/** What a stack is, where that is not simply a burst. */
export const stackWords: Readonly<Record<StackKind, string | null>> = {
  single: null,
  burst: null,
  take: null,
  copies: 'copies',
  bracket: 'bracket',
  'focus-stack': 'focus stack',
  panorama: 'panorama',
  spin: 'spin',
}

/** 0 and null alike: no stars. */
export const starWords = (rating: number | null): string => (rating === null || rating === 0 ? 'no stars' : plural(rating, 'star'))

export const shownScore = (score: number | null): string => (score === null ? '–' : String(Math.round(score)))

/** What a screen reader says for a tile, and what tests find it by. */
export function tileLabel(asset: AssetView, stackSize: number): string {
  const parts = [asset.name, decisionWords[asset.decision]]
  if (asset.analysis === 'refused') parts.push(`cannot be shown: ${asset.because ?? 'no reason was given'}`)
  else if (asset.decision === 'undecided' && asset.suggestion !== null && asset.suggestion !== 'maybe')
    parts.push(suggestionWords[asset.suggestion])
  if (asset.analysis !== 'refused') parts.push(asset.score === null ? 'no score yet' : `score ${shownScore(asset.score)}`)
  if (asset.kind === 'clip') parts.push(asset.durationUs === null ? 'clip' : `clip of ${clock(asset.durationUs)}`)
  if (asset.rating !== null && asset.rating > 0) parts.push(starWords(asset.rating))
  if (asset.label !== null) parts.push(`${asset.label} label`)
  if (stackSize > 1) parts.push(`stack of ${stackSize}`)
  return parts.join(', ')
}

/** `subjectSharpness` or `subject-sharpness` -> "Subject sharpness". */
export function spaced(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_.]+/g, ' ')
    .toLowerCase()
    .trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Points with a true minus sign: "+8", "−12", "0". */
export function points(value: number): string {
  const rounded = Math.round(value)
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : '0'
}

/** Camera wall-clock time ("2026-05-03T10:12:44") without turning it into another zone. */
export function cameraTime(capturedAt: string | null): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)/.exec(capturedAt ?? '')
  return match ? `${match[1]} ${match[2]}` : 'time unknown'
}

export const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

/** Seconds as a rough length: "about 3 minutes". */
export function roughly(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} seconds`
  if (seconds < 5400) return `about ${plural(Math.max(1, Math.round(seconds / 60)), 'minute')}`
  return `about ${plural(Math.round(seconds / 3600), 'hour')}`
}

/** A path below `root` without it: people know which card it is about. */
export const below = (root: string, path: string): string =>
  path.startsWith(root) && /^[\\/]/.test(path.slice(root.length)) ? path.slice(root.length + 1) : path
