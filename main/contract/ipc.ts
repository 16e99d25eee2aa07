import { z } from 'zod'
import { appCommands } from './commands/app.ts'
import { clipCommands } from './commands/clip.ts'
import { type Door, nothing } from './commands/command.ts'
import { hostCommands } from './commands/host.ts'
import { offloadCommands } from './commands/offload.ts'
import { productCommands } from './commands/product.ts'
import { publishCommands } from './commands/publish.ts'
import { shotCommands } from './commands/shot.ts'
import { assetId, catalogName, exportId, instant } from './ids.ts'
import type { Reply } from './reply.ts'
import { cardView, offloadView, publishState, settings } from './views.ts'

/**
 * Every command of the engine. One edit in one of these = one new command.
 * `door: 'window'` may be called from the sandboxed window; `door: 'host'` only from main, the CLI and tests
 * (they take or return paths of this machine).
 */
export const commands = {
  ...appCommands,
  ...offloadCommands,
  ...shotCommands,
  ...clipCommands,
  ...productCommands,
  ...publishCommands,
  ...hostCommands,
} as const satisfies Record<string, Door>

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
  /** Clips were found, chosen or moved, or what was learned from choices changed. */
  'clips.changed': nothing,
  'exports.changed': nothing,
  /** How far one export is; never stored. */
  'export.progress': z.strictObject({ exportId, share: z.number() }),
  'settings.changed': settings,
  /** Something finished that a person may be waiting for; a host may show it outside of the window. */
  notice: z.strictObject({ title: z.string(), body: z.string(), sound: z.boolean() }),
  'publish.changed': publishState,
  'drops.changed': nothing,
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

/** A plain file name that is proposed, never a path. */
const savedName = z
  .string()
  .regex(/^[^\\/:*?"<>|\p{C}.][^\\/:*?"<>|\p{C}]{0,100}\.(csv|json|txt)$/u, 'expected a file name that ends in .csv, .json or .txt')

/**
 * Commands that only the Electron main process answers: they need a dialog, the shell or the window.
 * Same idiom, same Reply, checked at the same door.
 */
export const shellCommands = {
  /** Opens the system's folder dialog. null = the user closed it. */
  'shell.chooseFolder': { in: nothing, out: z.strictObject({ path: z.string().nullable() }) },
  /** Opens the published page of a catalog in the system's browser. */
  'shell.openCatalog': { in: z.strictObject({ catalog: catalogName }), out: z.strictObject({ opened: z.string() }) },
  /** Hands the originals over to the drag that is going on, so that they can be dropped outside of the window. */
  'shell.dragOut': { in: z.strictObject({ assetIds: z.array(assetId).min(1).max(500) }), out: nothing },
  /** Shows a made clip in the system's file manager. */
  'shell.showExport': { in: z.strictObject({ exportId }), out: nothing },
  /** Asks where to, and writes the text there, whole or not at all. `path` null: the user closed the dialog. */
  'shell.saveText': {
    in: z.strictObject({ name: savedName, text: z.string().max(20_000_000) }),
    out: z.strictObject({ path: z.string().nullable() }),
  },
  /** Makes a poster as poster.make does, asks where to, and puts it there. */
  'shell.savePoster': {
    in: commands['poster.make'].in,
    out: z.strictObject({ path: z.string().nullable(), address: z.string() }),
  },
  /** Shows what one of the two above has saved since the start in the system's file manager. */
  'shell.showSaved': { in: z.strictObject({ path: z.string().max(8192) }), out: nothing },
  /** Shows the log file in the system's file manager. */
  'shell.showLog': { in: nothing, out: nothing },
  'shell.engineState': { in: nothing, out: events['engine.state'] },
} as const satisfies Record<string, { in: z.ZodType; out: z.ZodType }>
export type ShellCommandName = keyof typeof shellCommands
export type ShellIn<N extends ShellCommandName> = z.input<(typeof shellCommands)[N]['in']>
export type ShellOut<N extends ShellCommandName> = z.output<(typeof shellCommands)[N]['out']>
