import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { exportId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import type { NextJob } from '../jobs/job.ts'
import { askFor, exportIdOf, exportJob, exportViews, folderOf } from '../library/clip-exports.ts'
import { channelList } from '../stages/channel-list.ts'
import { sweepClipsSoon } from '../stages/clip-sweep.ts'
import { exportOf } from '../stages/export-clip.ts'
import { planExport, wishesOf } from './clip-plan.ts'
import type { CommandContext } from './context.ts'

/** Clips into files: what would be made, making it, and how far it is. */
export const clipExportCommands = (
  ctx: CommandContext,
): Pick<
  Handlers,
  'clip.channels' | 'clip.exportPlan' | 'clip.export' | 'clip.exports' | 'clip.cancel' | 'clip.retry' | 'clip.exported'
> => {
  const { db, dir } = ctx.library
  const signal = new AbortController().signal
  return {
    'clip.channels': async () => ({ channels: [...(await channelList((name, input) => ctx.pool.run(name, input, { signal }))).values()] }),
    'clip.exportPlan': async (input) => (await planExport(ctx, input)).plan,
    'clip.export': async (input) => {
      const { plan, folders } = await planExport(ctx, input)
      const wishes = wishesOf(plan, input.look, folders)
      await ctx.write(async (tx) => ({ out: undefined, next: await askFor(tx, wishes, 'person', ctx.now()) }))
      ctx.emit('exports.changed', {})
      const known = [...wishes, ...wishesOf({ make: plan.have }, input.look, folders)].map(exportIdOf)
      return { exports: await exportViews(db, ctx.shares, { ids: known }), refused: plan.refused }
    },
    'clip.exports': ({ limit }) => exportViews(db, ctx.shares, { limit }),
    'clip.cancel': async ({ exportIds }) => {
      const open = (await exportViews(db, ctx.shares, exportIds === null ? { limit: 1_000_000 } : { ids: exportIds })).filter(
        (one) => one.state === 'waiting' || one.state === 'queued' || one.state === 'making',
      )
      const ids = new Set<string>(open.map((one) => one.id))
      await ctx.write(async (tx) => {
        // Those that are being made say so themselves when they have stopped.
        for (const id of ids)
          await tx
            .updateTable('clip_export')
            .set({ state: 'cancelled', because: 'cancelled', at: ctx.now() })
            .where('id', '=', id)
            .where('state', 'in', ['waiting', 'queued', 'refused'])
            .execute()
        return { out: undefined, next: [sweepClipsSoon] }
      })
      if (ids.size > 0) await ctx.runner.cancel((stage, payload) => ids.has(exportOf(stage, payload) ?? ''))
      ctx.emit('exports.changed', {})
      return { cancelled: ids.size }
    },
    'clip.retry': async ({ exportIds }) => {
      const ended = (await exportViews(db, ctx.shares, exportIds === null ? { limit: 1_000_000 } : { ids: exportIds })).filter(
        (one) => one.state === 'refused' || one.state === 'cancelled',
      )
      await ctx.write(async (tx) => {
        const next: NextJob[] = []
        for (const { id } of ended) {
          // A person asks now, whoever asked before.
          await tx
            .updateTable('clip_export')
            .set({ state: 'queued', made_by: 'person', because: null, at: ctx.now() })
            .where('id', '=', id)
            .execute()
          next.push(exportJob(id))
        }
        return { out: undefined, next }
      })
      ctx.emit('exports.changed', {})
      return { retried: ended.length }
    },
    'clip.exported': async ({ exportIds }) => {
      const rows = await db.selectFrom('clip_export').select(['id', 'channel', 'folder', 'file']).where('id', 'in', exportIds).execute()
      const files = rows.flatMap((row) =>
        row.file === null ? [] : [{ exportId: exportId.parse(row.id), path: join(folderOf(dir, row).folder, row.file) }],
      )
      const there = await Promise.all(files.map(async (one) => ((await lstat(one.path).catch(() => null)) === null ? [] : [one])))
      return { files: there.flat() }
    },
  }
}
