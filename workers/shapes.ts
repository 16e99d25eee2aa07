import { z } from 'zod'

/** What tasks take and give: the shapes that several of them, or the engine, use. Part of the worker contract, see protocol.ts. */

/** Integer microseconds. */
export const us = z.number().int()
/** Fractions (0–1) of the upright frame: left, top, width, height. */
export const box = z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })

/** Inclusive bounds; null = none. */
export const bounds = z.strictObject({ min: z.number().nullable(), max: z.number().nullable() })

/**
 * A raw measure before weighing. `value` 0 (bad) – 1 (good), `confidence` 0–1, `because` a plain-word finding
 * ("sharp on the subject"), `region` where it was measured (null = the whole frame).
 */
export const measure = z.strictObject({ value: z.number(), confidence: z.number(), region: box.nullable(), because: z.string() })
export type Measure = z.infer<typeof measure>

/**
 * Channels a clip can be made for; one file each in workers/cut/channels/. 'archive' is no destination: a lossless copy between keyframes, to be
 * kept and not published.
 */
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
  'archive',
])
export type ChannelName = z.infer<typeof channelName>

/** Shapes a clip can be cut to: wide to high. */
export const clipAspect = z.enum(['9:16', '4:5', '1:1', '16:9'])
export type ClipAspect = z.infer<typeof clipAspect>

/** What is burned into a clip. Each null or blank = left out; `qr` is the text of the code, usually an address. */
export const clipOverlay = z.strictObject({
  title: z.string().max(200).nullable(),
  price: z.string().max(60).nullable(),
  qr: z.string().max(500).nullable(),
})
export type ClipOverlay = z.infer<typeof clipOverlay>

/** How a clip is made, besides where it is going. Every field has a default: the channel's own shape, following the product, sound levelled. */
export const clipLook = {
  /** null = the channel's own. */
  aspect: clipAspect.nullable().default(null),
  /** 'follow' the product, keep to the 'center', or 'pad': show the whole picture over a blurred one. */
  reframe: z.enum(['follow', 'center', 'pad']).default('follow'),
  /** Light, against a trembling hand. */
  stabilise: z.boolean().default(false),
  /** 'level': to the channel's loudness; 'silent': no sound, or silence where the channel wants a sound track. */
  sound: z.enum(['level', 'silent']).default('level'),
  overlay: clipOverlay.nullable().default(null),
  /** Path of an .srt on the take's clock, burned in; null = none. */
  captions: z.string().nullable().default(null),
} as const

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
  /** The transfer curve that makes it HDR: PQ or HLG. */
  hdrTransfer: z.enum(['pq', 'hlg']).nullable().optional(),
  /** The display matrix flips left and right. */
  mirrored: z.boolean().optional(),
  /** All of them; `audio` is the default one, or the first. */
  audioTracks: z.number().int().optional(),
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
