import { type Settings, settings, usualLook } from '../../contract/views.ts'
import { templateProblem, usualTemplate } from '../domain/place.ts'
import { AppError } from '../errors.ts'
import type { Reader, Tx } from './db.ts'

/** What holds until the user changes something: the main job needs no settings at all. */
const defaults: Settings = {
  template: usualTemplate,
  dayStartHour: 0,
  cameraOffsets: {},
  verify: 'destination',
  backups: [],
  ejectWhenDone: false,
  notify: true,
  sound: false,
  marks: 'off',
  webhook: null,
  shopTitle: null,
  strictness: 'balanced',
  clips: { look: usualLook, auto: {} },
  watched: [],
  cards: {},
}

const key = 'settings'

/** The settings as they are; a value that is not valid any more falls back to its default, alone. */
export async function readSettings(read: Reader): Promise<Settings> {
  const row = await read.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  if (row === undefined) return defaults
  const stored: unknown = JSON.parse(row.value)
  if (typeof stored !== 'object' || stored === null) return defaults
  const kept: Record<string, unknown> = { ...defaults }
  for (const [name, value] of Object.entries(stored)) {
    const field = Object.entries(settings.shape).find(([known]) => known === name)?.[1]
    if (field?.safeParse(value).success === true) kept[name] = value
  }
  return settings.parse(kept)
}

/** @throws AppError invalid-input when the template would not work */
export async function writeSettings(tx: Tx, change: Partial<Settings>): Promise<Settings> {
  if (change.template !== undefined) {
    const problem = templateProblem(change.template)
    if (problem !== null)
      throw new AppError('invalid-input', `This template does not work: ${problem}`, { next: `The usual one is ${usualTemplate}.` })
  }
  const next = settings.parse({ ...(await readSettings(tx)), ...change })
  const value = JSON.stringify(next)
  await tx
    .insertInto('meta')
    .values({ key, value })
    .onConflict((on) => on.column('key').doUpdateSet({ value }))
    .execute()
  return next
}

/** Moves a camera's wall-clock time by its offset; null stays null. */
export function onTimeLine(capturedAt: string | null, camera: string | null, offsets: Settings['cameraOffsets']): string | null {
  const seconds = camera === null ? 0 : (offsets[camera] ?? 0)
  if (capturedAt === null || seconds === 0) return capturedAt
  const at = Date.parse(`${capturedAt}Z`)
  return Number.isNaN(at) ? capturedAt : new Date(at + seconds * 1000).toISOString().replace('Z', '')
}
