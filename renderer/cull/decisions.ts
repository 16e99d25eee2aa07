import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { ActId, AssetId } from '../../main/contract/ids.ts'
import type { AssetView, Comparison, Decision, Label } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, type Library, type Marks, marked, refresh } from '../queries.ts'
import type { UiStore } from '../ui-state.ts'
import { decisionWords, plural, starWords } from '../words.ts'
import { only } from './selection.ts'

export type Decide = {
  /** Shown at once; taken back, with the reason, if the engine refuses. */
  set(ids: AssetId[], decision: Decision): Promise<boolean>
  rate(ids: AssetId[], rating: number): Promise<boolean>
  /** null takes the label away. */
  label(ids: AssetId[], label: Label | null): Promise<boolean>
  keepOnly(keep: AssetId, rest: AssetId[]): Promise<void>
  accept(ids: AssetId[] | null): Promise<void>
  /** One photo over another, as it was said while comparing; kept for learning. */
  prefer(said: Comparison): Promise<void>
  /** Into the library's trash; the message about it, and the next undo, bring them back. */
  remove(ids: AssetId[]): Promise<void>
  /** The newest act, or all down to `through`. */
  undo(through?: ActId): Promise<void>
  redo(through?: ActId): Promise<void>
  /** Something else was done that is in the history: the next undo is about that. */
  noted(): void
}

type Act = { marks: ReadonlyMap<AssetId, Marks>; send(): Promise<unknown> }

