import type { AssetId } from '../../../main/contract/ids.ts'
import type { EventName, EventOf } from '../../../main/contract/ipc.ts'
import type { WireError } from '../../../main/contract/reply.ts'
import type { AssetView, Comparison, Decision } from '../../../main/contract/views.ts'
import { actIdOf, type FakeLibrary } from './fake-data.ts'
import type { Scene } from './fake-scenes.ts'

type FakeMarks = Partial<Pick<AssetView, 'decision' | 'rating' | 'label'>>
type FakeAct = Map<AssetId, FakeMarks> | Comparison

/** The FAKE's decisions, stars and labels, with one history over them. */
export function fakeDeciding({
  scene,
  library,
  tell,
  refused,
}: {
  scene: Scene
  library: FakeLibrary
  tell: <N extends EventName>(name: N, event: EventOf<N>) => void
  refused: (message: string, next: string | null) => { ok: false; error: WireError }
}) {
  /** What each act replaced, or said of two photos; `undone` holds what an undo replaced. */
  const history: FakeAct[] = []
  const undone: FakeAct[] = []
  const apply = (marks: Map<AssetId, FakeMarks>): Map<AssetId, FakeMarks> => {
    const before = new Map<AssetId, FakeMarks>()
    library.assets = library.assets.map((asset) => {
      const mark = marks.get(asset.id)
      if (mark === undefined || Object.entries(mark).every(([name, value]) => asset[name as keyof FakeMarks] === value)) return asset
      before.set(asset.id, { decision: asset.decision, rating: asset.rating, label: asset.label })
      return { ...asset, ...mark }
    })
    tell('assets.changed', { assetIds: [...before.keys()] })
    return before
  }
  const act = (marks: Map<AssetId, FakeMarks>): { changed: AssetId[] } => {
    const before = apply(marks)
    history.push(before)
    undone.length = 0
    return { changed: [...before.keys()] }
  }
  const turn = (from: FakeAct[], to: FakeAct[]): { changed: AssetId[]; what: string | null; compared: Comparison | null } => {
    const last = from.pop()
    if (last === undefined) return { changed: [], what: null, compared: null }
    to.push(last instanceof Map ? apply(last) : last)
    if (last instanceof Map) return { changed: [...last.keys()], what: `${last.size} photos`, compared: null }
    return { changed: [last.winner, last.loser], what: 'one preferred to another', compared: last }
  }
  return {
    'decision.set': ({ sets }: { sets: { assetIds: AssetId[]; decision: Decision }[] }) => {
      if (scene === 'refusing')
        return refused('The decision could not be saved: the disk of the library is full.', 'Free some space, then decide again.')
      return act(new Map(sets.flatMap(({ assetIds, decision }) => assetIds.map((id) => [id, { decision }] as const))))
    },
    'rating.set': ({ sets }: { sets: { assetIds: AssetId[]; rating?: number | null; label?: AssetView['label'] }[] }) =>
      act(new Map(sets.flatMap(({ assetIds, ...mark }) => assetIds.map((id) => [id, mark] as const)))),
    'decision.accept': ({ assetIds }: { assetIds: AssetId[] | null }) => {
      const wanted = assetIds === null ? null : new Set(assetIds)
      const open = library.assets.filter(({ id, decision }) => decision === 'undecided' && (wanted === null || wanted.has(id)))
      const picked = open.filter(({ suggestion }) => suggestion === 'pick').map(({ id }) => id)
      const rejected = open.filter(({ suggestion }) => suggestion === 'reject').map(({ id }) => id)
      act(
        new Map<AssetId, FakeMarks>([
          ...picked.map((id): [AssetId, FakeMarks] => [id, { decision: 'pick' }]),
          ...rejected.map((id): [AssetId, FakeMarks] => [id, { decision: 'reject' }]),
        ]),
      )
      return { picked, rejected }
    },
    'review.prefer': (said: Comparison) => {
      history.push(said)
      undone.length = 0
      return { kept: true }
    },
    'decision.undo': () => turn(history, undone),
    'decision.redo': () => turn(undone, history),
    'decision.history': () =>
      history.toReversed().map((before, index) => ({
        id: actIdOf(`act-${history.length - index}`),
        at: '2026-05-03T18:10:00.000Z',
        by: 'person',
        what: before instanceof Map ? `${before.size} changed` : 'one preferred to another',
        count: before instanceof Map ? before.size : 2,
        undone: false,
      })),
  }
}
