import { extension, stem } from './card.ts'
import { safeName } from './name.ts'

/**
 * Where an original goes and what it is called, from a template the user can change:
 *
 * `{date:YYYY-MM-DD}` capture day (any of YYYY YY MM DD hh mm ss) · `{card}` · `{camera}` · `{name}` the camera's file name ·
 * `{stem}` the name without its ending · `{ext}` · `{seq:4}` place in this offload, padded
 */
export type PlaceFacts = { name: string; card: string; camera: string | null; sequence: number; at: Date; day: Date }

/** The template until the user changes it. */
export const usualTemplate = '{date:YYYY-MM-DD}/{card}/{name}'

const tokens = ['date', 'card', 'camera', 'name', 'stem', 'ext', 'seq']
const token = /\{([a-z]+)(?::([^{}]*))?\}/g

/** What is wrong with a template, in words, or null. */
export function templateProblem(template: string): string | null {
  const unknown = [...template.matchAll(token)].map((match) => match[1] ?? '').filter((name) => !tokens.includes(name))
  if (unknown.length > 0) return `{${unknown[0]}} is not known; use ${tokens.map((name) => `{${name}}`).join(' ')}`
  if (/[{}]/.test(template.replace(token, ''))) return 'a { or } stands alone'
  const last = template.split('/').at(-1) ?? ''
  if (!/\{(name|stem|seq)(:[^{}]*)?\}/.test(last))
    return 'the file name needs {name}, {stem} or {seq}, or all files would be called the same'
  if (template.startsWith('/') || template.split('/').some((part) => part === '..' || part === '.'))
    return 'it must stay inside the library'
  return null
}

const two = (n: number): string => String(n).padStart(2, '0')

/** Formats wall-clock fields, carried as if they were UTC: the date is the shoot's day, the time is the camera's. */
function formatDate(at: Date, day: Date, format: string): string {
  const fields: Record<string, string> = {
    YYYY: String(day.getUTCFullYear()).padStart(4, '0'),
    YY: two(day.getUTCFullYear() % 100),
    MM: two(day.getUTCMonth() + 1),
    DD: two(day.getUTCDate()),
    hh: two(at.getUTCHours()),
    mm: two(at.getUTCMinutes()),
    ss: two(at.getUTCSeconds()),
  }
  return format.replace(/YYYY|YY|MM|DD|hh|mm|ss/g, (field) => fields[field] ?? field)
}

/** Relative path of an original, every part safe on every file system here. The camera's ending is always kept. */
export function placeOf(template: string, facts: PlaceFacts): { folder: string; name: string } {
  const ext = extension(facts.name)
  const parts = template.split('/').map((part) =>
    part.replace(token, (_, name: string, argument: string | undefined) => {
      switch (name) {
        case 'date':
          return formatDate(facts.at, facts.day, argument === undefined || argument === '' ? 'YYYY-MM-DD' : argument)
        case 'card':
          return facts.card
        case 'camera':
          return facts.camera ?? 'camera'
        case 'name':
          return facts.name
        case 'stem':
          return stem(facts.name)
        case 'ext':
          return ext
        case 'seq':
          return String(facts.sequence).padStart(Math.min(8, Number(argument ?? '1') || 1), '0')
        default:
          return ''
      }
    }),
  )
  const last = parts.pop() ?? facts.name
  const named = ext !== '' && extension(last) !== ext ? `${last}.${facts.name.slice(facts.name.lastIndexOf('.') + 1)}` : last
  return { folder: parts.map((part) => safeName(part)).join('/'), name: safeName(named) }
}

/**
 * The moment a file belongs to on the shoot's one time line: the camera's clock plus its offset; before the hour at which the seller's day starts
 * it still counts as the day before.
 *
 * @param capturedAt wall-clock ISO without zone, or null
 * @param modifiedMs used when the file does not say
 */
export function shootTime(
  capturedAt: string | null,
  modifiedMs: number,
  offsetSeconds: number,
  dayStartHour: number,
): { at: Date; day: Date } {
  const parsed = capturedAt === null ? Number.NaN : Date.parse(`${capturedAt}Z`)
  const at = new Date((Number.isNaN(parsed) ? modifiedMs : parsed) + offsetSeconds * 1000)
  return { at, day: new Date(at.getTime() - dayStartHour * 3_600_000) }
}
