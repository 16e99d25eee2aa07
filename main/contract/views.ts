import { z } from 'zod'
import { assetId, catalogName, clipId, instant, offloadId, productId, stackId } from './ids.ts'

/** What a person (or an accepted suggestion) decided. Never set by a model on its own. */
export const decision = z.enum(['pick', 'reject', 'undecided'])
export type Decision = z.infer<typeof decision>

/** What the machine proposes; it never becomes a decision by itself. */
export const suggestion = z.enum(['pick', 'maybe', 'reject'])
export type Suggestion = z.infer<typeof suggestion>

/** A rectangle in fractions (0–1) of the upright frame: left, top, width, height. */
export const box = z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })
export type Box = z.infer<typeof box>

/** One named measure. `value` 0 (bad) – 1 (good); `confidence` 0–1; `points` is what it adds to or takes from the overall score. */
export const componentView = z.strictObject({
  value: z.number(),
  confidence: z.number(),
  points: z.number(),
  region: box.nullable(),
  because: z.string(),
})
export type ComponentView = z.infer<typeof componentView>
export const components = z.record(z.string(), componentView)

export const offloadOutcome = z.enum(['copied', 'skipped', 'conflict', 'verifyFailed', 'sourceMissing', 'error'])
export type OffloadOutcome = z.infer<typeof offloadOutcome>
export const offloadCounts = z.record(offloadOutcome, z.number().int().nonnegative())

export const assetKind = z.enum(['photo', 'clip'])
export type AssetKind = z.infer<typeof assetKind>

export const analysisState = z.enum(['waiting', 'ready', 'refused'])

/** One tile in the grid. */
export const assetView = z.strictObject({
  id: assetId,
  kind: assetKind,
  /** File name as shown to people (control characters replaced). */
  name: z.string(),
  /** Camera wall-clock time, ISO without zone, or null when the file does not say. */
  capturedAt: z.string().nullable(),
  camera: z.string().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  durationUs: z.number().int().nullable(),
  analysis: analysisState,
  /** Why it could not be analysed, or a warning about it. */
  because: z.string().nullable(),
  /** 0–100 or null while unknown. */
  score: z.number().nullable(),
  suggestion: suggestion.nullable(),
  decision,
  stack: stackId.nullable(),
  /** 1 = best of its stack. */
  rank: z.number().int().nullable(),
  reasons: z.array(z.string()),
  hasThumb: z.boolean(),
})
export type AssetView = z.infer<typeof assetView>

export const clipView = z.strictObject({
  id: clipId,
  assetId,
  inUs: z.number().int(),
  outUs: z.number().int(),
  score: z.number(),
  components,
  reasons: z.array(z.string()),
})
export type ClipView = z.infer<typeof clipView>

export const assetDetail = z.strictObject({
  ...assetView.shape,
  components,
  model: z.string().nullable(),
  bytes: z.number().int(),
  storedAt: z.string(),
  metadata: z.record(z.string(), z.string()),
  companions: z.array(z.string()),
  clips: z.array(clipView),
})
export type AssetDetail = z.infer<typeof assetDetail>

export const stackView = z.strictObject({ id: stackId, cover: assetId, members: z.array(assetId) })
export type StackView = z.infer<typeof stackView>

/** What to do when this card is seen again. */
export const cardChoice = z.enum(['ask', 'offload', 'ignore'])
export type CardChoice = z.infer<typeof cardChoice>

/** A mounted camera card, or a folder the user chose. */
export const cardView = z.strictObject({
  path: z.string(),
  label: z.string(),
  kind: z.enum(['card', 'folder', 'sample']),
  /** Stays the same when the card comes back; null for what is not a volume. */
  key: z.string().nullable(),
  choice: cardChoice,
})
export type CardView = z.infer<typeof cardView>

export const offloadState = z.enum(['scanning', 'copying', 'paused', 'done', 'cancelled', 'failed'])

/** `destination`: every copy is read back. `source-and-destination`: the card too is read a second time. `size`: never earns "safe to erase". */
export const verifyMode = z.enum(['destination', 'source-and-destination', 'size'])
export type VerifyMode = z.infer<typeof verifyMode>

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
  /** Folders where a phone or a tether drops files. */
  watched: z.array(z.string().min(1).max(8192)).max(20),
  /** By card key. */
  cards: z.record(z.string().max(300), cardChoice),
})
export type Settings = z.infer<typeof settings>

