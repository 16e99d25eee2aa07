import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { type OffloadId, offloadId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import { looksLikeCard } from '../domain/card.ts'
import { AppError, systemError } from '../errors.ts'
import { readSettings } from '../library/settings.ts'
import { markDisks } from '../stages/disk-mark.ts'
import type { CommandContext } from './context.ts'
import { offloadPlaces } from './offload-places.ts'
import { planOffload } from './offload-plan.ts'
import { offloadReport, offloadView } from './offload-report.ts'

type OffloadCommand =
  | 'offload.plan'
  | 'offload.start'
  | 'offload.pause'
  | 'offload.resume'
  | 'offload.cancel'
  | 'offload.list'
  | 'offload.report'

const open = ['scanning', 'copying', 'paused']

export const offloadCommands = (ctx: CommandContext): Pick<Handlers, OffloadCommand> => {
  const { db } = ctx.library
  const announce = async (id: OffloadId): Promise<void> => ctx.emit('offload.changed', await offloadView(db, id))
  const hold = async (id: OffloadId, paused: boolean): Promise<void> => {
    await ctx.write(async (tx) => {
      await ctx.store.hold(tx, 'offload.copy', `${id}/`, paused, Date.parse(ctx.now()))
      await tx
        .updateTable('offload')
        .set({ state: paused ? 'paused' : 'copying' })
        .where('id', '=', id)
        .where('state', '=', paused ? 'copying' : 'paused')
        .execute()
      return { out: undefined }
    })
    await announce(id)
  }
  /** What failed before is tried again with the rest: the card may be in another reader now, the disk may have room. */
  const tryAgain = (id: OffloadId): Promise<void> =>
    ctx.write(async (tx) => {
      const failed = await tx
        .updateTable('offload_asset')
        .set({ outcome: null, because: null })
        .where('offload_id', '=', id)
        .where('outcome', 'in', ['error', 'sourceMissing', 'verifyFailed', 'conflict'])
        .returning('id')
        .execute()
      return { out: undefined, next: failed.map((line) => ({ stage: 'offload.copy', input: { offloadId: id, line: line.id } })) }
    })
  const stop = async (id: OffloadId, because: string): Promise<void> => {
    await ctx.write(async (tx) => {
      await ctx.store.hold(tx, 'offload.copy', `${id}/`, false, Date.parse(ctx.now()))
      await tx.updateTable('offload').set({ state: 'cancelled', because }).where('id', '=', id).execute()
      return { out: undefined }
    })
    await ctx.runner.cancel(
      (stage, payload) =>
        stage.startsWith('offload.') &&
        stage !== 'offload.finish' &&
        typeof payload === 'object' &&
        payload !== null &&
        'offloadId' in payload &&
        payload.offloadId === id,
    )
    await announce(id)
  }
  return {
    'offload.plan': (input) => planOffload(ctx, input),
    'offload.start': async (input) => {
      const settings = await readSettings(db)
      const from = await offloadPlaces(ctx.library.dir, { path: input.path, backups: input.backups ?? settings.backups })
      const verify = input.verify ?? settings.verify
      const going = await db
        .selectFrom('offload')
        .select(['id', 'state', 'backups', 'verify'])
        .where('path', '=', from.path)
        .where('state', 'in', open)
        .executeTakeFirst()
      if (going !== undefined) {
        const id = offloadId.parse(going.id)
        if (going.backups === JSON.stringify(from.backups) && going.verify === verify) {
          if (going.state === 'paused') await hold(id, false)
          await tryAgain(id)
          return { offloadId: id }
        }
        // Other disks or another check are asked for now: what the first run copied counts, but not as its answer.
        await stop(id, 'it was started again with other second copies or another check')
      }
      const top = await readdir(from.path)
      if (top.length === 0) {
        throw new AppError('not-found', `The folder is empty: ${from.path}`, { next: 'Choose the folder or card that holds the photos.' })
      }
      const disks = await markDisks(from.backups, ctx.life).catch((error: unknown) => {
        throw systemError(error, 'The folder for second copies') ?? error
      })
      const id: OffloadId = offloadId.parse(randomUUID())
      await ctx.write(async (tx) => {
        await tx
          .insertInto('offload')
          .values({
            id,
            path: from.path,
            label: from.path === ctx.sampleCard ? 'Sample card' : from.label,
            state: 'scanning',
            verify,
            backups: JSON.stringify(from.backups),
            disks,
            because: null,
            manifest: null,
            started_at: ctx.now(),
            finished_at: null,
          })
          .execute()
        return { out: undefined, next: [{ stage: 'offload.scan', input: { offloadId: id } }] }
      })
      ctx.log.info('offload started', { offload: id, card: looksLikeCard(top) })
      await announce(id)
      return { offloadId: id }
    },
    'offload.pause': async ({ offloadId: id }) => {
      const { state } = await offloadView(db, id)
      if (state === 'scanning')
        throw new AppError('conflict', 'The card is still being read', { next: 'Pause it once the copying has begun.', retryable: true })
      if (state === 'copying') await hold(id, true)
      return {}
    },
    'offload.resume': async ({ offloadId: id }) => {
      await offloadView(db, id)
      await hold(id, false)
      return {}
    },
    'offload.cancel': async ({ offloadId: id }) => {
      const view = await offloadView(db, id)
      if (open.includes(view.state)) await stop(id, 'cancelled')
      return {}
    },
    'offload.list': async () => {
      const rows = await db.selectFrom('offload').select('id').orderBy('started_at', 'desc').execute()
      return Promise.all(rows.map((row) => offloadView(db, row.id)))
    },
    'offload.report': ({ offloadId: id }) => offloadReport(db, ctx.library.dir, id),
  }
}
