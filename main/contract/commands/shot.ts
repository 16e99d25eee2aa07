import { z } from 'zod'
import { actId, assetId, clipId } from '../ids.ts'
import {
  actView,
  assetDetail,
  assetView,
  clipView,
  comparison,
  decision,
  label,
  learningExport,
  learningView,
  point,
  rating,
  stackView,
} from '../views.ts'
import { type Door, nothing } from './command.ts'

/** `compared`: what the newest of the acts had said of two photos, if that is what it was about. */
const turned = z.strictObject({ changed: z.array(assetId), what: z.string().nullable(), compared: comparison.nullable() })

/** Photos and clips, what was decided about them, and what was learned from it. */
export const shotCommands = {
  /** `assetIds`: only these, so that a change is read without the rest; what is not in the library any more is left out. */
  'asset.list': {
    door: 'window',
    in: z.strictObject({
      assetIds: z.array(assetId).min(1).max(10_000).nullable().default(null),
      after: assetId.nullable().default(null),
      limit: z.number().int().min(1).max(10_000).default(10_000),
    }),
    out: z.strictObject({ assets: z.array(assetView), more: z.boolean() }),
  },
  'asset.get': { door: 'window', in: z.strictObject({ assetId }), out: assetDetail },
  /** Tells where the subject is (null = let Dropcard find it); that photo is then measured again. */
  'asset.subject': { door: 'window', in: z.strictObject({ assetId, at: point.nullable() }), out: nothing },
  /**
   * A person's in and out of a take (integer microseconds, out exclusive). `clipId`: the clip it takes the place of, null = a new one; a clip that the
   * machine found stays and the person's goes before it. `range` null takes a person's clip away. Answers with all clips of the take, best first.
   */
  'clip.set': {
    door: 'window',
    in: z.strictObject({
      assetId,
      clipId: clipId.nullable(),
      range: z.strictObject({ inUs: z.number().int(), outUs: z.number().int() }).nullable(),
    }),
    out: z.strictObject({ clips: z.array(clipView) }),
  },
  /** Where the originals lie, for dragging them out; those that are missing are left out. */
  'asset.originals': {
    door: 'host',
    in: z.strictObject({ assetIds: z.array(assetId).min(1).max(500) }),
    out: z.strictObject({ paths: z.array(z.string()), thumb: z.string().nullable() }),
  },
  'stack.list': { door: 'window', in: nothing, out: z.array(stackView) },
  /** One act, one undo: all its sets are one transaction ("keep this one, reject the rest" is two sets). Later sets win. */
  'decision.set': {
    door: 'window',
    in: z.strictObject({
      sets: z
        .array(z.strictObject({ assetIds: z.array(assetId).min(1).max(10_000), decision }))
        .min(1)
        .max(8),
    }),
    out: z.strictObject({ changed: z.array(assetId) }),
  },
  /** One photo over another, as a person said it while comparing them: kept for learning, part of the history. `kept` false: the same was said last. */
  'review.prefer': { door: 'window', in: comparison, out: z.strictObject({ kept: z.boolean() }) },
  'decision.accept': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).max(10_000).nullable().default(null) }),
    out: z.strictObject({ picked: z.array(assetId), rejected: z.array(assetId) }),
  },
  /** Takes back the newest act that holds, whatever it changed; `through`: all of them down to this one. `what`: in words, null = nothing to undo. */
  'decision.undo': {
    door: 'window',
    in: z.strictObject({ through: actId.nullable().default(null) }),
    out: turned,
  },
  /** Does again what was undone last; `through`: all up to this one. Nothing can be done again once something else was done. */
  'decision.redo': {
    door: 'window',
    in: z.strictObject({ through: actId.nullable().default(null) }),
    out: turned,
  },
  /** What was done and holds, and what can be done again; newest first. */
  'decision.history': {
    door: 'window',
    in: z.strictObject({ limit: z.number().int().min(1).max(1000).default(200) }),
    out: z.array(actView),
  },
  /** Stars and labels; one act, one undo, like decision.set. What is not given stays; null takes it away. Later sets win. */
  'rating.set': {
    door: 'window',
    in: z.strictObject({
      sets: z
        .array(
          z.strictObject({
            assetIds: z.array(assetId).min(1).max(10_000),
            rating: rating.nullable().optional(),
            label: label.nullable().optional(),
          }),
        )
        .min(1)
        .max(8),
    }),
    out: z.strictObject({ changed: z.array(assetId) }),
  },
  'learning.get': { door: 'window', in: nothing, out: learningView },
  /** Off: suggestions follow the shipped score alone; nothing is forgotten. */
  'learning.set': { door: 'window', in: z.strictObject({ on: z.boolean() }), out: learningView },
  /** Forgets what was learned; picks made so far are not learned from again. Decisions stay. */
  'learning.reset': { door: 'window', in: nothing, out: learningView },
  'learning.export': { door: 'window', in: nothing, out: learningExport },
} as const satisfies Record<string, Door>
