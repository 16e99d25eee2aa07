import { useQueryClient } from '@tanstack/react-query'
import type { ClipId } from '../../main/contract/ids.ts'
import type { ClipChoice, TakeView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useDecide } from '../cull/decisions.ts'
import { keysOf, useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { choiceWords } from './clip-words.ts'
import { clipsOf } from './moves.ts'

/** The takes with these choices painted in; a take in which nothing changes stays the same object. */
export function painted(takes: readonly TakeView[], ids: ReadonlySet<ClipId>, choiceOf: (id: ClipId) => ClipChoice): TakeView[] {
  return takes.map((take) =>
    take.clips.some(({ id, choice }) => ids.has(id) && choiceOf(id) !== choice)
      ? { ...take, clips: take.clips.map((clip) => (ids.has(clip.id) ? { ...clip, choice: choiceOf(clip.id) } : clip)) }
      : take,
  )
}

/** Approves, rejects, or takes either back: one act, one undo. Shown at once; taken back, with the reason, if the engine refuses. */
export function useChoose(): (ids: readonly ClipId[], choice: ClipChoice) => Promise<void> {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const decide = useDecide()
  return async (clipIds, choice) => {
    if (clipIds.length === 0) return
    const ids = new Set(clipIds)
    const takes = queries.getQueryData<TakeView[]>(keysOf.takes) ?? []
    const clips = clipsOf(takes).filter(({ id }) => ids.has(id))
    const before = new Map(clips.map((clip) => [clip.id, clip.choice]))
    const paint = (of: (id: ClipId) => ClipChoice): void =>
      void queries.setQueryData<TakeView[]>(keysOf.takes, (now) => (now === undefined ? now : painted(now, ids, of)))
    paint(() => choice)
    ui.getState().say(`${clips.length === 1 ? (clips[0]?.name ?? '') : plural(ids.size, 'clip')} ${choiceWords[choice]}`)
    try {
      await ask(door, 'clip.choose', { sets: [{ clipIds: [...ids], choice }] })
      decide.noted()
    } catch (error) {
      paint((id) => before.get(id) ?? 'undecided')
      ui.getState().fail(wireOf(error))
    }
  }
}
