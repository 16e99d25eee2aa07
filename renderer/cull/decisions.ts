import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, Decision } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, type Library } from '../queries.ts'
import type { UiStore } from '../ui-state.ts'
import { decisionWords, plural } from '../words.ts'
import { only } from './selection.ts'

export type Decide = {
  /** Shown at once; taken back, with the reason, if the engine refuses. */
  set(ids: AssetId[], decision: Decision): Promise<boolean>
  keepOnly(keep: AssetId, rest: AssetId[]): Promise<void>
  accept(ids: AssetId[] | null): Promise<void>
  /** Into the library's trash; the message about it, and the next undo, bring them back. */
  remove(ids: AssetId[]): Promise<void>
  undo(): Promise<void>
}

/** Acts on decisions, and removals. One act = one call = one undo, also Shift+P. */
export function createDecide(library: Library, queries: QueryClient, ui: UiStore): Decide {
  /** Acts on their way; an undo waits for them, so that it undoes the newest. */
  const sending = new Set<Promise<boolean>>()
  /** What the newest act removed, while that act is a removal: undo is about the newest act. */
  let removed: AssetId[] = []
  const { door, pending } = library
  const paint = (decisions: ReadonlyMap<AssetId, Decision>): void => {
    queries.setQueryData<AssetView[]>(keysOf.assets, (assets) =>
      assets?.map((asset) => {
        const decision = decisions.get(asset.id)
        return decision === undefined || decision === asset.decision ? asset : { ...asset, decision }
      }),
    )
  }
  const nameOf = (ids: AssetId[]): string => {
    const first = ids.length === 1 ? queries.getQueryData<AssetView[]>(keysOf.assets)?.find(({ id }) => id === ids[0]) : undefined
    return first?.name ?? plural(ids.length, 'photo')
  }
  const send = (decisions: ReadonlyMap<AssetId, Decision>): Promise<boolean> => {
    const act = sendNow(decisions)
    sending.add(act)
    void act.then(() => sending.delete(act))
    return act
  }
  const sendNow = async (decisions: ReadonlyMap<AssetId, Decision>): Promise<boolean> => {
    const before = new Map(
      (queries.getQueryData<AssetView[]>(keysOf.assets) ?? []).flatMap((asset) =>
        decisions.has(asset.id) ? [[asset.id, asset.decision] as const] : [],
      ),
    )
    removed = []
    for (const [id, decision] of decisions) pending.set(id, decision)
    paint(decisions)
    const settle = (): AssetId[] => {
      const ours = [...decisions].filter(([id, decision]) => pending.get(id) === decision).map(([id]) => id)
      for (const id of ours) pending.delete(id)
      return ours
    }
    const byDecision = Map.groupBy(decisions, ([, decision]) => decision)
    try {
      await ask(door, 'decision.set', {
        sets: [...byDecision].map(([decision, pairs]) => ({ assetIds: pairs.map(([id]) => id), decision })),
      })
      settle()
      return true
    } catch (error) {
      const back = settle()
      paint(new Map(back.flatMap((id) => [[id, before.get(id) ?? 'undecided'] as const])))
      ui.getState().fail(wireOf(error), { label: 'Try again', run: () => void send(decisions) })
      return false
    }
  }
  const set = async (ids: AssetId[], decision: Decision): Promise<boolean> => {
    if (ids.length === 0) return false
    ui.getState().say(`${nameOf(ids)} ${decisionWords[decision]}`)
    return send(new Map(ids.map((id) => [id, decision])))
  }
  const keepOnly = async (keep: AssetId, rest: AssetId[]): Promise<void> => {
    ui.getState().say(`${nameOf([keep])} picked, ${rest.length} rejected`)
    await send(new Map([[keep, 'pick'] as const, ...rest.map((id) => [id, 'reject'] as const)]))
  }
  const remove = async (ids: AssetId[]): Promise<void> => {
    if (ids.length === 0) return
    await Promise.all(sending)
    const name = nameOf(ids)
    try {
      const gone = await ask(door, 'asset.remove', { assetIds: ids })
      if (gone.removed.length === 0) return
      removed = gone.removed
      const set = new Set(removed)
      queries.setQueryData<AssetView[]>(keysOf.assets, (assets) => assets?.filter(({ id }) => !set.has(id)))
      void queries.invalidateQueries({ queryKey: keysOf.cardPlans })
      ui.getState().say(`${name} moved to the trash`)
      ui.getState().toast(`${name} moved to the library's trash.`, { label: 'Undo', run: () => void restore([...set]) })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const restore = async (ids: AssetId[]): Promise<void> => {
    try {
      const back = await ask(door, 'asset.restore', { assetIds: ids })
      removed = []
      void queries.invalidateQueries({ queryKey: keysOf.cardPlans })
      await queries.invalidateQueries({ queryKey: keysOf.assets })
      const said = `${plural(back.restored.length, 'photo or clip', 'photos and clips')} back from the trash.`
      ui.getState().toast(said)
      ui.getState().say(said)
      const place = back.restored[0]
      if (place !== undefined && back.restored.length <= 20) ui.getState().set({ selection: only(place) })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const undo = async (): Promise<void> => {
    await Promise.all(sending)
    if (removed.length > 0) return restore(removed)
    let changed: AssetId[] = []
    let what: string | null = null
    try {
      const undone = await ask(door, 'decision.undo', {})
      changed = undone.changed
      what = undone.what
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
    // Undo shows what it changed, unless that was the whole shoot.
    const place = changed.length <= 20 ? (changed[0] ?? null) : null
    if (changed.length === 0) {
      ui.getState().toast('Nothing to undo.')
      return
    }
    await queries.invalidateQueries({ queryKey: keysOf.assets })
    const said = what ?? `the decision on ${nameOf(changed)}`
    ui.getState().toast(`Undone: ${said}`)
    ui.getState().say(`Undone: ${said}`)
    if (place !== null) ui.getState().set({ selection: only(place) })
  }
  const accept = async (ids: AssetId[] | null): Promise<void> => {
    try {
      const { picked, rejected } = await ask(door, 'decision.accept', { assetIds: ids })
      if (picked.length + rejected.length === 0) {
        ui.getState().toast('There is no suggestion to accept here.')
        return
      }
      removed = []
      paint(new Map([...picked.map((id) => [id, 'pick'] as const), ...rejected.map((id) => [id, 'reject'] as const)]))
      const words = `${picked.length} picked, ${rejected.length} rejected.`
      ui.getState().say(words)
      ui.getState().toast(words, { label: 'Undo', run: () => void undo() })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  return { set, keepOnly, accept, remove, undo }
}

export const DecideContext = createContext<Decide | null>(null)

export function useDecide(): Decide {
  const decide = useContext(DecideContext)
  if (decide === null) throw new Error('expected a DecideContext above this component')
  return decide
}
