import { z } from 'zod'
import { assetId, clipId, exportId } from '../ids.ts'
import { channelKey, channelView, clipChoice, clipExportPlan, clipExportView, clipLook, clipTaste, takeCounts, takeView } from '../views.ts'
import { type Door, nothing, path } from './command.ts'

const wanted = z.strictObject({
  clipIds: z.array(clipId).min(1).max(2000),
  channels: z.array(channelKey).min(1).max(20),
  look: clipLook,
  /** null = where the settings send each channel, else exports/<channel> in the library. */
  folder: path.nullable().default(null),
})

/** Clips of takes: looked at, chosen, made into files. */
export const clipCommands = {
  /** Takes in shooting order, with their clips, best first. `choice`: only takes with such a clip. */
  'clip.takes': {
    door: 'window',
    in: z.strictObject({
      after: assetId.nullable().default(null),
      limit: z.number().int().min(1).max(500).default(200),
      choice: clipChoice.nullable().default(null),
    }),
    out: z.strictObject({ takes: z.array(takeView), more: z.boolean(), counts: takeCounts }),
  },
  /** One act, one undo, in the history of decisions. Clips that wait for approval are made when they are approved. Later sets win. */
  'clip.choose': {
    door: 'window',
    in: z.strictObject({
      sets: z
        .array(z.strictObject({ clipIds: z.array(clipId).min(1).max(2000), choice: clipChoice }))
        .min(1)
        .max(8),
    }),
    out: z.strictObject({ changed: z.array(clipId) }),
  },
  'clip.channels': { door: 'window', in: nothing, out: z.strictObject({ channels: z.array(channelView) }) },
  'clip.exportPlan': { door: 'window', in: wanted, out: clipExportPlan },
  /** Asks for what the plan would make. The same clip in the same way for the same place is made once, however often it is asked for. */
  'clip.export': {
    door: 'window',
    in: wanted,
    out: z.strictObject({ exports: z.array(clipExportView), refused: clipExportPlan.shape.refused }),
  },
  /** Newest first. */
  'clip.exports': {
    door: 'window',
    in: z.strictObject({ limit: z.number().int().min(1).max(10_000).default(5000) }),
    out: z.array(clipExportView),
  },
  /** null = all that wait or are being made. What is done stays. */
  'clip.cancel': {
    door: 'window',
    in: z.strictObject({ exportIds: z.array(exportId).min(1).max(10_000).nullable().default(null) }),
    out: z.strictObject({ cancelled: z.number().int() }),
  },
  /** null = all that were refused or cancelled. */
  'clip.retry': {
    door: 'window',
    in: z.strictObject({ exportIds: z.array(exportId).min(1).max(10_000).nullable().default(null) }),
    out: z.strictObject({ retried: z.number().int() }),
  },
  'clip.taste': { door: 'window', in: nothing, out: clipTaste },
  /** Where finished exports lie; those that are not done are left out. */
  'clip.exported': {
    door: 'host',
    in: z.strictObject({ exportIds: z.array(exportId).min(1).max(10_000) }),
    out: z.strictObject({ files: z.array(z.strictObject({ exportId, path: z.string() })) }),
  },
} as const satisfies Record<string, Door>
