import { z } from 'zod'
import { assetId } from '../ids.ts'
import { rendition } from '../media-url.ts'
import { box, clipLook, components, componentView, suggestion, usualLook } from '../views.ts'
import { type Door, nothing, path } from './command.ts'

const { title: _title, price: _price, qr: _qr, ...plainLook } = usualLook

const scoreResult = z.strictObject({
  path: z.string(),
  ok: z.boolean(),
  score: z.number().nullable(),
  components,
  reasons: z.array(z.string()),
  model: z.string().nullable(),
  subject: box.nullable(),
  warnings: z.array(z.string()),
  error: z.string().optional(),
})

const triageReport = z.strictObject({
  assets: z.array(
    z.strictObject({
      path: z.string(),
      id: assetId,
      score: z.number().nullable(),
      components: z.record(z.string(), componentView),
      stack: z.string().nullable(),
      rank: z.number().int().nullable(),
      suggestion: suggestion.nullable(),
      reasons: z.array(z.string()),
    }),
  ),
  stacks: z.array(z.strictObject({ id: z.string(), cover: z.string(), members: z.array(z.string()) })),
  refused: z.array(z.strictObject({ path: z.string(), because: z.string() })),
})

export const shotsReport = z.strictObject({
  fps: z.number().nullable(),
  frames: z.number().int(),
  /** Frame N = first frame of the new shot, decode order, counted from 0. */
  cuts: z.array(z.number().int()),
  transitions: z.array(z.strictObject({ type: z.string(), startFrame: z.number().int(), endFrame: z.number().int() })),
  /** `endFrame` and `endUs` are exclusive. */
  shots: z.array(
    z.strictObject({ startFrame: z.number().int(), endFrame: z.number().int(), startUs: z.number().int(), endUs: z.number().int() }),
  ),
})

const clipsReport = z.strictObject({
  clips: z.array(
    z.strictObject({
      source: z.string(),
      inUs: z.number().int(),
      outUs: z.number().int(),
      score: z.number(),
      components,
      reasons: z.array(z.string()),
      /** `have`: it was there already, made in the same way, and still passes; `planned`: this was a dry run. */
      outputs: z.array(
        z.strictObject({
          channel: z.string(),
          path: z.string(),
          state: z.enum(['made', 'have', 'planned']),
          notes: z.array(z.string()),
        }),
      ),
      refused: z.array(z.strictObject({ channel: z.string(), because: z.string() })),
    }),
  ),
  refused: z.array(z.strictObject({ source: z.string(), because: z.string() })),
})

/** Only for main, the command line and tests: they take or return paths of this machine. */
export const hostCommands = {
  'media.resolve': {
    door: 'host',
    in: z.strictObject({ assetId, rendition }),
    out: z.strictObject({ path: z.string(), type: z.string() }),
  },
  'peek.resolve': { door: 'host', in: z.strictObject({ token: z.string() }), out: z.strictObject({ path: z.string(), type: z.string() }) },
  'engine.settle': {
    door: 'host',
    in: nothing,
    out: z.strictObject({ failed: z.array(z.strictObject({ what: z.string(), because: z.string() })) }),
  },
  'score.files': {
    door: 'host',
    in: z.strictObject({ paths: z.array(path).min(1) }),
    out: z.strictObject({ results: z.array(scoreResult) }),
  },
  'triage.folder': { door: 'host', in: z.strictObject({ path }), out: triageReport },
  'triage.library': { door: 'host', in: nothing, out: triageReport },
  'render.picks': {
    door: 'host',
    in: nothing,
    out: z.strictObject({
      rendered: z.array(z.strictObject({ assetId, recipe: z.string(), path: z.string() })),
      refused: z.array(z.strictObject({ assetId, recipe: z.string(), because: z.string() })),
    }),
  },
  'shots.find': { door: 'host', in: z.strictObject({ path }), out: shotsReport },
  'clips.make': {
    door: 'host',
    in: z.strictObject({
      paths: z.array(path).min(1),
      outDir: path,
      channels: z.array(z.string().min(1).max(40)).min(1),
      most: z.number().int().min(1).max(20).default(3),
      /** Length of a clip; microseconds. */
      minUs: z.number().int().min(500_000).max(600_000_000).default(5_000_000),
      maxUs: z.number().int().min(500_000).max(600_000_000).default(15_000_000),
      look: clipLook.pick({ aspect: true, reframe: true, stabilise: true, sound: true, captions: true }).default(plainLook),
      /** Burned in; null = nothing. */
      overlay: z
        .strictObject({ title: z.string().max(200).nullable(), price: z.string().max(60).nullable(), qr: z.string().max(500).nullable() })
        .nullable()
        .default(null),
      /** Only says what would be made. */
      dryRun: z.boolean().default(false),
    }),
    out: clipsReport,
  },
} as const satisfies Record<string, Door>
