import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { AssetView } from '../../../main/contract/views.ts'
import { useHint, useKeys } from '../../keyboard.ts'
import { reads, useLibrary } from '../../queries.ts'
import { Button } from '../../ui/controls.tsx'
import { useUi, useUiStore } from '../../ui-state.ts'
import { points, spaced } from '../../words.ts'
import { wantedOne } from '../ahead.ts'
import { useDecide } from '../decisions.ts'
import { crown, type Looking, seenPhotos, stepChallenger } from '../looking.ts'
import { usePictures } from '../picture/context.ts'
import { useZoomAtPointer } from '../picture/follow.ts'
import type { Wanted } from '../picture/pictures.ts'
import type { Shown } from '../room.ts'
import { only } from '../selection.ts'
import { useSize } from '../use-size.ts'
import { type Point, upright } from '../zoom.ts'
import { differences } from './differences.ts'
import { Pane } from './Pane.tsx'
import './compare.css'

type Pair = NonNullable<Looking['compare']>

/** The pinned champion against one challenger after another, at the same place of both. */
export function Compare({ pair, shown, onDone }: { pair: Pair; shown: Shown; onDone: () => void }) {
  const ui = useUiStore()
  const hint = useHint()
  const decisions = useDecide()
  const current = useUi((state) => state.selection.current)
  const photos = seenPhotos(shown)
  const champion = photos.find(({ id }) => id === pair.champion)
  const challenger = photos.find(({ id }) => id === pair.challenger)
  const here = useRef<HTMLDivElement>(null)
  const left = useRef<Point | null>(null)
  const right = useRef<Point | null>(null)
  const size = useSize(here)
  const stage = { width: size.width / 2, height: size.height }
  useZoomAtPointer([left, right], challenger === undefined ? null : upright(challenger, null), stage)
  useWanted(champion, challenger, photos, stage)

  const set = (next: Pair, focus = next.challenger): void =>
    ui.getState().set({ looking: { ...ui.getState().looking, compare: next }, selection: only(focus) })
  const step = (by: 1 | -1): void => set({ ...pair, challenger: stepChallenger(photos, pair, by) })
  const promote = (): void => {
    const next = crown(photos, pair)
    void decisions.prefer({ winner: pair.challenger, loser: pair.champion, source: 'crowned' })
    set(next)
    ui.getState().say(`${challenger?.name ?? 'The challenger'} is the champion now`)
  }
  const hold = (): void => {
    void decisions.prefer({ winner: pair.champion, loser: pair.challenger, source: 'held' })
    const next = stepChallenger(photos, pair, 1)
    if (next !== pair.challenger) set({ ...pair, challenger: next })
    ui.getState().say(`${champion?.name ?? 'The champion'} stays${next === pair.challenger ? '; this was the last challenger' : ''}`)
  }
  const other = (): void => {
    const focus = current === pair.champion ? pair.challenger : pair.champion
    ui.getState().set({ selection: only(focus) })
    ui.getState().say(`${focus === pair.champion ? 'Champion' : 'Challenger'} ${photos.find(({ id }) => id === focus)?.name ?? ''}`)
  }
  useKeys(['compare'], {
    nextChallenger: () => step(1),
    previousChallenger: () => step(-1),
    champion: promote,
    held: hold,
    otherPane: other,
    leaveCompare: () => {
      if (ui.getState().zoom === null) onDone()
      else ui.getState().set({ zoom: null })
    },
  })
  // Wherever else the place goes (a decision that moves on, an undo, a click in the strip), what is there now challenges.
  useEffect(() => {
    if (current === null || current === pair.champion || current === pair.challenger) return
    if (photos.some(({ id }) => id === current)) set({ ...pair, challenger: current })
    else onDone()
  })
  useEffect(() => {
    if (champion === undefined || challenger === undefined) onDone()
  })
  if (champion === undefined || challenger === undefined) return null
  return (
    <div className="compare">
      <div className="compare-tools">
        <h2>Compare</h2>
        <Differences champion={champion} challenger={challenger} />
        <span className="grow" />
        <Button tone="quiet" hint={hint('champion')} onPress={promote}>
          Make champion
        </Button>
        <Button tone="quiet" hint={hint('held')} onPress={hold}>
          Champion stays
        </Button>
        <Button tone="quiet" hint={hint('otherPane')} onPress={other}>
          Decide on the other
        </Button>
        <Button tone="quiet" hint={hint('leaveCompare')} onPress={onDone}>
          Done
        </Button>
      </div>
      <div ref={here} className="panes panes-two">
        <Pane asset={champion} stands="Champion" pointer={left} />
        <Pane asset={challenger} stands="Challenger" pointer={right} />
      </div>
    </div>
  )
}

function useWanted(
  champion: AssetView | undefined,
  challenger: AssetView | undefined,
  photos: readonly AssetView[],
  stage: { width: number; height: number },
): void {
  const pictures = usePictures()
  const isNear = useUi((state) => state.zoom !== null)
  const list: Wanted[] = []
  const at = photos.findIndex(({ id }) => id === challenger?.id)
  const add = (asset: AssetView | undefined, level: Wanted['level']): void => {
    if (asset === undefined) return
    const isSeen = asset === champion || asset === challenger
    list.push({ ...wantedOne(asset, level, stage, window.devicePixelRatio), ...(isSeen ? { bytes: 0 } : {}) })
  }
  for (const level of ['thumb', 'fit'] as const) for (const asset of [champion, challenger]) add(asset, level)
  if (isNear) for (const asset of [champion, challenger]) add(asset, 'full')
  for (const by of [1, 2, -1]) for (const level of ['thumb', 'fit'] as const) add(photos[at + by], level)
  const key = JSON.stringify(list)
  useEffect(() => pictures.want(list), [pictures, key])
  useEffect(() => () => pictures.want([]), [pictures])
}

/** What speaks for the challenger and what against it, by points. */
function Differences({ champion, challenger }: { champion: AssetView; challenger: AssetView }) {
  const library = useLibrary()
  const a = useQuery(reads.detail(library, champion.id)).data
  const b = useQuery(reads.detail(library, challenger.id)).data
  if (a === undefined || b === undefined) return <span className="muted">…</span>
  const all = differences(a.components, b.components)
  if (all.length === 0) return <span className="muted">No measured difference</span>
  return (
    <ul className="differences" aria-label="The challenger against the champion">
      {all.map(({ name, by }) => (
        <li key={name} className={by < 0 ? 'part-minus' : ''}>
          {`${spaced(name)} ${points(by)}`}
        </li>
      ))}
    </ul>
  )
}
