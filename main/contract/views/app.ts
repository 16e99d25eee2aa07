import { z } from 'zod'
import { instant } from '../ids.ts'
import { comparison } from './asset.ts'
import { clipSettings } from './clip.ts'
import { cardChoice, verifyMode } from './offload.ts'

/** How readily photos are proposed: strict picks fewer and rejects more, generous the other way round. */
export const strictness = z.enum(['strict', 'balanced', 'generous'])
export type Strictness = z.infer<typeof strictness>

/** What the user can change; everything has a default that needs no change. */
export const settings = z.strictObject({
  /** Where originals go: see main/core/domain/place.ts. */
  template: z.string().max(200),
  /** Photos taken before this hour belong to the day before. */
  dayStartHour: z.number().int().min(0).max(23),
  /** Seconds to add to a camera's clock, by camera name, so that all cameras share one time line. */
  cameraOffsets: z.record(z.string().max(200), z.number().int().min(-400_000_000).max(400_000_000)),
  verify: verifyMode,
  backups: z.array(z.string().min(1).max(8192)).max(8),
  ejectWhenDone: z.boolean(),
  notify: z.boolean(),
  sound: z.boolean(),
  /** `sidecars`: ratings, labels and picks are also written beside the originals (XMP), and what other programs write there is taken over. */
  marks: z.enum(['off', 'sidecars']),
  /** Where other programs are told what was published: an https address, or http on this machine. null = nobody is told. */
  webhook: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(
      (text) => text.startsWith('https:') || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])([:/]|$)/.test(text),
      'expected https, or http on this computer',
    )
    .nullable(),
  /** What the storefront of the embedded shop is called; null = "My shop". */
  shopTitle: z.string().trim().min(1).max(120).nullable(),
  /** Folders where a phone or a tether drops files. */
  watched: z.array(z.string().min(1).max(8192)).max(20),
  /** Thresholds of suggestions, by feel. */
  strictness,
  /** How clips are made, and what new takes become by themselves. */
  clips: clipSettings,
  /** By card key. */
  cards: z.record(z.string().max(300), cardChoice),
})
export type Settings = z.infer<typeof settings>

export const libraryStatus = z.strictObject({
  path: z.string(),
  schema: z.number().int(),
  photos: z.number().int(),
  clips: z.number().int(),
  picks: z.number().int(),
  rejects: z.number().int(),
  undecided: z.number().int(),
  products: z.number().int(),
  jobs: z.strictObject({ queued: z.number().int(), running: z.number().int(), failed: z.number().int() }),
  /** Named degraded modes, in words: a missing model, no ffmpeg. */
  degraded: z.array(z.string()),
})
export type LibraryStatus = z.infer<typeof libraryStatus>

/** What was learned from this seller's own picks. */
export const learningView = z.strictObject({
  on: z.boolean(),
  /** Switched on, enough picks, and it orders this seller's own pairs better than the shipped score. */
  active: z.boolean(),
  /** Picks a person made since the start, or since it was forgotten. */
  picks: z.number().int(),
  /** Pairs of photos held against each other, that hold. They count beside picks, not towards `needed`. */
  comparisons: z.number().int(),
  /** Below this many picks nothing is learned. */
  needed: z.number().int(),
  pairs: z.number().int(),
  /** Share of this seller's own pairs ordered as he ordered them; null below `needed`. */
  agreement: z.strictObject({ shipped: z.number(), learned: z.number() }).nullable(),
  /** What he likes more than the shipped score does, strongest first: "brighter pictures". */
  words: z.array(z.string()),
  since: instant.nullable(),
  at: instant.nullable(),
})
export type LearningView = z.infer<typeof learningView>

/** What was learned of this seller's taste: offsets on top of the shipped score. */
export const learnedTaste = z.strictObject({
  version: z.literal(1),
  /** Points that a whole unit of a feature adds, by feature. */
  weights: z.record(z.string(), z.number()),
  /** Mean of each feature over the photos it was learned from: a photo like these gets no points. */
  middle: z.record(z.string(), z.number()),
  picks: z.number().int(),
  comparisons: z.number().int().default(0),
  pairs: z.number().int(),
  /** Share of the seller's own pairs ordered as he ordered them, each judged by a taste learned without it. */
  agreement: z.strictObject({ shipped: z.number(), learned: z.number() }),
  /** Whether it is used: enough picks, and it orders the seller's own pairs better than the shipped score alone. */
  active: z.boolean(),
  words: z.array(z.string()),
  /** When the first of these picks was made (ISO). */
  since: z.string().nullable(),
})

/** To carry away: weights are points of score for one unit of each feature. */
export const learningExport = z.strictObject({
  format: z.literal('dropcard-learning'),
  on: z.boolean(),
  learned: learnedTaste.nullable(),
  /** What was said of two photos and holds, oldest first; what was forgotten is not among it. */
  comparisons: z.array(z.strictObject({ ...comparison.shape, at: instant })),
  at: instant.nullable(),
})

export const doctorCheck = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'missing']),
  found: z.string(),
  next: z.string().nullable(),
})
export const doctorReport = z.strictObject({ ok: z.boolean(), checks: z.array(doctorCheck) })
export type DoctorReport = z.infer<typeof doctorReport>
