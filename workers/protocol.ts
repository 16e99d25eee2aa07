import type { MessagePort } from 'node:worker_threads'
import { z } from 'zod'
import { bounds, box, channelName, clipLook, marks, measure, photoInfo, photoRecipe, us, videoInfo } from './shapes.ts'

export * from './shapes.ts'

/**
 * File names on a card are bytes, not text. A path that is not valid UTF-8 travels as `\0` + hex of its bytes
 * (no real path holds a NUL), so that such a photo can still be copied.
 */
export const fsPath = (path: string): string | Buffer => (path.startsWith('\0') ? Buffer.from(path.slice(1), 'hex') : path)

/** THE worker contract: every task a worker thread can do. Payloads are parsed on arrival, results before they leave. */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const tasks = {
  /**
   * One read of `source`, fanned out to every destination: `.part` → fsync → rename (never over an existing file) → directory fsync
   * → verification. `expected` (when known from an earlier read) must match or the file counts as changed.
   */
  'copy.file': {
    in: z.strictObject({
      source: z.string(),
      /**
       * Final paths, one per disk. Folders are made below `root`, never `root` itself: a disk that was pulled leaves its mount point behind. A final
       * path that exists is never touched: it is compared instead.
       */
      destinations: z.array(z.strictObject({ root: z.string(), path: z.string() })).min(1),
      /** Names this life of the engine; in the name of every `.part`. */
      life: z.string().regex(/^[0-9a-f]{12}$/),
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
    in: z.strictObject({
      path: z.string(),
      modelsDir: z.string(),
      thumbPath: z.string().nullable(),
      previewPath: z.string().nullable(),
      /** A point a person chose, in fractions of the upright frame: the subject is what lies there. null = find it. */
      subjectAt: z
        .strictObject({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) })
        .nullable()
        .default(null),
    }),
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
      /** The photo in 2,880 bytes, for telling two photos apart place by place: see workers/score/sketch.ts. */
      sketch: z.instanceof(Uint8Array),
      /** Named degraded modes: a model that is missing or has the wrong hash. */
      degraded: z.array(z.string()),
      warnings: z.array(z.string()),
    }),
  },
  /**
   * The `model` that score.photo would answer with now; null when a model is missing or changed (nothing is measured anew for less). From the list
   * and the hashes alone, or, with `tried`, after opening them: null too when one does not run here.
   */
  'score.model': {
    in: z.strictObject({ modelsDir: z.string(), tried: z.boolean() }),
    out: z.strictObject({ model: z.string().nullable() }),
  },
  'crop.photo': {
    in: z.strictObject({ path: z.string(), outPath: z.string(), recipe: photoRecipe }),
    out: z.strictObject({ path: z.string(), sha256, bytes: z.number().int(), width: z.number().int(), height: z.number().int() }),
  },
  /** A poster as PDF, one A5 page: a QR code of `qr`, title, lines below it, a small foot. */
  'crop.poster': {
    in: z.strictObject({
      title: z.string().max(500),
      lines: z.array(z.string().max(500)).max(6),
      qr: z.string().min(1).max(2000),
      foot: z.string().max(500).nullable(),
      outPath: z.string(),
    }),
    out: z.strictObject({ path: z.string(), bytes: z.number().int(), sha256 }),
  },
  /** Of .xmp sidecars and JPEGs; other files have no marks. */
  'marks.read': {
    in: z.strictObject({ paths: z.array(z.string()).max(500) }),
    out: z.strictObject({ files: z.array(z.strictObject({ path: z.string(), marks: marks.nullable(), because: z.string().nullable() })) }),
  },
  /** `sidecar`: merged into the .xmp at `outPath`, made when it is not there. `embedded`: a copy of the JPEG `source`; `outPath` must be free. */
  'marks.write': {
    in: z.strictObject({
      source: z.string(),
      outPath: z.string(),
      how: z.enum(['sidecar', 'embedded']),
      /** Notes that a new sidecar starts from (those that came with the card); null = from nothing. */
      base: z.string().nullable().default(null),
      marks,
      /** For xmp:MetadataDate, ISO. */
      at: z.string(),
    }),
    out: z.strictObject({ path: z.string(), bytes: z.number().int(), sha256 }),
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
  /** Every channel a clip can be made for, for those who plan. `shape` null = that of the take. */
  'cut.channels': {
    in: z.strictObject({}),
    out: z.strictObject({
      channels: z.array(
        z.strictObject({
          name: channelName,
          label: z.string(),
          about: z.string(),
          aspect: bounds,
          seconds: bounds,
          bytes: bounds,
          sound: z.enum(['required', 'allowed', 'removed']),
          shape: z.strictObject({ width: z.number().int(), height: z.number().int() }).nullable(),
          source: z.string(),
        }),
      ),
    }),
  },
  /** Looks at a finished file again: which rules of the channel it breaks, in words; none = it may go. Loudness is not measured again. */
  'cut.check': {
    in: z.strictObject({ path: z.string(), channel: channelName }),
    out: z.strictObject({ durationUs: us, bytes: z.number().int(), violations: z.array(z.string()) }),
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
    in: z.strictObject({
      path: z.string(),
      minUs: us,
      maxUs: us,
      most: z.number().int().positive(),
      /** For the measure `subject`; null = clips are chosen without it. */
      modelsDir: z.string().nullable().default(null),
    }),
    out: z.strictObject({
      model: z.string(),
      info: videoInfo,
      clips: z.array(z.strictObject({ inUs: us, outUs: us, measures: z.record(z.string(), measure) })),
      /** Seconds that were looked at and left, with the reason. */
      rejected: z.array(z.strictObject({ inUs: us, outUs: us, because: z.string() })),
      /** Named degraded modes: what was not looked for, and why. */
      degraded: z.array(z.string()).default([]),
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
  /**
   * Frame-exact re-encode of [inUs, outUs) for one channel, checked against the channel's rules before it gets its final name. Channel 'archive'
   * instead copies from the keyframe at or before inUs, without loss and without checks; its file keeps a container that holds its coding, so `path`
   * may end in .mov or .mkv where `outPath` ends in .mp4.
   */
  'cut.clip': {
    in: z.strictObject({
      path: z.string(),
      inUs: us,
      outUs: us,
      channel: channelName,
      outPath: z.string(),
      /** The cover as JPEG, full size; null = none. */
      posterPath: z.string().nullable(),
      ...clipLook,
      /**
       * Where the master that channels of the same range, shape and look share lies or will lie. It is made when it is missing, copied without a new
       * encode where the channel's rules take it, and never deleted: it is the caller's. null = encode for this channel alone.
       */
      masterPath: z.string().nullable().default(null),
      /** Animated WebP of at most three seconds, small; null = none. */
      previewPath: z.string().nullable().default(null),
      /** Folder of the models that find the product; null = the crop stays in the middle, and a note says so. */
      modelsDir: z.string().nullable().default(null),
    }),
    out: z.strictObject({
      path: z.string(),
      posterPath: z.string().nullable(),
      previewPath: z.string().nullable(),
      sha256,
      bytes: z.number().int(),
      width: z.number().int(),
      height: z.number().int(),
      durationUs: us,
      /** The cover frame, on the clip's own clock. */
      cover: z.strictObject({ atUs: us }),
      /** 'whole': nothing was cut away; 'stable': one crop; 'follow': a moving one; 'pad': whole, over a blurred picture. */
      crop: z.enum(['follow', 'stable', 'pad', 'whole']),
      /** Why it was framed so, in words. */
      because: z.string(),
      /** What could not be done here and what was done instead: 'no vidstab or deshake in this ffmpeg: not stabilised'. */
      notes: z.array(z.string()),
      /** How much earlier than asked the file begins: 0 but for 'archive'. */
      earlierUs: us,
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
