import { z } from 'zod'

/** What tasks take and give: the shapes that several of them, or the engine, use. Part of the worker contract, see protocol.ts. */

/** Integer microseconds. */
export const us = z.number().int()
/** Fractions (0–1) of the upright frame: left, top, width, height. */
export const box = z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })

/**
 * A raw measure before weighing. `value` 0 (bad) – 1 (good), `confidence` 0–1, `because` a plain-word finding
 * ("sharp on the subject"), `region` where it was measured (null = the whole frame).
 */
export const measure = z.strictObject({ value: z.number(), confidence: z.number(), region: box.nullable(), because: z.string() })
export type Measure = z.infer<typeof measure>

/** Channels a clip can be made for; one file each in workers/cut/channels/. */
export const channelName = z.enum([
  'plain',
  'instagram-reels',
  'facebook-reels',
  'tiktok',
  'youtube-shorts',
  'pinterest',
  'shopify',
  'etsy',
  'woocommerce',
])
export type ChannelName = z.infer<typeof channelName>

/** How a photo is rendered for a destination. Metadata is always dropped and pixels are converted to sRGB. */
export const photoRecipe = z.strictObject({
  name: z.string(),
  /** Longest side in pixels; never enlarged. */
  longestSide: z.number().int().positive(),
  /** 'keep' or a centre-weighted crop to this aspect (width / height). */
  aspect: z.union([z.literal('keep'), z.number().positive()]),
  format: z.enum(['jpeg', 'webp']),
  quality: z.number().int().min(1).max(100),
})
export type PhotoRecipe = z.infer<typeof photoRecipe>

export const videoInfo = z.strictObject({
  container: z.string(),
  codec: z.string(),
  /** Display size: after rotation and sample aspect ratio. */
  width: z.number().int(),
  height: z.number().int(),
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  fps: z.number().nullable(),
  variableFrameRate: z.boolean(),
  /** Of the video stream, from decodable packets where the header lies. */
  durationUs: us,
  audio: z.strictObject({ codec: z.string(), channels: z.number().int(), sampleRate: z.number().int() }).nullable(),
  hdr: z.boolean(),
  pixelFormat: z.string(),
  /** Recording time as the container says it (UTC ISO) or null. */
  createdAt: z.string().nullable(),
  camera: z.string().nullable(),
  warnings: z.array(z.string()),
})
export type VideoInfo = z.infer<typeof videoInfo>

export const photoInfo = z.strictObject({
  format: z.string(),
  /** Upright size, after orientation. */
  width: z.number().int(),
  height: z.number().int(),
  orientation: z.number().int().min(1).max(8),
  /** Camera wall-clock time, ISO without zone, milliseconds kept ("2024-03-31T02:30:00.120"); null when missing or impossible. */
  capturedAt: z.string().nullable(),
  cameraMake: z.string().nullable(),
  cameraModel: z.string().nullable(),
  cameraSerial: z.string().nullable(),
  focalMm: z.number().nullable(),
  fNumber: z.number().nullable(),
  exposureS: z.number().nullable(),
  iso: z.number().nullable(),
})

/**
 * What people and other programs note about a photo (XMP). null = not said; when writing, null leaves what is there and '' takes a label out.
 */
export const marks = z.strictObject({
  /** -1 rejected, 0 no stars, 1–5. */
  rating: z.number().int().min(-1).max(5).nullable(),
  /** -1 rejected, 0 undecided, 1 picked. */
  pick: z.union([z.literal(-1), z.literal(0), z.literal(1)]).nullable(),
  /** A word; Lightroom matches exactly Red, Yellow, Green, Blue, Purple. */
  label: z.string().max(2000).nullable(),
  title: z.string().max(2000).nullable(),
  description: z.string().max(2000).nullable(),
  creator: z.string().max(2000).nullable(),
  rights: z.string().max(2000).nullable(),
  keywords: z.array(z.string().max(2000)).max(1000),
})
export type Marks = z.infer<typeof marks>
