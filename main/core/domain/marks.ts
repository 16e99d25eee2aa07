import type { Marks } from '../../../workers/protocol.ts'
import { type Decision, decision, type Label, label } from '../../contract/views.ts'
import { extension, stem } from './card.ts'

/** What a person said about a photo here. */
export type Said = { decision: Decision; rating: number | null; label: Label | null }

/** What the library holds about a photo, or nulls where nothing was ever said; a value that is not known counts as not said. */
export const saidOf = (row: { decision: string | null; rating: number | null; label: string | null }): Said => ({
  decision: decision.catch('undecided').parse(row.decision),
  rating: row.rating,
  label: label.nullable().catch(null).parse(row.label),
})

/** Lightroom's exact words for its colours. */
const labelWords: Readonly<Record<Label, string>> = { red: 'Red', yellow: 'Yellow', green: 'Green', blue: 'Blue', purple: 'Purple' }

export const noMarks: Marks = {
  rating: null,
  pick: null,
  label: null,
  title: null,
  description: null,
  creator: null,
  rights: null,
  keywords: [],
}

/**
 * As other programs read it. A reject without stars is also written as rating -1, which is how Bridge, darktable and older Lightrooms know it;
 * a reject with stars keeps them, and says it in xmpDM:pick.
 */
export const toMarks = (said: Said): Marks => ({
  ...noMarks,
  rating: said.decision === 'reject' && !said.rating ? -1 : said.rating,
  pick: said.decision === 'pick' ? 1 : said.decision === 'reject' ? -1 : 0,
  label: said.label === null ? '' : labelWords[said.label],
})

/** What is said by marks; a field they do not mention is not in it. A label of another program's own is not one of ours, and is left alone. */
export function fromMarks(marks: Marks): Partial<Said> {
  const said: Partial<Said> = {}
  if (marks.rating !== null && marks.rating >= 0) said.rating = marks.rating
  if (marks.pick === 1) said.decision = 'pick'
  else if (marks.pick === -1 || marks.rating === -1) said.decision = 'reject'
  else if (marks.pick === 0) said.decision = 'undecided'
  const own = label.options.find((one) => labelWords[one].toLowerCase() === marks.label?.trim().toLowerCase())
  if (own !== undefined) said.label = own
  return said
}

/** Whether a file already says all of this. */
export const saysAlready = (there: Marks | null, wanted: Marks): boolean =>
  there !== null &&
  (wanted.rating === null || there.rating === wanted.rating || (wanted.rating === 0 && there.rating === null)) &&
  (wanted.pick === null || (there.pick ?? 0) === wanted.pick) &&
  (wanted.label === null || (there.label ?? '') === wanted.label)

const raws = new Set(
  '3fr arw cr2 cr3 crw dcr dng erf gpr iiq k25 kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f'.split(' '),
)
export const isRaw = (name: string): boolean => raws.has(extension(name))

/**
 * The file of notes beside an original: `IMG_1.xmp` for a RAW (what Adobe's programs read), else `IMG_1.JPG.xmp` (darktable, digiKam), since
 * Adobe's name would be taken for the RAW of the same number. A name that is taken by an original is not ours to write: then the long one.
 * @param stored the original and what travels with it, relative to the library
 */
export function notesPath(stored: string, riders: readonly string[]): string {
  const raw = [stored, ...riders].find(isRaw)
  const long = `${raw ?? stored}.xmp`
  const short = raw === undefined ? long : `${raw.slice(0, raw.length - extension(raw).length)}xmp`
  return riders.some((rider) => rider.toLowerCase() === short.toLowerCase()) ? long : short
}

/** The names, without `.xmp` and in small letters, under which others may keep notes about this original. Names only, one folder. */
export const noteNames = (original: string, riders: readonly string[]): string[] => [
  original.toLowerCase(),
  ...[original, ...riders].filter(isRaw).flatMap((raw) => [raw.toLowerCase(), stem(raw).toLowerCase()]),
]
