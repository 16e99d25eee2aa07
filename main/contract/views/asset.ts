import { z } from 'zod'
import { actId, assetId, clipId, instant, offloadId, stackId } from '../ids.ts'

/** What a person (or an accepted suggestion) decided. Never set by a model on its own. */
export const decision = z.enum(['pick', 'reject', 'undecided'])
export type Decision = z.infer<typeof decision>

/** What the machine proposes; it never becomes a decision by itself. */
export const suggestion = z.enum(['pick', 'maybe', 'reject'])
export type Suggestion = z.infer<typeof suggestion>

/** Stars a person gave: 0 = said to have none; null (where allowed) = nobody said. */
export const rating = z.number().int().min(0).max(5)
export const label = z.enum(['red', 'yellow', 'green', 'blue', 'purple'])
export type Label = z.infer<typeof label>

/** A rectangle in fractions (0–1) of the upright frame: left, top, width, height. */
export const box = z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })
export type Box = z.infer<typeof box>

/** A point in fractions (0–1) of the upright frame. */
export const point = z.strictObject({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) })
export type Point = z.infer<typeof point>

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
  /** 0–1: how sure the measures behind the score are; null while there is none. */
  confidence: z.number().nullable(),
  suggestion: suggestion.nullable(),
  decision,
  rating: rating.nullable(),
  label: label.nullable(),
  stack: stackId.nullable(),
  /** 1 = best of its stack. */
  rank: z.number().int().nullable(),
  reasons: z.array(z.string()),
  hasThumb: z.boolean(),
  addedAt: instant,
  /** The offload that brought it first. */
  offload: offloadId.nullable(),
})
export type AssetView = z.infer<typeof assetView>

export const clipView = z.strictObject({
  id: clipId,
  assetId,
  inUs: z.number().int(),
  outUs: z.number().int(),
  /** `person`: in and out were set by hand; such a clip goes before what was found. */
  by: z.enum(['machine', 'person']),
  /** 0–100; null for a person's clip: nobody measured it. */
  score: z.number().nullable(),
  components,
  reasons: z.array(z.string()),
})
export type ClipView = z.infer<typeof clipView>

export const assetDetail = z.strictObject({
  ...assetView.shape,
  components,
  model: z.string().nullable(),
  /** What the measures were taken on; null while unknown, and for clips. */
  subject: box.nullable(),
  /** `person` from the moment someone pointed at it; the measures follow a moment later. */
  subjectBy: z.enum(['machine', 'person']),
  bytes: z.number().int(),
  storedAt: z.string(),
  metadata: z.record(z.string(), z.string()),
  companions: z.array(z.string()),
  clips: z.array(clipView),
})
export type AssetDetail = z.infer<typeof assetDetail>

/** Of two photos held against each other: the challenger took the champion's place, or the champion kept it. */
const comparisonSource = z.enum(['crowned', 'held'])
export const comparison = z.strictObject({ winner: assetId, loser: assetId, source: comparisonSource })
export type Comparison = z.infer<typeof comparison>

/** One act in the history, newest first in a list. */
export const actView = z.strictObject({
  id: actId,
  at: instant,
  /** `person`, `suggestion` (accepted by a person), or what else made it. */
  by: z.string(),
  /** In words: "3 picked, 2 rejected". */
  what: z.string(),
  /** How many photos and clips it changed. */
  count: z.number().int(),
  /** Undone, and can be done again. */
  undone: z.boolean(),
})
export type ActView = z.infer<typeof actView>

/**
 * What a stack is. `bracket`, `focus-stack`, `panorama` and `spin` belong together and are kept whole; `copies` are the same picture in several files;
 * `take` is one clip.
 */
export const stackKind = z.enum(['single', 'burst', 'copies', 'bracket', 'focus-stack', 'panorama', 'spin', 'take'])
export type StackKind = z.infer<typeof stackKind>

/** `reason`: why these belong together and why the cover is the cover, in words. */
export const stackView = z.strictObject({ id: stackId, cover: assetId, members: z.array(assetId), kind: stackKind, reason: z.string() })
export type StackView = z.infer<typeof stackView>
