import type { CommandContext } from './commands/context.ts'
import { describe } from './errors.ts'
import type { NextJob } from './jobs/job.ts'
import { flipDrop } from './library/drops.ts'

/** The clock is looked at this often: a computer that slept or was set finds out soon. */
const lookMs = 15_000
/** A shop is spoken to this long before the hour, so that signing in does not cost the first seconds. */
const warmMs = 30_000

type Flip = Parameters<typeof flipDrop>[1]

export interface DropKeeper extends Disposable {
  /** Drops were added, moved or ended. */
  look(): void
}

/** Opens and closes drops at their hour, and catches up after sleep: what should be closed is closed first. */
export function createDropKeeper(ctx: CommandContext): DropKeeper {
  let timer: NodeJS.Timeout | null = null
  let over = false
  const warmed = new Set<string>()

  async function tick(): Promise<void> {
    const now = ctx.clock.now()
    const rows = await ctx.library.db
      .selectFrom('drop_catalog')
      .innerJoin('sale_drop', 'sale_drop.id', 'drop_catalog.drop_id')
      .select(['sale_drop.id', 'drop_catalog.catalog', 'drop_catalog.state', 'opens_at', 'closes_at', 'cancelled_at'])
      .where('drop_catalog.state', 'in', ['planned', 'open'])
      .execute()
    const flips: Flip[] = []
    let due = now + lookMs
    for (const row of rows) {
      const opens = Date.parse(row.opens_at)
      const closes = row.closes_at === null ? null : Date.parse(row.closes_at)
      const job = (to: 'open' | 'close') => flips.push({ dropId: row.id, catalog: row.catalog, to })
      if (row.state === 'open') {
        if (row.cancelled_at !== null || (closes !== null && closes <= now)) job('close')
        else if (closes !== null) due = Math.min(due, closes)
        continue
      }
      if (row.cancelled_at !== null) continue
      if (opens <= now) job('open')
      else {
        due = Math.min(due, opens)
        if (opens - now <= warmMs) warm(row.id, row.catalog)
        else due = Math.min(due, opens - warmMs)
      }
    }
    // Closing first: whoever wakes after a long sleep must not show what is over.
    flips.sort((a, b) => Number(a.to === 'open') - Number(b.to === 'open'))
    if (flips.length > 0)
      await ctx.write(async (tx) => {
        const next: NextJob[] = []
        for (const flip of flips) next.push(await flipDrop(tx, flip, ctx.life))
        return { out: undefined, next }
      })
    if (!over) timer = setTimeout(look, Math.max(5, due - ctx.clock.now()))
  }

  function warm(drop: string, catalog: string): void {
    const key = `${drop}/${catalog}`
    if (warmed.has(key)) return
    warmed.add(key)
    void ctx.catalogs.get(catalog).then((opened) => (opened.ok ? opened.value.test(AbortSignal.timeout(20_000)) : null))
  }

  function look(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (over) return
    tick().catch((error: unknown) => {
      ctx.log.error('drops could not be looked at', { error: describe(error) })
      if (!over) timer = setTimeout(look, lookMs)
    })
  }
  look()
  return {
    look,
    [Symbol.dispose]() {
      over = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
