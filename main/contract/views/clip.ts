import { z } from 'zod'
import { assetId, clipId, exportId, instant, productId } from '../ids.ts'
import { analysisState, clipView } from './asset.ts'

/** What a person said about a suggested clip. Only approved clips leave by themselves. */
export const clipChoice = z.enum(['approved', 'rejected', 'undecided'])
export type ClipChoice = z.infer<typeof clipChoice>

/** Name of a channel: what a clip is made for. The list comes from the engine, see clip.channels. */
export const channelKey = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected the name of a channel')

/** How exported clips look, besides where they are going. */
export const clipLook = z.strictObject({
  /** null = the shape the channel is usually watched in. */
  aspect: z.enum(['9:16', '4:5', '1:1', '16:9']).nullable(),
  /** 'follow' the product, keep to the 'center', or 'pad': the whole picture over a blurred one. */
  reframe: z.enum(['follow', 'center', 'pad']),
  stabilise: z.boolean(),
  sound: z.enum(['level', 'silent']),
  /** Burned in from the product the take belongs to, as far as it has them; `qr`: its public address. */
  title: z.boolean(),
  price: z.boolean(),
  qr: z.boolean(),
  /** Burned in from the .srt beside the take, where there is one. */
  captions: z.boolean(),
  /** A small moving picture (WebP) beside the clip, for places that play no video. Left out = no. */
  preview: z.boolean().optional(),
})
export type ClipLook = z.infer<typeof clipLook>

export const usualLook: ClipLook = {
  aspect: null,
  reframe: 'follow',
  stabilise: false,
  sound: 'level',
  title: false,
  price: false,
  qr: false,
  captions: false,
}

/** What becomes of every new take for one channel. `folder` null = exports/<channel> in the library. */
export const autoExport = z.strictObject({
  on: z.boolean(),
  /** At most so many clips of a take. */
  most: z.number().int().min(1).max(10),
  /** Nothing is made before a person approved the clip. */
  approval: z.boolean(),
  folder: z.string().min(1).max(8192).nullable(),
})
export type AutoExport = z.infer<typeof autoExport>
export const usualAuto: AutoExport = { on: false, most: 3, approval: true, folder: null }

export const clipSettings = z.strictObject({ look: clipLook, auto: z.record(channelKey, autoExport) })
export type ClipSettings = z.infer<typeof clipSettings>

/** Inclusive bounds; null = the channel names none. */
const bounds = z.strictObject({ min: z.number().nullable(), max: z.number().nullable() })

/** A channel as the window and the plan know it. */
export const channelView = z.strictObject({
  name: channelKey,
  label: z.string(),
  /** What it is for, one line. */
  about: z.string(),
  /** Width / height it accepts. */
  aspect: bounds,
  seconds: bounds,
  bytes: bounds,
  sound: z.enum(['required', 'allowed', 'removed']),
  /** The shape clips get unless another is asked for; null = that of the take. */
  shape: z.strictObject({ width: z.number().int(), height: z.number().int() }).nullable(),
  /** Page its rules come from, and when it was read. */
  source: z.string(),
})
export type ChannelView = z.infer<typeof channelView>

/** A suggested (or a person's own) clip and what was said about it. */
export const reviewClip = z.strictObject({
  ...clipView.shape,
  choice: clipChoice,
  /** Name for people, `MVI_0002, 2`: the take and the place of the clip in it. */
  name: z.string(),
})
export type ReviewClip = z.infer<typeof reviewClip>

/** Seconds that were looked at and left. */
export const leftRange = z.strictObject({ assetId, inUs: z.number().int(), outUs: z.number().int(), because: z.string() })
export type LeftRange = z.infer<typeof leftRange>

/** One recording: a video file, or several that are its chapters. */
export const takeView = z.strictObject({
  /** Its first file. */
  assetId,
  name: z.string(),
  capturedAt: z.string().nullable(),
  /** Of all its files. */
  durationUs: z.number().int().nullable(),
  analysis: analysisState,
  /** Why there is nothing to show, or a warning about it. */
  because: z.string().nullable(),
  hasThumb: z.boolean(),
  /** The files of the recording in order; one for most takes. */
  chapters: z.array(assetId),
  productId: productId.nullable(),
  clips: z.array(reviewClip),
  left: z.array(leftRange),
})
export type TakeView = z.infer<typeof takeView>

export const takeCounts = z.strictObject({
  takes: z.number().int(),
  clips: z.number().int(),
  approved: z.number().int(),
  rejected: z.number().int(),
  undecided: z.number().int(),
  /** Short videos that belong to Live Photos: not offered as takes. */
  live: z.number().int(),
})
export type TakeCounts = z.infer<typeof takeCounts>

/** `waiting`: for a person to approve the clip. Refused and cancelled ones can be asked for again. */
export const exportState = z.enum(['waiting', 'queued', 'making', 'done', 'refused', 'cancelled'])
export type ExportState = z.infer<typeof exportState>

export const clipExportView = z.strictObject({
  id: exportId,
  clipId,
  assetId,
  channel: channelKey,
  state: exportState,
  /** 0–1 while it is made. */
  share: z.number().nullable(),
  /** Name of the file, once it is there. */
  file: z.string().nullable(),
  /** The folder it goes to, as it was asked for; null = exports/<channel> in the library. */
  folder: z.string().nullable(),
  /** Asked for by the rule for new takes, not by hand. */
  auto: z.boolean(),
  because: z.string().nullable(),
  notes: z.array(z.string()),
  at: instant,
})
export type ClipExportView = z.infer<typeof clipExportView>

/** What an export would do, clip by clip and channel by channel, before anything is made. */
export const clipExportPlan = z.strictObject({
  make: z.array(
    z.strictObject({
      clipId,
      assetId,
      channel: channelKey,
      name: z.string(),
      file: z.string(),
      seconds: z.number(),
      notes: z.array(z.string()),
    }),
  ),
  /** There already, made in the same way. */
  have: z.array(z.strictObject({ clipId, assetId, channel: channelKey, name: z.string(), file: z.string() })),
  /** `rule`: the channel's rule that stands in the way, null when it is something else. */
  refused: z.array(
    z.strictObject({
      clipId: clipId.nullable(),
      channel: channelKey.nullable(),
      name: z.string(),
      rule: z.string().nullable(),
      because: z.string(),
      next: z.string().nullable(),
    }),
  ),
  /** Where each channel's clips go, in words people can look for. */
  folders: z.array(z.strictObject({ channel: channelKey, folder: z.string() })),
})
export type ClipExportPlan = z.infer<typeof clipExportPlan>

/** What was learned from this seller's own choices of clips. */
export const clipTaste = z.strictObject({
  /** Enough choices, and learning is switched on. */
  active: z.boolean(),
  choices: z.number().int(),
  /** Below this many nothing is learned. */
  needed: z.number().int(),
  words: z.array(z.string()),
})
export type ClipTaste = z.infer<typeof clipTaste>
