import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'kysely'
import { z } from 'zod'
import { assetId, clipId, exportId } from '../../contract/ids.ts'
import { type ClipExportView, type ClipLook, clipLook, type ExportState } from '../../contract/views.ts'
import type { NextJob } from '../jobs/job.ts'
import { replaced } from './clips.ts'
import type { Reader, Tx } from './db.ts'
import { places } from './places.ts'

/** One thing to be made. `folder` null = exports/<channel> in the library. */
export type Wish = { clipId: string; assetId: string; channel: string; look: ClipLook; folder: string | null }

/** Who asked: a person, the rule for new takes, or that rule with a person's approval of each clip. */
export type AskedBy = 'person' | 'auto' | 'approval'

const hash = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)

/**
 * The look with its fields in one order, so that equal looks are equal texts. Without a moving preview it is written as before there was one, so that
 * what was exported then is known again.
 */
export function lookText(look: ClipLook): string {
  const { preview, ...rest } = clipLook.parse(look)
  return JSON.stringify(preview === true ? { ...rest, preview } : rest)
}
export const lookOf = (text: string): ClipLook => clipLook.parse(JSON.parse(text))

/** The same clip in the same way for the same place is the same export. */
export const exportIdOf = (wish: Wish): string => hash(wish.clipId, wish.channel, lookText(wish.look), wish.folder ?? '')

/** Where the master lies that channels of the same clip, shape and look share. */
export const masterOf = (clip: string, look: ClipLook, shape: { width: number; height: number } | null): string =>
  places.clipMaster(
    hash(clip, lookText({ ...look, preview: false }), look.aspect ?? (shape === null ? 'own' : `${shape.width}x${shape.height}`)),
  )

/** The folder a wish lands in. */
export const folderOf = (dir: string, wish: Pick<Wish, 'channel' | 'folder'>): { root: string; folder: string } =>
  wish.folder === null ? { root: dir, folder: join(dir, places.exports, wish.channel) } : { root: wish.folder, folder: wish.folder }

export const exportJob = (id: string): NextJob => ({ stage: 'export.clip', input: { exportId: id } })

/** Notes down what is wanted; what is there or under way stays as it is. Returns the jobs to do. */
export async function askFor(tx: Tx, wishes: readonly Wish[], by: AskedBy, now: string): Promise<NextJob[]> {
  const next: NextJob[] = []
  for (const wish of wishes) {
    const id = exportIdOf(wish)
    const state: ExportState = by === 'approval' ? 'waiting' : 'queued'
    const old = await tx.selectFrom('clip_export').select('state').where('id', '=', id).executeTakeFirst()
    // A rule never asks twice: what a person cancelled stays cancelled.
    if (old !== undefined && by !== 'person') continue
    const row = { state, made_by: by, file: null, bytes: null, sha256: null, because: null, notes: '[]', at: now }
    if (old === undefined)
      await tx
        .insertInto('clip_export')
        .values({
          id,
          clip_id: wish.clipId,
          asset_id: wish.assetId,
          channel: wish.channel,
          look: lookText(wish.look),
          folder: wish.folder,
          asked_at: now,
          ...row,
        })
        .execute()
    else await tx.updateTable('clip_export').set(row).where('id', '=', id).execute()
    if (state === 'queued') next.push(exportJob(id))
  }
  return next
}

/** Why a clip that waited is not made: said once, and understood again when that is taken back. */
const turnedDown = 'the clip was rejected'
const moved = 'its in and out were changed'

/**
 * Brings exports that need a person's approval in step with what was said about their clips: approved ones are queued, rejected ones and those that
 * another range took the place of are cancelled, the others wait. What was made stays. Returns the jobs to do.
 */
export async function settleApprovals(tx: Tx, now: string): Promise<NextJob[]> {
  const { rows } = await sql<{ id: string; state: string }>`
    with said as (
      select e.id, case when c.model = ${replaced} then ${moved} when s.choice = 'rejected' then ${turnedDown} end as because, s.choice
      from clip_export as e join clip as c on c.id = e.clip_id left join clip_standing as s on s.clip_id = e.clip_id
      where e.made_by = 'approval'
        and (e.state in ('waiting', 'queued') or (e.state = 'cancelled' and e.because in (${turnedDown}, ${moved})))
    ), should as (
      select id, because, case when because is not null then 'cancelled' when choice = 'approved' then 'queued' else 'waiting' end as state from said
    )
    update clip_export set
      state = (select should.state from should where should.id = clip_export.id),
      because = (select should.because from should where should.id = clip_export.id),
      at = ${now}
    where exists (select 1 from should where should.id = clip_export.id and should.state <> clip_export.state)
    returning id, state`.execute(tx)
  return rows.filter((row) => row.state === 'queued').map((row) => exportJob(row.id))
}

const notes = z.array(z.string())

/** What was asked for, newest first. `shares`: how far those are that are being made. */
export async function exportViews(
  read: Reader,
  shares: ReadonlyMap<string, number>,
  only: { ids: readonly string[] } | { limit: number },
): Promise<ClipExportView[]> {
  const query = read
    .selectFrom('clip_export')
    .leftJoin('job', (join) =>
      join.onRef('job.key', '=', 'clip_export.id').on('job.stage', '=', 'export.clip').on('job.state', 'in', ['queued', 'running']),
    )
    .selectAll('clip_export')
    .select('job.state as job_state')
    .orderBy('clip_export.seq', 'desc')
  const rows = await ('ids' in only
    ? query.where('clip_export.id', 'in', sql<string>`(select value from json_each(${JSON.stringify(only.ids)}))`)
    : query.limit(only.limit)
  ).execute()
  const seen = new Set<string>()
  return rows.flatMap((row) => {
    // One that runs and is queued anew has two jobs.
    if (seen.has(row.id)) return []
    seen.add(row.id)
    const isOpen = row.state === 'queued' || row.state === 'refused'
    const state = isOpen && row.job_state !== null ? (row.job_state === 'running' ? 'making' : 'queued') : row.state
    return {
      id: exportId.parse(row.id),
      clipId: clipId.parse(row.clip_id),
      assetId: assetId.parse(row.asset_id),
      channel: row.channel,
      state: stateOf(state),
      share: state === 'making' ? (shares.get(row.id) ?? 0) : null,
      file: row.file,
      folder: row.folder,
      auto: row.made_by !== 'person',
      because: state === 'queued' || state === 'making' ? null : row.because,
      notes: notes.parse(JSON.parse(row.notes)),
      at: row.at,
    }
  })
}

const stateOf = (text: string): ExportState => {
  const known: readonly ExportState[] = ['waiting', 'queued', 'making', 'done', 'refused', 'cancelled']
  const found = known.find((one) => one === text)
  if (found === undefined) throw new TypeError(`unknown state of an export: ${text}`)
  return found
}
