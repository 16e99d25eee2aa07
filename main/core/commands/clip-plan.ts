import { lstat, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type AssetId, clipId } from '../../contract/ids.ts'
import type { CommandArgs } from '../../contract/ipc.ts'
import type { ClipExportPlan, ClipLook } from '../../contract/views.ts'
import { stem } from '../domain/card.ts'
import { type Channel, exportName, ruleBroken } from '../domain/clip-plan.ts'
import { AppError } from '../errors.ts'
import { burnedIn } from '../library/clip-burn.ts'
import { exportIdOf, folderOf, type Wish } from '../library/clip-exports.ts'
import { reviewClips } from '../library/clip-takes.ts'
import { readSettings } from '../library/settings.ts'
import { channelList } from '../stages/channel-list.ts'
import { onCard } from '../stages/export-clip.ts'
import { cardOf } from '../stages/off-card.ts'
import type { CommandContext } from './context.ts'

type Folders = ReadonlyMap<string, string | null>
type Refused = ClipExportPlan['refused'][number]

/** What would be wanted, for the lines of a plan. */
export function wishesOf(
  plan: { make: readonly { clipId: string; assetId: AssetId; channel: string }[] },
  look: ClipLook,
  folders: Folders,
): Wish[] {
  return plan.make.map((one) => ({
    clipId: one.clipId,
    assetId: one.assetId,
    channel: one.channel,
    look,
    folder: folders.get(one.channel) ?? null,
  }))
}

/**
 * What an export would do, clip by clip and channel by channel: made, there already, or refused by which rule and why. Nothing is written.
 * @throws AppError unavailable when nothing could be made at all, not-found for clips that are gone
 */
export async function planExport(
  ctx: Pick<CommandContext, 'library' | 'pool'>,
  { clipIds, channels, look, folder }: Pick<CommandArgs<'clip.exportPlan'>, 'clipIds' | 'channels' | 'look' | 'folder'>,
): Promise<{ plan: ClipExportPlan; folders: Folders }> {
  const { db, dir } = ctx.library
  await needTools(ctx)
  const signal = new AbortController().signal
  const known = await channelList((name, input) => ctx.pool.run(name, input, { signal }))
  const settings = await readSettings(db)
  const plan: ClipExportPlan = { make: [], have: [], refused: [], folders: [] }
  const folders = new Map<string, string | null>()
  const usable: Channel[] = []
  for (const name of new Set(channels)) {
    const channel = known.get(name)
    if (channel === undefined)
      throw new AppError('invalid-input', `There is no channel called ${name}`, { next: `Use one of: ${[...known.keys()].join(', ')}.` })
    const wanted = folder ?? settings.clips.auto[name]?.folder ?? null
    folders.set(name, wanted)
    const to = folderOf(dir, { channel: name, folder: wanted })
    plan.folders.push({ channel: name, folder: to.folder })
    const problem = await folderProblem(to, dir)
    if (problem === null) usable.push(channel)
    else plan.refused.push({ clipId: null, channel: name, name: channel.label, rule: null, ...problem })
  }
  const clips = await reviewClips(db, clipIds)
  const gone = clipIds.filter((id) => !clips.has(id)).length
  if (gone > 0) throw new AppError('not-found', `${gone} of these clips are not there any more`, { next: 'Look at the takes again.' })
  const facts = await takeFacts(ctx, [...new Set([...clips.values()].map((one) => one.assetId))], look)
  const planned = new Set<string>()
  for (const id of new Set(clipIds)) {
    const clip = clips.get(id)
    if (clip === undefined) continue
    const take = facts.get(clip.assetId)
    if (take === undefined || take.problem !== null) {
      plan.refused.push({
        clipId: clip.id,
        channel: null,
        name: clip.name,
        rule: null,
        because: take?.problem ?? 'its take is not in the library',
        next: 'Put the original back from a second copy or the card, then try again.',
      })
      continue
    }
    for (const channel of usable) {
      const line = { clipId: clip.id, assetId: clip.assetId, channel: channel.name, name: clip.name }
      const seconds = (clip.outUs - clip.inUs) / 1e6
      const broken = ruleBroken(channel, seconds, look)
      if (broken !== null) {
        plan.refused.push({ clipId: line.clipId, channel: line.channel, name: line.name, ...broken })
        continue
      }
      const place = Number(clip.name.split(', ').at(-1))
      const there = await standing(ctx, { ...line, look, folder: folders.get(channel.name) ?? null })
      if (there !== null) {
        plan.have.push({ ...line, file: there })
        continue
      }
      // Takes of two cards may share a name: the second file of one folder gets a number.
      let copy = 1
      const nameOf = (): string => exportName(take.stem, place, channel.name, copy)
      while (planned.has(`${folders.get(channel.name) ?? channel.name}/${nameOf()}`)) copy += 1
      planned.add(`${folders.get(channel.name) ?? channel.name}/${nameOf()}`)
      plan.make.push({ ...line, file: nameOf(), seconds, notes: take.notes })
    }
  }
  return { plan, folders }
}

