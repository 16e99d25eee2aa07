import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandContext } from './commands/context.ts'
import { describe } from './errors.ts'
import { staleScores } from './library/subjects.ts'

/**
 * Looks once, when an engine starts, for photos whose score an older model made, and has them scored anew in the background.
 * A model that is missing, changed or does not run here asks for nothing: what is there is better than what could be made.
 */
export async function rescoreStale(ctx: CommandContext, signal: AbortSignal): Promise<void> {
  try {
    const { db } = ctx.library
    if ((await db.selectFrom('score').select('asset_id').limit(1).executeTakeFirst()) === undefined) return
    const ask = async (tried: boolean): Promise<string | null> => {
      const reply = await ctx.pool.run('score.model', { modelsDir: ctx.modelsDir, tried }, { signal })
      return reply.kind === 'done' && !signal.aborted ? reply.out.model : null
    }
    const model = await ask(false)
    if (model === null) return
    const next = await staleScores(db, model, '', ctx.pool.width('score.photo'))
    // Opening the networks costs half a second of a core: only when there is something to do.
    if (next.length === 0 || (await ask(true)) !== model) return
    ctx.log.info('photos are scored anew', { model })
    await ctx.write(async () => ({ out: undefined, next }))
  } catch (error) {
    if (!signal.aborted) ctx.log.warn('it could not be seen which scores are old', { error: describe(error) })
  }
}

/**
 * Starts the scoring threads and has them open their networks when a card has come, and again when its copying begins: who watches the first photos
 * land must not wait for that. `afterMs`: who has just inserted a card first wants to see it. Threads that are warm already answer at once.
 */
export async function warmScorers({ pool, modelsDir }: CommandContext, signal: AbortSignal, afterMs = 0): Promise<void> {
  await sleep(afterMs, undefined, { signal }).catch(() => null)
  if (signal.aborted) return
  const one = (): Promise<unknown> => pool.run('score.model', { modelsDir, tried: true }, { signal }).catch(() => null)
  await Promise.all(Array.from({ length: pool.width('score.model') }, one))
}
