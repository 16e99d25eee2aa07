import type { Handlers } from '../dispatch.ts'
import { availability } from '../domain/availability.ts'
import { decisions } from '../library/decisions.ts'
import type { CommandContext } from './context.ts'
import { failures } from './failures.ts'

export const libraryCommands = (ctx: CommandContext): Pick<Handlers, 'library.status' | 'job.retry' | 'engine.settle' | 'doctor.run'> => ({
  'library.status': async () => {
    const { db, dir, schema } = ctx.library
    const kinds = await db
      .selectFrom('asset')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .where('removal.asset_id', 'is', null)
      .select(['kind', (e) => e.fn.countAll<number>().as('n')])
      .groupBy('kind')
      .execute()
    const of = (kind: string): number => kinds.find((row) => row.kind === kind)?.n ?? 0
    const made = [...(await decisions(db)).values()]
    const picks = made.filter((one) => one === 'pick').length
    const rejects = made.filter((one) => one === 'reject').length
    const products = await db
      .selectFrom('product')
      .select((e) => e.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    return {
      path: dir,
      schema,
      photos: of('photo'),
      clips: of('clip'),
      picks,
      rejects,
      undecided: of('photo') + of('clip') - picks - rejects,
      products: products.n,
      jobs: await ctx.store.counts(),
      degraded: availability(await ctx.doctor.report()),
    }
  },
  'job.retry': async () => {
    const failed = await ctx.library.db.selectFrom('job').select(['stage', 'payload']).where('state', '=', 'failed').execute()
    return ctx.write(async (tx) => {
      for (const row of failed) {
        const payload: unknown = JSON.parse(row.payload)
        if (row.stage.startsWith('analyse.'))
          await tx.deleteFrom('analysis').where('state', '=', 'refused').where('asset_id', '=', assetOf(payload)).execute()
      }
      return {
        out: { retried: failed.length },
        next: failed.map((row) => ({ stage: row.stage, input: JSON.parse(row.payload) as unknown })),
      }
    })
  },
  'engine.settle': async () => {
    await ctx.runner.settled()
    return { failed: await failures(ctx.library.db) }
  },
  'doctor.run': () => ctx.doctor.report(),
})

const assetOf = (payload: unknown): string =>
  typeof payload === 'object' && payload !== null && 'assetId' in payload && typeof payload.assetId === 'string' ? payload.assetId : ''
