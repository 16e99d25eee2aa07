import { z } from 'zod'
import { catalogName } from '../../contract/ids.ts'
import { shownDrops } from '../library/drops.ts'
import { readSettings } from '../library/settings.ts'
import { endingOf } from './publish-problem.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ catalog: catalogName })
type In = z.infer<typeof input>

/** Rebuilds what spans listings (storefront page, feed) once the last listing of a run is settled. */
export const publishFinish: Stage<In, { page: string | null }> = {
  name: 'publish.finish',
  lane: 'publish',
  input,
  key: (it) => it.catalog,
  group: (it) => it.catalog,
  repeat: 'again',
  attempts: 8,
  lands: 'now',
  changes: (it) => [{ of: 'publication', catalog: it.catalog }],
  async run(it, ctx) {
    const opened = await ctx.catalog(it.catalog)
    if (!opened.ok) return endingOf(opened.problem, ctx.attempt)
    const catalog = opened.value
    if (catalog.finish === undefined) return { kind: 'done', out: { page: null } }
    const { shopTitle } = await readSettings(ctx.read)
    const finished = await catalog.finish({ title: shopTitle ?? 'My shop', drops: await shownDrops(ctx.read, it.catalog) }, ctx.signal)
    return finished.ok ? { kind: 'done', out: finished.value } : endingOf(finished.problem, ctx.attempt)
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
