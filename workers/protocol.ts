import type { MessagePort } from 'node:worker_threads'
import { z } from 'zod'

/**
 * File names on a card are bytes, not text. A path that is not valid UTF-8 travels as `\0` + hex of its bytes
 * (no real path holds a NUL), so that such a photo can still be copied.
 */
export const fsPath = (path: string): string | Buffer => (path.startsWith('\0') ? Buffer.from(path.slice(1), 'hex') : path)

/** THE worker contract: every task a worker thread can do. Payloads are parsed on arrival, results before they leave. */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** Integer microseconds. */
const us = z.number().int()
/** Fractions (0–1) of the upright frame: left, top, width, height. */
const box = z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })

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
export type PhotoInfo = z.infer<typeof photoInfo>

export const tasks = {
  /**
   * One read of `source`, fanned out to every destination: `.part` → fsync → rename (never over an existing file) → directory fsync
   * → verification. `expected` (when known from an earlier read) must match or the file counts as changed.
   */
  'copy.file': {
    in: z.strictObject({
      source: z.string(),
      /** Final paths, one per disk; parents are created. A final path that exists is never touched: it is compared instead. */
      destinations: z.array(z.string()).min(1),
      verify: z.enum(['destination', 'source-and-destination', 'size']),
    }),
    out: z.strictObject({
      sha256,
      bytes: z.number().int(),
      modifiedMs: z.number(),
      /** See copy.fingerprint. */
      fingerprint: sha256,
      destinations: z.array(
        z.strictObject({
          path: z.string(),
          /** `same`: it was there already, byte for byte; `taken`: another file has that name and was left alone. */
          outcome: z.enum(['copied', 'same', 'taken', 'verifyFailed', 'error']),
          verified: z.boolean(),
          /** Change time (ctime) once it has its name, milliseconds; null when there is no verified copy. */
          changedMs: z.number().nullable(),
          because: z.string().nullable(),
        }),
      ),
    }),
  },
  /**
   * A cheap look at many files: size, time, and a SHA-256 over the size and four 16 KiB samples (start, two inside, end).
   * Enough to say that a file of the same name and time is the one that was copied; never enough on its own.
   */
  'copy.fingerprint': {
    in: z.strictObject({ paths: z.array(z.string()).max(500) }),
    out: z.strictObject({ files: z.array(z.strictObject({ path: z.string(), fingerprint: sha256.nullable() })) }),
  },
  'copy.hash': {
    in: z.strictObject({ path: z.string() }),
    out: z.strictObject({ sha256, bytes: z.number().int() }),
  },
  /**
   * A quick look at files that are still on a card: only the first part of each is read. `outDir` takes the previews they carry inside
   * (null = do not write). A file that cannot be read has nulls; copying it will say why.
   */
  'peek.files': {
    in: z.strictObject({ paths: z.array(z.string()).max(500), outDir: z.string().nullable(), decodeMissing: z.boolean() }),
    out: z.strictObject({
      files: z.array(
        z.strictObject({
          path: z.string(),
          capturedAt: z.string().nullable(),
          /** Make, model and serial, as cameraOf() in the core joins them. */
          camera: z.string().nullable(),
          orientation: z.number().int(),
          thumb: z.string().nullable(),
        }),
      ),
    }),
  },
  /** One decode feeds everything: thumb and preview are written on the way (null = do not write). */
  'score.photo': {
    in: z.strictObject({ path: z.string(), modelsDir: z.string(), thumbPath: z.string().nullable(), previewPath: z.string().nullable() }),
    out: z.strictObject({
      info: photoInfo,
      /** Name and version of everything that decided, e.g. "photo-measures@1+oidv4-backbone@1+quality-head@1". */
      model: z.string(),
      measures: z.record(z.string(), measure),
      subject: box.nullable(),
      /** 64-bit perceptual hash, 16 hex digits: for copies and re-encodes. */
      phash: z.string().regex(/^[0-9a-f]{16}$/),
      /** L2-normalised descriptor for likeness (cosine = dot product), or null in a degraded mode. */
      embedding: z.instanceof(Float32Array).nullable(),
      /** Named degraded modes: a model that is missing or has the wrong hash. */
      degraded: z.array(z.string()),
      warnings: z.array(z.string()),
    }),
  },
  'crop.photo': {
    in: z.strictObject({ path: z.string(), outPath: z.string(), recipe: photoRecipe }),
    out: z.strictObject({ path: z.string(), sha256, bytes: z.number().int(), width: z.number().int(), height: z.number().int() }),
  },
  'cut.tools': {
    in: z.strictObject({}),
    out: z.strictObject({
      ffmpeg: z
        .strictObject({
          path: z.string(),
          version: z.string(),
          /** How it was found: setting, ffmpeg-static, PATH, @ffmpeg-installer. */
          origin: z.string(),
          filters: z.array(z.string()),
          encoders: z.array(z.string()),
        })
        .nullable(),
      ffprobe: z.strictObject({ path: z.string(), version: z.string(), origin: z.string() }).nullable(),
    }),
  },
  'cut.probe': { in: z.strictObject({ path: z.string() }), out: videoInfo },
  'cut.shots': {
    in: z.strictObject({ path: z.string() }),
    out: z.strictObject({
      fps: z.number().nullable(),
      frames: z.number().int(),
      cuts: z.array(z.number().int()),
      transitions: z.array(
        z.strictObject({ type: z.enum(['fade-in', 'fade-out', 'dissolve']), startFrame: z.number().int(), endFrame: z.number().int() }),
      ),
      shots: z.array(z.strictObject({ startFrame: z.number().int(), endFrame: z.number().int(), startUs: us, endUs: us })),
    }),
  },
  /** The seconds worth keeping of one take, best first, without near-duplicates or overlaps. */
  'cut.find': {
    in: z.strictObject({ path: z.string(), minUs: us, maxUs: us, most: z.number().int().positive() }),
    out: z.strictObject({
      model: z.string(),
      info: videoInfo,
      clips: z.array(z.strictObject({ inUs: us, outUs: us, measures: z.record(z.string(), measure) })),
      /** Seconds that were looked at and left, with the reason. */
      rejected: z.array(z.strictObject({ inUs: us, outUs: us, because: z.string() })),
    }),
  },
  /** A still of the take as JPEG: `thumb` 480 px, `preview` 2048 px longest side; plus a proxy MP4 (H.264, faststart, ≤ 960 px). null = do not write. */
  'cut.preview': {
    in: z.strictObject({
      path: z.string(),
      atUs: us,
      thumbPath: z.string().nullable(),
      previewPath: z.string().nullable(),
      proxyPath: z.string().nullable(),
    }),
    out: z.strictObject({ written: z.array(z.string()) }),
  },
  /** Frame-exact re-encode of [inUs, outUs) for one channel, checked against the channel's rules before it gets its final name. */
  'cut.clip': {
    in: z.strictObject({
      path: z.string(),
      inUs: us,
      outUs: us,
      channel: channelName,
      outPath: z.string(),
      posterPath: z.string().nullable(),
    }),
    out: z.strictObject({
      path: z.string(),
      posterPath: z.string().nullable(),
      sha256,
      bytes: z.number().int(),
      width: z.number().int(),
      height: z.number().int(),
      durationUs: us,
    }),
  },
} as const satisfies Record<string, { in: z.ZodType; out: z.ZodType }>

