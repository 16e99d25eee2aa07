import { lstat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { z } from 'zod'
import { channelName, type TaskIn } from '../../../workers/protocol.ts'
import { type ExportId, exportId } from '../../contract/ids.ts'
import { stem } from '../domain/card.ts'
import { exportName } from '../domain/clip-plan.ts'
import { systemError } from '../errors.ts'
import { burnedIn } from '../library/clip-burn.ts'
import { folderOf, lookOf, masterOf } from '../library/clip-exports.ts'
import { placeInTake } from '../library/clip-takes.ts'
import { places } from '../library/places.ts'
import { channelList } from './channel-list.ts'
import { sharedMaster } from './clip-masters.ts'
import { sweepClipsSoon } from './clip-sweep.ts'
import { deliver, sha256Of } from './deliver.ts'
import { cardOf } from './off-card.ts'
import type { Outcome, Stage, StageContext } from './stage.ts'
import { sweepFolders } from './sweep.ts'

const input = z.strictObject({ exportId })
type In = z.infer<typeof input>
/** null: it was called off meanwhile. */
type Out = { file: string; bytes: number; sha256: string; notes: string[] } | null

/** So many files of one name and other content in one folder are a mistake of somebody. */
const mostCopies = 999

const rowOf = (ctx: Pick<StageContext, 'read'>, id: string) =>
  ctx.read
    .selectFrom('clip_export')
    .innerJoin('clip', 'clip.id', 'clip_export.clip_id')
    .innerJoin('asset', 'asset.id', 'clip_export.asset_id')
    .leftJoin('removal', 'removal.asset_id', 'clip_export.asset_id')
    .selectAll('clip_export')
    .select(['clip.in_us', 'clip.out_us', 'asset.stored', 'asset.name', 'removal.at as removed_at'])
    .where('clip_export.id', '=', id)
    .executeTakeFirst()
type Row = NonNullable<Awaited<ReturnType<typeof rowOf>>>

/**
 * One clip for one channel, made beside the library's other renditions and then put where it was asked for. A run that was killed in between finds
 * the made file and only puts it there, and finds it there if it was: never twice, never half.
 */
export const exportClip: Stage<In, Out> = {
  name: 'export.clip',
  lane: 'clip',
  input,
  key: (it) => it.exportId,
  repeat: 'again',
  attempts: 8,
  lands: 'soon',
  doing: 'Making a clip',
  changes: () => [{ of: 'exports' }],
  async run(it, ctx) {
    const row = await rowOf(ctx, it.exportId)
    if (row === undefined || (row.state !== 'queued' && row.state !== 'refused')) return { kind: 'done', out: null }
    if (row.removed_at !== null) return { kind: 'refused', because: 'its take is in the trash; restore it first' }
    const { root, folder } = folderOf(ctx.dir, row)
    const card = await cardOf(folder, ctx.dir)
    if (card !== null) return { kind: 'refused', because: onCard(card) }
    // Made before the engine was killed, perhaps even put there: only the rest is done.
    const before = await stagedFile(ctx.dir, row.id)
    if (before !== null) return put(row, before, { root, folder }, [], ctx)
    const made = await make(row, join(ctx.dir, places.staged(row.id)), ctx)
    return made.kind === 'done' ? put(row, made.out.path, { root, folder }, made.out.notes, ctx) : made
  },
  async commit(tx, it, out, { now }) {
    if (out === null) return []
    await tx
      .updateTable('clip_export')
      .set({ state: 'done', ...out, notes: JSON.stringify(out.notes), because: null, at: now })
      .where('id', '=', it.exportId)
      .execute()
    return [sweepClipsSoon]
  },
  async failed(tx, it, because, { now, cancelled }) {
    await tx
      .updateTable('clip_export')
      .set({ state: cancelled ? 'cancelled' : 'refused', because, at: now })
      .where('id', '=', it.exportId)
      .where('state', 'in', ['queued', 'refused'])
      .execute()
    return [sweepClipsSoon]
  },
}

/** The export that a job is about; null for jobs of other stages. */
export function exportOf(stage: string, payload: unknown): ExportId | null {
  return stage === exportClip.name ? (input.safeParse(payload).data?.exportId ?? null) : null
}

export const onCard = (card: string): string => `nothing is written to a card, and this folder is on one (${card}): choose another folder`

/** Makes and checks the file. Ends with what could not be done and what was done instead. */
async function make(row: Row, staged: string, ctx: StageContext): Promise<Outcome<{ path: string; notes: string[] }>> {
  const channel = channelName.safeParse(row.channel)
  if (!channel.success) return { kind: 'refused', because: `there is no channel called ${row.channel}; choose another one` }
  const look = lookOf(row.look)
  const shape = (await channelList(ctx.work)).get(channel.data)?.shape ?? null
  const burn = await burnedIn(ctx.read, ctx.dir, row.asset_id, look)
  const task: TaskIn<'cut.clip'> = {
    path: join(ctx.dir, row.stored),
    inUs: row.in_us,
    outUs: row.out_us,
    channel: channel.data,
    outPath: staged,
    posterPath: posterOf(staged),
    previewPath: look.preview === true ? previewOf(staged) : null,
    aspect: look.aspect,
    reframe: look.reframe,
    stabilise: look.stabilise,
    sound: look.sound,
    overlay: burn.overlay,
    captions: burn.captions,
    masterPath: await sharedMaster(ctx.read, ctx.dir, row.id, masterOf(row.clip_id, look, shape)),
    modelsDir: ctx.modelsDir,
  }
  const made = await ctx.work('cut.clip', task, (done, total) => ctx.progress(done, total))
  return made.kind === 'done' ? { kind: 'done', out: { path: made.out.path, notes: [...burn.notes, ...made.out.notes] } } : made
}

/** An archive cut keeps the container of its take. */
const endings = ['.mp4', '.mov', '.mkv'] as const

async function stagedFile(dir: string, id: string): Promise<string | null> {
  for (const ending of endings) {
    const path = join(dir, places.staged(id).replace(/\.mp4$/, ending))
    if ((await lstat(path).catch(() => null)) !== null) return path
  }
  return null
}

const withEnding = (path: string, ending: string): string => path.replace(/\.[^.]+$/, ending)
const posterOf = (path: string): string => withEnding(path, '.jpg')
const previewOf = (path: string): string => withEnding(path, '.webp')
/** What may lie beside a clip, and how it is called. */
const besideClip = [
  { of: posterOf, what: 'cover' },
  { of: previewOf, what: 'moving preview' },
]

/** Gives it a name that is free, or the one it has already. */
async function put(
  row: Row,
  staged: string,
  { root, folder }: { root: string; folder: string },
  notes: string[],
  ctx: StageContext,
): Promise<Outcome<Out>> {
  const place = await placeInTake(ctx.read, row.asset_id, row.clip_id)
  try {
    await sweepFolders([folder], ctx.life)
    for (let copy = 1; copy <= mostCopies; copy++) {
      const file = exportName(stem(row.name), place, row.channel, copy).replace(/\.mp4$/, extname(staged))
      if (ctx.signal.aborted) return { kind: 'cancelled' }
      if ((await deliver(staged, { root, path: join(folder, file) }, ctx.life)) === 'taken') continue
      for (const { of, what } of besideClip)
        if ((await deliver(of(staged), { root, path: of(join(folder, file)) }, ctx.life).catch(() => 'none')) === 'taken')
          notes.push(`another file has the name of the ${what}; it was left alone`)
      const { size } = await lstat(staged)
      return { kind: 'done', out: { file, bytes: size, sha256: await sha256Of(staged), notes } }
    }
  } catch (error) {
    const known = systemError(error, 'The folder for clips')
    if (known === null) throw error
    return { kind: 'refused', because: known.next === null ? known.message : `${known.message}. ${known.next}` }
  }
  return { kind: 'refused', because: `there are ${mostCopies} other files of this name in ${folder}; clear the folder or choose another` }
}
