import type { EventName, EventOf } from '../contract/ipc.ts'
import { cardViews } from './commands/card.ts'
import type { CommandContext } from './commands/context.ts'
import { offloadEnd } from './commands/offload-report.ts'
import type { Dispatch } from './dispatch.ts'
import { readSettings } from './library/settings.ts'
import type { SeenCard } from './ports.ts'

export type Noticing = {
  cards(seen: readonly SeenCard[]): Promise<void>
  folder(path: string): Promise<void>
  finished(offloadId: string): Promise<void>
}

/** What the engine does by itself when a card comes, a watched folder gets files, or an offload ends: only what the user chose. */
export function createNoticing(options: {
  ctx: CommandContext
  call: Dispatch
  emit<N extends EventName>(name: N, event: EventOf<N>): void
}): Noticing {
  const { ctx, call, emit } = options
  let present = new Set<string>()
  const start = async (path: string): Promise<void> => {
    const reply = await call('offload.start', { path })
    if (!reply.ok)
      emit('notice', {
        title: 'A card could not be offloaded',
        body: `${reply.error.message} ${reply.error.next ?? ''}`.trim(),
        sound: false,
      })
  }
  return {
    async cards(seen) {
      const views = await cardViews(ctx, seen)
      emit('cards.changed', { cards: views })
      // Another card may come to the same mount path.
      const fresh = views.filter((card) => !present.has(`${card.key}\0${card.path}`))
      present = new Set(seen.map((card) => `${card.key}\0${card.path}`))
      for (const card of fresh) if (card.choice === 'offload') await start(card.path)
    },
    folder: start,
    async finished(id) {
      const report = await offloadEnd(ctx.library.db, id)
      if (report.offload.state !== 'done') return
      const settings = await readSettings(ctx.library.db)
      const safe = report.safeToErase.verdict === 'safe'
      let tail = ''
      // The volumes are only looked at when there is something to eject.
      if (safe && settings.ejectWhenDone && (await ctx.volumes.cards()).some((card) => card.path === report.offload.path)) {
        const { ejected, because } = await ctx.volumes.eject(report.offload.path)
        tail = ejected ? ' It was ejected: take it out.' : ` It could not be ejected: ${because ?? 'the system did not say why'}.`
      }
      if (!settings.notify) return
      const [first] = report.safeToErase.because
      emit('notice', {
        title: safe ? report.offload.label : `${report.offload.label}: not safe to erase yet`,
        body: `${first ?? ''}${tail}`,
        sound: settings.sound,
      })
    },
  }
}
