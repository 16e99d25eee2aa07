import { z } from 'zod'
import { assetId, instant, offloadId } from '../ids.ts'
import { assetKind } from './asset.ts'

export const offloadOutcome = z.enum(['copied', 'skipped', 'conflict', 'verifyFailed', 'sourceMissing', 'error'])
export type OffloadOutcome = z.infer<typeof offloadOutcome>
export const offloadCounts = z.record(offloadOutcome, z.number().int().nonnegative())

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
  /** The cameras behind these shots, most shots first: their clocks can be put right before anything is copied. */
  cameras: z.array(
    z.strictObject({
      name: z.string(),
      /** How many of the shots above are its own. */
      shots: z.number().int(),
      /** Its earliest shot among them: the camera's own wall-clock time, as written, and a picture of it. */
      firstAt: z.string().nullable(),
      token: z.string().nullable(),
    }),
  ),
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

/** The files that manifests list, compared with what lies on the disk now; no library is needed. */
export const manifestReport = z.strictObject({
  /** The manifests that were read, oldest first. */
  manifests: z.array(z.string()),
  /** The folder their paths start from. */
  at: z.string(),
  listed: z.number().int(),
  identical: z.number().int(),
  bytes: z.number().int(),
  damaged: z.array(z.strictObject({ path: z.string(), because: z.string() })),
  missing: z.array(z.strictObject({ path: z.string(), because: z.string() })),
  /** Listed, of the right size, but with a kind of checksum that cannot be computed here. */
  unchecked: z.array(z.strictObject({ path: z.string(), because: z.string() })),
  /** In the same folders, but in no manifest: nothing is known about them. */
  extra: z.array(z.strictObject({ path: z.string(), because: z.string() })),
  checkedAt: instant,
})
export type ManifestReport = z.infer<typeof manifestReport>

/** One photo or clip in the library's trash. */
export const trashedView = z.strictObject({
  id: assetId,
  kind: assetKind,
  name: z.string(),
  removedAt: instant,
  /** With its companions. */
  bytes: z.number().int(),
  companions: z.number().int(),
  hasThumb: z.boolean(),
  /** Why it cannot be brought back, or null. */
  because: z.string().nullable(),
})
export type TrashedView = z.infer<typeof trashedView>
export const trashView = z.strictObject({
  /** Removed last first. */
  trash: z.array(trashedView),
  /** How many were deleted for good: their cards do not bring them back. */
  deleted: z.number().int(),
})
export type TrashView = z.infer<typeof trashView>
