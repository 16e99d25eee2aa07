import { z } from 'zod'
import { catalogName } from '../../contract/ids.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ catalog: catalogName })
type In = z.infer<typeof input>

/** Rebuilds what spans listings (storefront page, feed) once the last listing of a run is settled. */
export const publishFinish: Stage<In, { page: string | null }> = {
  name: 'publish.finish',
  lane: 'publish',
  input,
  key: (it) => it.catalog,
  repeat: 'again',
  attempts: 8,
  lands: 'now',
  changes: (it) => [{ of: 'publication', catalog: it.catalog }],
  async run(it, ctx) {
    const catalog = ctx.catalog(it.catalog)
    if (catalog === null) return { kind: 'refused', because: `there is no catalog called ${it.catalog}` }
    const title = await ctx.read.selectFrom('meta').select('value').where('key', '=', 'shop.title').executeTakeFirst()
    const done = await catalog.finish({ title: title?.value ?? 'My shop' })
    return done.ok
      ? { kind: 'done', out: done.value }
      : { kind: 'retry', because: done.problem.message, afterMs: done.problem.retryAfterMs ?? 1000 }
  },
  async commit(tx, it, out) {
    if (out.page !== null) {
      await tx
        .insertInto('meta')
        .values({ key: `catalog.page.${it.catalog}`, value: out.page })
        .onConflict((on) => on.column('key').doUpdateSet({ value: out.page ?? '' }))
        .execute()
    }
    return []
  },
  failed: async () => [],
}