export type TaskName = keyof typeof tasks
export type TaskIn<N extends TaskName> = z.input<(typeof tasks)[N]['in']>
export type TaskArgs<N extends TaskName> = z.output<(typeof tasks)[N]['in']>
export type TaskOut<N extends TaskName> = z.output<(typeof tasks)[N]['out']>

/** What arrives in the thread. `port` takes progress (`{done, total}`) and brings the cancel: any message on it. */
export type WorkerCall<N extends TaskName = TaskName> = { name: N; input: unknown; port: MessagePort }

/** What a handler gets besides its input. */
export type TaskContext = { signal: AbortSignal; progress(done: number, total: number): void }
export type TaskHandler<N extends TaskName> = (input: TaskArgs<N>, ctx: TaskContext) => Promise<TaskOut<N>>

/** Expected endings are values; a rejection of the thread's promise is a bug or a dead thread. */
export type TaskReply<N extends TaskName> =
  | { kind: 'done'; out: TaskOut<N> }
  | { kind: 'refused'; because: string; code: RefusalCode }
  | { kind: 'cancelled' }

export const refusalCode = z.enum([
  'damaged',
  'unsupported',
  'too-large',
  'missing',
  'unreadable',
  'no-space',
  'unavailable',
  'timeout',
  'changed',
])
export type RefusalCode = z.infer<typeof refusalCode>

/** Thrown by a handler to end a task with a named reason (bad input, not a bug). */
export class Refusal extends Error {
  readonly code: RefusalCode
  constructor(code: RefusalCode, because: string, options?: { cause?: unknown }) {
    super(because, options)
    this.name = 'Refusal'
    this.code = code
  }
}