export const offloadView = z.strictObject({
  id: offloadId,
  path: z.string(),
  label: z.string(),
  state: offloadState,
  startedAt: instant,
  finishedAt: instant.nullable(),
  files: z.number().int(),
  filesDone: z.number().int(),
  bytes: z.number().int(),
  bytesDone: z.number().int(),
  because: z.string().nullable(),
})
export type OffloadView = z.infer<typeof offloadView>

export const safeToErase = z.strictObject({
  verdict: z.enum(['safe', 'not-safe']),
  because: z.array(z.string()),
})

export const offloadReport = z.strictObject({
  offload: offloadView,
  counts: offloadCounts,
  assets: z.array(
    z.strictObject({
      source: z.string(),
      id: assetId.nullable(),
      stored: z.string().nullable(),
      kind: assetKind,
      outcome: offloadOutcome,
      because: z.string().optional(),
    }),
  ),
  /** `travels`: a companion that was copied beside its photo or clip; everything else was left on the card. `matters`: it may be wanted, so the card is not safe. */
  ignored: z.array(z.strictObject({ source: z.string(), because: z.string(), travels: z.boolean(), matters: z.boolean() })),
  safeToErase,
  manifest: z.string().nullable(),
})
export type OffloadReport = z.infer<typeof offloadReport>

export const offloadPlan = z.strictObject({
  path: z.string(),
  label: z.string(),
  files: z.array(
    z.strictObject({
      source: z.string(),
      kind: assetKind,
      bytes: z.number().int(),
      /** `removed`: it was deleted on purpose and stays deleted. */
      action: z.enum(['copy', 'have', 'removed']),
      companions: z.array(z.string()),
      /** Where it will go, relative to each disk; worked out for the first files only. */
      to: z.string().nullable(),
    }),
  ),
  ignored: z.array(z.strictObject({ source: z.string(), because: z.string() })),
  bytes: z.number().int(),
  /** Rough time it will take, from the last offloads on this machine; null until there is one. */
  seconds: z.number().nullable(),
  freeBytes: z.number().int().nullable(),
  destinations: z.array(z.strictObject({ path: z.string(), freeBytes: z.number().int().nullable(), enough: z.boolean() })),
  /** What stands in the way, with the next step; null when it can start. */
  problem: z.string().nullable(),
})
export type OffloadPlan = z.infer<typeof offloadPlan>

/** A look at what is on a card, from embedded previews, before anything is copied. */
export const peekView = z.strictObject({
  shots: z.array(
    z.strictObject({
      name: z.string(),
      kind: assetKind,
      capturedAt: z.string().nullable(),
      /** For `media://peek/<token>`; null when the file has no preview inside. */
      token: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
    }),
  ),
  /** How many more there are. */
  more: z.number().int(),
})
export type PeekView = z.infer<typeof peekView>

/** Originals checked again, byte by byte, against what was written down when they were copied. */
export const verifyReport = z.strictObject({
  checked: z.number().int(),
  identical: z.number().int(),
  bytes: z.number().int(),
  damaged: z.array(z.strictObject({ path: z.string(), because: z.string() })),
  missing: z.array(z.strictObject({ path: z.string(), because: z.string() })),
  at: instant,
})
export type VerifyReport = z.infer<typeof verifyReport>

export const productView = z.strictObject({
  id: productId,
  title: z.string(),
  assets: z.array(assetId),
  clips: z.array(clipId),
  publications: z.array(z.strictObject({ catalog: catalogName, state: z.string(), at: instant.nullable(), url: z.string().nullable() })),
})
export type ProductView = z.infer<typeof productView>

export const publishPlan = z.strictObject({
  catalog: catalogName,
  create: z.array(z.strictObject({ productId, title: z.string(), images: z.number().int(), clips: z.number().int() })),
  update: z.array(z.strictObject({ productId, title: z.string(), images: z.number().int(), clips: z.number().int() })),
  unchanged: z.array(z.strictObject({ productId, title: z.string() })),
  refused: z.array(z.strictObject({ productId: productId.nullable(), title: z.string(), because: z.string() })),
})
export type PublishPlan = z.infer<typeof publishPlan>

export const publishState = z.strictObject({
  catalog: catalogName,
  waiting: z.number().int(),
  published: z.number().int(),
  failed: z.array(z.strictObject({ productId, title: z.string(), because: z.string() })),
  /** Path of the page to open, when the catalog has one on this disk. */
  page: z.string().nullable(),
})
export type PublishState = z.infer<typeof publishState>

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

export const doctorCheck = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'missing']),
  found: z.string(),
  next: z.string().nullable(),
})
export const doctorReport = z.strictObject({ ok: z.boolean(), checks: z.array(doctorCheck) })
export type DoctorReport = z.infer<typeof doctorReport>