/** Acts on decisions, stars and labels, and removals. One act = one call = one undo, also Shift+P. */
export function createDecide(library: Library, queries: QueryClient, ui: UiStore): Decide {
  /** Acts on their way; an undo waits for them, so that it undoes the newest. */
  const sending = new Set<Promise<boolean>>()
  /** What the newest act removed, while that act is a removal: undo is about the newest act. */
  let removed: AssetId[] = []
  const { door, pending } = library
  const paint = (marks: ReadonlyMap<AssetId, Marks>): void => {
    queries.setQueryData<AssetView[]>(keysOf.assets, (assets) => assets?.map((asset) => marked(asset, marks.get(asset.id))))
  }
  const nameOf = (ids: AssetId[]): string => {
    const first = ids.length === 1 ? queries.getQueryData<AssetView[]>(keysOf.assets)?.find(({ id }) => id === ids[0]) : undefined
    return first?.name ?? plural(ids.length, 'photo')
  }
  const send = (act: Act): Promise<boolean> => {
    const sent = sendNow(act)
    sending.add(sent)
    void sent.then(() => sending.delete(sent))
    return sent
  }
  const sendNow = async (act: Act): Promise<boolean> => {
    const { marks } = act
    const before = new Map<AssetId, Marks>()
    for (const { id, decision, rating, label } of queries.getQueryData<AssetView[]>(keysOf.assets) ?? [])
      if (marks.has(id)) before.set(id, { decision, rating, label })
    removed = []
    // What is on its way already goes on counting: stars do not take back a pick.
    const ours = new Map([...marks].map(([id, mark]) => [id, { ...pending.get(id), ...mark }]))
    for (const [id, mark] of ours) pending.set(id, mark)
    paint(marks)
    const settle = (): AssetId[] => {
      const last = [...ours].filter(([id, mark]) => pending.get(id) === mark).map(([id]) => id)
      for (const id of last) pending.delete(id)
      return last
    }
    try {
      await act.send()
      settle()
      void queries.invalidateQueries({ queryKey: keysOf.history })
      return true
    } catch (error) {
      const back = settle()
      paint(new Map(back.flatMap((id) => [[id, before.get(id) ?? {}] as const])))
      ui.getState().fail(wireOf(error), { label: 'Try again', run: () => void send(act) })
      return false
    }
  }
  const decided = (decisions: ReadonlyMap<AssetId, Decision>): Act => ({
    marks: new Map([...decisions].map(([id, decision]) => [id, { decision }])),
    send: () =>
      ask(door, 'decision.set', {
        sets: [...Map.groupBy(decisions, ([, decision]) => decision)].map(([decision, pairs]) => ({
          assetIds: pairs.map(([id]) => id),
          decision,
        })),
      }),
  })
  const set = async (ids: AssetId[], decision: Decision): Promise<boolean> => {
    if (ids.length === 0) return false
    ui.getState().say(`${nameOf(ids)} ${decisionWords[decision]}`)
    return send(decided(new Map(ids.map((id) => [id, decision]))))
  }
  const rate = async (ids: AssetId[], rating: number): Promise<boolean> => {
    if (ids.length === 0) return false
    ui.getState().say(`${nameOf(ids)}: ${starWords(rating)}`)
    return send({
      marks: new Map(ids.map((id) => [id, { rating }])),
      send: () => ask(door, 'rating.set', { sets: [{ assetIds: ids, rating }] }),
    })
  }
  const label = async (ids: AssetId[], label: Label | null): Promise<boolean> => {
    if (ids.length === 0) return false
    ui.getState().say(`${nameOf(ids)}: ${label === null ? 'no label' : `${label} label`}`)
    return send({
      marks: new Map(ids.map((id) => [id, { label }])),
      send: () => ask(door, 'rating.set', { sets: [{ assetIds: ids, label }] }),
    })
  }
  const keepOnly = async (keep: AssetId, rest: AssetId[]): Promise<void> => {
    ui.getState().say(`${nameOf([keep])} picked, ${rest.length} rejected`)
    await send(decided(new Map([[keep, 'pick'] as const, ...rest.map((id) => [id, 'reject'] as const)])))
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
      const said =
        back.restored.length === 0
          ? 'Nothing to bring back.'
          : `${plural(back.restored.length, 'photo or clip', 'photos and clips')} back from the trash.`
      ui.getState().toast(said)
      ui.getState().say(said)
      const place = back.restored[0]
      if (place !== undefined && back.restored.length <= 20) ui.getState().set({ selection: only(place) })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const prefer = (said: Comparison): Promise<void> =>
    send({ marks: new Map(), send: () => ask(door, 'review.prefer', said) }).then(() => undefined)
  /** The two stand against each other again as they did before that word, or after it when it is said again. */
  const stand = ({ winner, loser, source }: Comparison, back: boolean): void => {
    const { looking } = ui.getState()
    if (looking.compare === null) return
    const pair = source === 'crowned' && back ? { champion: loser, challenger: winner } : { champion: winner, challenger: loser }
    ui.getState().set({ looking: { ...looking, compare: pair }, selection: only(pair.challenger) })
  }
  const turn = async (back: boolean, through: ActId | null): Promise<void> => {
    await Promise.all(sending)
    if (back && through === null && removed.length > 0) return restore(removed)
    const word = back ? 'Undone' : 'Done again'
    try {
      const { changed, what, compared } = await ask(door, back ? 'decision.undo' : 'decision.redo', { through })
      if (what === null) {
        ui.getState().toast(back ? 'Nothing to undo.' : 'Nothing to do again.')
        return
      }
      await refresh(library, queries, changed)
      void queries.invalidateQueries({ queryKey: keysOf.history })
      ui.getState().toast(`${word}: ${what}`)
      ui.getState().say(`${word}: ${what}`)
      if (compared !== null && ui.getState().looking.compare !== null) return stand(compared, back)
      // It shows what it changed, unless that was the whole shoot.
      const place = changed.length <= 20 ? changed[0] : undefined
      if (place !== undefined) ui.getState().set({ selection: only(place) })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const undo = (through: ActId | null = null): Promise<void> => turn(true, through)
  const redo = (through: ActId | null = null): Promise<void> => turn(false, through)
  const accept = async (ids: AssetId[] | null): Promise<void> => {
    try {
      const { picked, rejected } = await ask(door, 'decision.accept', { assetIds: ids })
      if (picked.length + rejected.length === 0) {
        ui.getState().toast('There is no suggestion to accept here.')
        return
      }
      removed = []
      paint(
        new Map<AssetId, Marks>([
          ...picked.map((id): [AssetId, Marks] => [id, { decision: 'pick' }]),
          ...rejected.map((id): [AssetId, Marks] => [id, { decision: 'reject' }]),
        ]),
      )
      void queries.invalidateQueries({ queryKey: keysOf.history })
      const words = `${picked.length} picked, ${rejected.length} rejected.`
      ui.getState().say(words)
      ui.getState().toast(words, { label: 'Undo', run: () => void undo() })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const noted = (): void => {
    removed = []
    void queries.invalidateQueries({ queryKey: keysOf.history })
  }
  return { set, rate, label, keepOnly, accept, prefer, remove, undo, redo, noted }
}

export const DecideContext = createContext<Decide | null>(null)

export function useDecide(): Decide {
  const decide = useContext(DecideContext)
  if (decide === null) throw new Error('expected a DecideContext above this component')
  return decide
}