/** @throws AppError unavailable when clips cannot be made here at all */
async function needTools(ctx: Pick<CommandContext, 'pool'>): Promise<void> {
  const reply = await ctx.pool.run('cut.tools', {}, { signal: new AbortController().signal })
  if (reply.kind === 'done' && reply.out.ffmpeg !== null) return
  throw new AppError('unavailable', 'Clips cannot be made here: no ffmpeg was found', {
    next: 'Install ffmpeg, or set DROPCARD_FFMPEG to its path; "This computer" in the settings says what is there.',
  })
}

/** Why nothing can be written there, and the next step; null when it can. */
async function folderProblem(to: { root: string; folder: string }, library: string): Promise<Pick<Refused, 'because' | 'next'> | null> {
  const card = await cardOf(to.folder, library)
  if (card !== null) return { because: onCard(card), next: 'Choose a folder on a disk of this computer.' }
  const there = await stat(to.root).catch(() => null)
  if (there === null) return { because: `the folder is not there: ${to.root}`, next: 'Connect its disk, or choose another folder.' }
  return there.isDirectory() ? null : { because: `this is a file, not a folder: ${to.root}`, next: 'Choose the folder itself.' }
}

type TakeFacts = { stem: string; notes: string[]; problem: string | null }

async function takeFacts(ctx: Pick<CommandContext, 'library'>, takes: readonly string[], look: ClipLook): Promise<Map<string, TakeFacts>> {
  const { db, dir } = ctx.library
  const facts = new Map<string, TakeFacts>()
  for (const id of takes) {
    const row = await db
      .selectFrom('asset')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .select(['asset.name', 'asset.stored', 'removal.at'])
      .where('asset.id', '=', id)
      .executeTakeFirst()
    if (row === undefined) continue
    const { notes } = await burnedIn(db, dir, id, look)
    const isThere = (await lstat(join(dir, row.stored)).catch(() => null)) !== null
    const problem = row.at !== null ? 'its take is in the trash' : isThere ? null : `the original is missing: ${row.stored}`
    facts.set(id, { stem: stem(row.name), notes, problem })
  }
  return facts
}

/** Name of the file when this very export is there or under way; null when it has to be made. */
async function standing(ctx: Pick<CommandContext, 'library'>, wish: Wish): Promise<string | null> {
  const row = await ctx.library.db
    .selectFrom('clip_export')
    .select(['state', 'file'])
    .where('id', '=', exportIdOf({ ...wish, clipId: clipId.parse(wish.clipId) }))
    .executeTakeFirst()
  if (row === undefined) return null
  if (row.state === 'queued') return 'on its way'
  if (row.state !== 'done' || row.file === null) return null
  const path = join(folderOf(ctx.library.dir, wish).folder, row.file)
  return (await lstat(path).catch(() => null)) === null ? null : row.file
}
