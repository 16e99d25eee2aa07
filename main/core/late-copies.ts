import { catalogName, productId } from '../contract/ids.ts'
import type { CommandContext } from './commands/context.ts'
import { describe } from './errors.ts'

/** A shop was seen to act ten minutes after its answer was lost; a day covers a night's queue in front of it. Milliseconds. */
const everyMs = 3_600_000

/**
 * Files whose fate was in doubt once are looked for again at each start and every hour, until a day has passed: what a slow shop did with the first
 * try may turn up long after the second one succeeded. Which keys those are, and for how long, is the sweep's to know (stages/publish-sweep.ts). So are listings that a shop may still show or hide by itself.
 */
export function lookForLateCopies(ctx: CommandContext): Disposable {
  const look = async (): Promise<void> => {
    const rows = await ctx.library.db
      .selectFrom('publication_media')
      .select(['catalog', 'product_id'])
      .distinct()
      .where('unsure', '=', 1)
      .execute()
    const shown = await ctx.library.db
      .selectFrom('publication')
      .select(['catalog', 'product_id'])
      .where('showing', 'is not', null)
      .where('state', 'in', ['published', 'hidden'])
      .execute()
    if (rows.length + shown.length === 0) return
    const of = (stage: string) => (row: { catalog: string; product_id: string }) => ({
      stage,
      input: { catalog: catalogName.parse(row.catalog), productId: productId.parse(row.product_id) },
    })
    const next = [...rows.map(of('publish.sweep')), ...shown.map(of('publish.look'))]
    await ctx.write(async () => ({ out: undefined, next }))
  }
  const start = (): void => {
    look().catch((error: unknown) => {
      ctx.log.error('late copies could not be looked for', { error: describe(error) })
    })
  }
  start()
  const timer = setInterval(start, everyMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
