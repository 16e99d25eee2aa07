import { z } from 'zod'
import { assetId, catalogName, instant, offloadId, productId } from './ids.ts'
import { rendition } from './media-url.ts'
import type { Reply } from './reply.ts'
import {
  assetDetail,
  assetView,
  box,
  cardChoice,
  cardView,
  components,
  componentView,
  decision,
  doctorReport,
  libraryStatus,
  offloadPlan,
  offloadReport,
  offloadView,
  peekView,
  productView,
  publishPlan,
  publishState,
  settings,
  stackView,
  suggestion,
  verifyMode,
  verifyReport,
} from './views.ts'

const path = z
  .string()
  .min(1)
  .max(8192)
  .refine((value) => !value.includes('\0'), 'a path cannot hold a NUL byte')
const nothing = z.strictObject({})

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
      outputs: z.array(z.strictObject({ channel: z.string(), path: z.string() })),
      refused: z.array(z.strictObject({ channel: z.string(), because: z.string() })),
    }),
  ),
  refused: z.array(z.strictObject({ source: z.string(), because: z.string() })),
})

/**
 * Every command of the engine. One edit here = one new command.
 * `door: 'window'` may be called from the sandboxed window; `door: 'host'` only from main, the CLI and tests
 * (they take or return paths of this machine).
 */
export const commands = {
  'library.status': { door: 'window', in: nothing, out: libraryStatus },
  'card.list': { door: 'window', in: nothing, out: z.array(cardView) },
  'card.sample': { door: 'window', in: nothing, out: cardView },
  'offload.plan': {
    door: 'window',
    in: z.strictObject({ path, backups: z.array(path).max(8).nullable().default(null) }),
    out: offloadPlan,
  },
  'offload.start': {
    door: 'window',
    in: z.strictObject({
      path,
      /** null = as in the settings */
      backups: z.array(path).max(8).nullable().default(null),
      verify: verifyMode.nullable().default(null),
    }),
    out: z.strictObject({ offloadId }),
  },
  'offload.cancel': { door: 'window', in: z.strictObject({ offloadId }), out: nothing },
  /** Finishes the files under way, then holds; nothing is lost. */
  'offload.pause': { door: 'window', in: z.strictObject({ offloadId }), out: nothing },
  'offload.resume': { door: 'window', in: z.strictObject({ offloadId }), out: nothing },
  'card.choose': { door: 'window', in: z.strictObject({ key: z.string().min(1).max(300), choice: cardChoice }), out: nothing },
  'card.eject': {
    door: 'window',
    in: z.strictObject({ path }),
    out: z.strictObject({ ejected: z.boolean(), because: z.string().nullable() }),
  },
  'card.peek': { door: 'window', in: z.strictObject({ path, limit: z.number().int().min(1).max(200).default(60) }), out: peekView },
  'settings.get': { door: 'window', in: nothing, out: settings },
  /** Only what is given changes. */
  'settings.set': { door: 'window', in: settings.partial(), out: settings },
  /** Checks originals and their companions byte by byte; of one offload, or all. Announces progress as "Checking originals". */
  'library.verify': { door: 'window', in: z.strictObject({ offloadId: offloadId.nullable().default(null) }), out: verifyReport },
  /** Moves originals to the library's own trash folder. They stay deleted when their card is inserted again, until they are restored. */
  'asset.remove': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).min(1).max(10_000) }),
    out: z.strictObject({ removed: z.array(assetId) }),
  },
  'asset.restore': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).min(1).max(10_000) }),
    out: z.strictObject({ restored: z.array(assetId) }),
  },
  'offload.list': { door: 'window', in: nothing, out: z.array(offloadView) },
  'offload.report': { door: 'window', in: z.strictObject({ offloadId }), out: offloadReport },
  'asset.list': {
    door: 'window',
    in: z.strictObject({ after: assetId.nullable().default(null), limit: z.number().int().min(1).max(10_000).default(10_000) }),
    out: z.strictObject({ assets: z.array(assetView), more: z.boolean() }),
  },
  'asset.get': { door: 'window', in: z.strictObject({ assetId }), out: assetDetail },
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
  'decision.accept': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).max(10_000).nullable().default(null) }),
    out: z.strictObject({ picked: z.array(assetId), rejected: z.array(assetId) }),
  },
  'decision.undo': { door: 'window', in: nothing, out: z.strictObject({ changed: z.array(assetId), what: z.string().nullable() }) },
  'product.list': { door: 'window', in: nothing, out: z.array(productView) },
  'product.rename': { door: 'window', in: z.strictObject({ productId, title: z.string().trim().min(1).max(200) }), out: productView },
  'publish.plan': { door: 'window', in: z.strictObject({ catalog: catalogName }), out: publishPlan },
  'publish.start': { door: 'window', in: z.strictObject({ catalog: catalogName }), out: publishPlan },
  'publish.state': { door: 'window', in: z.strictObject({ catalog: catalogName }), out: publishState },
  'job.retry': { door: 'window', in: nothing, out: z.strictObject({ retried: z.number().int() }) },
  'doctor.run': { door: 'window', in: nothing, out: doctorReport },
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
    }),
    out: clipsReport,
  },
} as const satisfies Record<string, { door: 'window' | 'host'; in: z.ZodType; out: z.ZodType }>

