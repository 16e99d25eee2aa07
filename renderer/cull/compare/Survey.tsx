import { createRef, useEffect, useRef } from 'react'
import type { AssetId } from '../../../main/contract/ids.ts'
import { useHint, useKeys } from '../../keyboard.ts'
import { Button } from '../../ui/controls.tsx'
import { useUi, useUiStore } from '../../ui-state.ts'
import { plural } from '../../words.ts'
import { fitSize } from '../ahead.ts'
import { seenPhotos, surveyColumns } from '../looking.ts'
import { usePictures } from '../picture/context.ts'
import { useZoomAtPointer } from '../picture/follow.ts'
import type { Wanted } from '../picture/pictures.ts'
import type { Shown } from '../room.ts'
import { only } from '../selection.ts'
import { useSize } from '../use-size.ts'
import { type Point, upright } from '../zoom.ts'
import { Pane } from './Pane.tsx'
import './compare.css'

/** Below this the room scrolls rather than that the photos get smaller, in CSS pixels. */
const leastHeight = 320

/** Up to nine photos side by side: decide each, or take it out until the best ones are left. */
export function Survey({ ids, shown, onDone }: { ids: readonly AssetId[]; shown: Shown; onDone: () => void }) {
  const ui = useUiStore()
  const hint = useHint()
  const current = useUi((state) => state.selection.current)
  const isNear = useUi((state) => state.zoom !== null)
  const photos = seenPhotos(shown).filter(({ id }) => ids.includes(id))
  const here = useRef<HTMLDivElement>(null)
  const size = useSize(here)
  const pointers = useRef(new Map<AssetId, React.RefObject<Point | null>>())
  const pointerOf = (id: AssetId): React.RefObject<Point | null> => {
    const found = pointers.current.get(id) ?? createRef<Point>()
    pointers.current.set(id, found)
    return found
  }
  const columns = surveyColumns(photos.length, { width: size.width, height: Math.max(size.height, leastHeight) })
  const stage = { width: size.width / columns, height: size.height / Math.ceil(Math.max(1, photos.length) / columns) - 32 }
  const focused = photos.find(({ id }) => id === current) ?? photos[0]
  useZoomAtPointer(
    photos.map(({ id }) => pointerOf(id)),
    focused === undefined ? null : upright(focused, null),
    stage,
  )
  const pictures = usePictures()
  const wanted: Wanted[] = photos.flatMap((asset) => [
    { id: asset.id, level: 'thumb' as const, size: null, bytes: 0 },
    { id: asset.id, level: 'fit' as const, size: isNear ? null : fitSize(asset, stage, window.devicePixelRatio), bytes: 0 },
  ])
  // Nine originals would be far too much: true size is read for the one that is decided on, the others show their previews.
  if (isNear && focused !== undefined) wanted.unshift({ id: focused.id, level: 'full', size: null, bytes: 0 })
  const key = JSON.stringify(wanted)
  useEffect(() => pictures.want(wanted), [pictures, key])
  useEffect(() => () => pictures.want([]), [pictures])

  const move = (by: 1 | -1): void => {
    const at = photos.findIndex(({ id }) => id === current)
    const next = photos[(at + by + photos.length) % photos.length]
    if (next === undefined) return
    ui.getState().set({ selection: only(next.id) })
    ui.getState().say(next.name)
  }
  const drop = (id: AssetId | null): void => {
    const at = photos.findIndex((photo) => photo.id === id)
    const left = photos.filter((photo) => photo.id !== id)
    const next = left[Math.min(at, left.length - 1)]
    if (next === undefined || at < 0) return
    const { looking } = ui.getState()
    ui.getState().set({ looking: { ...looking, survey: left.map((photo) => photo.id) }, selection: only(next.id) })
    ui.getState().say(`Taken out; ${plural(left.length, 'photo')} left`)
  }
  useKeys(['survey'], {
    nextInSurvey: () => move(1),
    previousInSurvey: () => move(-1),
    dropFromSurvey: () => drop(current),
    leaveSurvey: () => {
      if (ui.getState().zoom === null) onDone()
      else ui.getState().set({ zoom: null })
    },
  })
  const last = useRef(0)
  const at = photos.findIndex(({ id }) => id === current)
  // A decision that moves on stays in the survey.
  useEffect(() => {
    if (photos.length === 0) onDone()
    else if (at >= 0) last.current = at
    else ui.getState().set({ selection: only((photos[last.current + 1] ?? photos[last.current] ?? photos[0])?.id ?? null) })
  })
  return (
    <div className="compare">
      <div className="compare-tools">
        <h2>Survey</h2>
        <span className="muted">{plural(photos.length, 'photo')}</span>
        <span className="grow" />
        <Button tone="quiet" hint={hint('dropFromSurvey')} isDisabled={photos.length < 2} onPress={() => drop(current)}>
          Take out
        </Button>
        <Button tone="quiet" hint={hint('leaveSurvey')} onPress={onDone}>
          Done
        </Button>
      </div>
      <div ref={here} className="panes" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {photos.map((asset, index) => (
          <Pane
            key={asset.id}
            asset={asset}
            stands={`${index + 1} of ${photos.length}`}
            pointer={pointerOf(asset.id)}
            onRemove={() => drop(asset.id)}
          />
        ))}
      </div>
    </div>
  )
}