export type CommandName = keyof typeof commands
export type CommandIn<N extends CommandName> = z.input<(typeof commands)[N]['in']>
export type CommandArgs<N extends CommandName> = z.output<(typeof commands)[N]['in']>
export type CommandOut<N extends CommandName> = z.output<(typeof commands)[N]['out']>

/** Facts the engine announces. They give no orders: a listener reads again what it shows. */
export const events = {
  'assets.changed': z.strictObject({ assetIds: z.array(assetId) }),
  'stacks.changed': nothing,
  'cards.changed': z.strictObject({ cards: z.array(cardView) }),
  'offload.changed': offloadView,
  'products.changed': nothing,
  'settings.changed': settings,
  /** Something finished that a person may be waiting for; a host may show it outside of the window. */
  notice: z.strictObject({ title: z.string(), body: z.string(), sound: z.boolean() }),
  'publish.changed': publishState,
  'jobs.changed': z.strictObject({ queued: z.number().int(), running: z.number().int(), failed: z.number().int() }),
  'engine.state': z.strictObject({
    state: z.enum(['starting', 'ready', 'restarting', 'stopped']),
    at: instant,
    because: z.string().nullable(),
    log: z.string().nullable(),
  }),
  progress: z.strictObject({ what: z.string(), done: z.number(), total: z.number() }),
} as const satisfies Record<string, z.ZodType>

export type EventName = keyof typeof events
export type EventOf<N extends EventName> = z.output<(typeof events)[N]>

/** What every host and the window hold: the one typed door to the engine. */
export interface Client {
  call<N extends CommandName>(name: N, input: CommandIn<N>): Promise<Reply<CommandOut<N>>>
  on<N extends EventName>(name: N, listener: (event: EventOf<N>) => void): () => void
}

/** Frames on the channel between a host and the engine process. */
export const toEngine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('call'), id: z.number().int(), name: z.string(), input: z.unknown() }),
  z.strictObject({ kind: z.literal('stop') }),
])
export const fromEngine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('refused'), error: z.unknown() }),
  z.strictObject({ kind: z.literal('reply'), id: z.number().int(), reply: z.unknown() }),
  z.strictObject({ kind: z.literal('event'), name: z.string(), event: z.unknown() }),
])

/**
 * Commands that only the Electron main process answers: they need a dialog, the shell or the window.
 * Same idiom, same Reply, checked at the same door.
 */
export const shellCommands = {
  /** Opens the system's folder dialog. null = the user closed it. */
  'shell.chooseFolder': { in: nothing, out: z.strictObject({ path: z.string().nullable() }) },
  /** Opens the published page of a catalog in the system's browser. */
  'shell.openCatalog': { in: z.strictObject({ catalog: catalogName }), out: z.strictObject({ opened: z.string() }) },
  /** Shows the log file in the system's file manager. */
  'shell.showLog': { in: nothing, out: nothing },
  'shell.engineState': { in: nothing, out: events['engine.state'] },
} as const satisfies Record<string, { in: z.ZodType; out: z.ZodType }>
export type ShellCommandName = keyof typeof shellCommands
export type ShellIn<N extends ShellCommandName> = z.input<(typeof shellCommands)[N]['in']>
export type ShellOut<N extends ShellCommandName> = z.output<(typeof shellCommands)[N]['out']>
