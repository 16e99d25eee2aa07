import { useQueryClient } from '@tanstack/react-query'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { AssetId } from '../../../main/contract/ids.ts'
import type { AssetView } from '../../../main/contract/views.ts'
import { keysOf } from '../../queries.ts'
import { useUiStore, type Zoom } from '../../ui-state.ts'
import { wantedAround } from '../ahead.ts'
import type { Size } from '../use-size.ts'
import { type Point, pointAt, upright } from '../zoom.ts'
import { usePictures } from './context.ts'
import type { Painter } from './painter.ts'

/** Someone who stays this long on a photo may want to see its pixels next. */
const restMs = 200
/** From here on it may be read, which costs little. */
const readMs = 40

/**
 * Paints a new place or zoom in the key's own turn, before React draws anything: what is decoded is on screen with the next frame. The zoom key does
 * not know where the pointer is: true size is then moved to it, or to the spot that was looked at last.
 */
export function useFollow(painter: RefObject<Painter | null>, pointer: RefObject<Point | null>, stage: Size): void {
  const ui = useUiStore()
  const queries = useQueryClient()
  const latest = useRef(stage)
  latest.current = stage
  useEffect(() => {
    let spot: Point = { x: 0.5, y: 0.5 }
    const photo = (id: AssetId | null): AssetView | undefined =>
      queries.getQueryData<AssetView[]>(keysOf.assets)?.find((asset) => asset.id === id && asset.kind === 'photo')
    return ui.subscribe((now, before) => {
      if (now.selection.current === before.selection.current && now.zoom === before.zoom) return
      const asset = photo(now.selection.current)
      if (asset === undefined) return
      if (before.zoom === null && now.zoom !== null && isUnplaced(now.zoom)) {
        const pixels = upright(asset, null)
        const at = pointer.current !== null && pixels !== null ? pointAt(latest.current, pixels, pointer.current) : spot
        if (at.x !== now.zoom.x || at.y !== now.zoom.y) return now.set({ zoom: at })
      }
      if (now.zoom !== null) spot = { x: now.zoom.x, y: now.zoom.y }
      painter.current?.show({ asset, zoom: now.zoom })
    })
  }, [ui, queries, painter, pointer])
}

const isUnplaced = (zoom: NonNullable<Zoom>): boolean => zoom.x === 0.5 && zoom.y === 0.5 && zoom.scale === undefined

/** Moves true size, asked for by its key, to the pointer on whichever of several photos it is. */
export function useZoomAtPointer(pointers: readonly RefObject<Point | null>[], pixels: Size | null, stage: Size): void {
  const ui = useUiStore()
  const latest = useRef({ pointers, pixels, stage })
  latest.current = { pointers, pixels, stage }
  useEffect(
    () =>
      ui.subscribe((now, before) => {
        if (before.zoom !== null || now.zoom === null || !isUnplaced(now.zoom)) return
        const { pointers, pixels, stage } = latest.current
        const at = pointers.find(({ current }) => current !== null)?.current
        if (at === undefined || at === null || pixels === null) return
        const zoom = pointAt(stage, pixels, at)
        if (zoom.x !== 0.5 || zoom.y !== 0.5) now.set({ zoom })
      }),
    [ui],
  )
}

/** Has the pictures around the place decoded, in the direction of travel; the original too once somebody rests. */
export function useReadyAhead(frames: readonly AssetView[], at: number, zoom: Zoom, stage: Size): void {
  const pictures = usePictures()
  const [rested, setRested] = useState<AssetId | null>(null)
  const travel = useRef<{ at: number; direction: 1 | -1 }>({ at, direction: 1 })
  const here = frames[at]
  if (here !== undefined && at !== travel.current.at) travel.current = { at, direction: at < travel.current.at ? -1 : 1 }
  const isNear = zoom !== null
  const isResting = here !== undefined && rested === here.id
  useEffect(() => {
    const { direction } = travel.current
    const want = (): void =>
      pictures.want(wantedAround({ frames, at, direction, stage, ratio: window.devicePixelRatio, isNear, isResting }))
    const id = frames[at]?.id
    if (id === undefined || pictures.get(id, isNear ? 'full' : 'fit') === null) {
      want()
      return undefined
    }
    // The photo is decoded: its frame is drawn before the next ones take the processor.
    let timer = 0
    const frame = requestAnimationFrame(() => {
      timer = window.setTimeout(want, 0)
    })
    return () => {
      cancelAnimationFrame(frame)
      window.clearTimeout(timer)
    }
  }, [pictures, frames, at, stage, isNear, isResting])
  // What is shown next (a grid, a clip) needs none of them.
  useEffect(
    () => () => {
      pictures.want([])
      pictures.readAhead([])
    },
    [pictures],
  )
  useEffect(() => {
    const near = [frames[at], frames[at + travel.current.direction]].filter((one) => one?.kind === 'photo' && one.hasThumb)
    const timer = window.setTimeout(() => pictures.readAhead(near.flatMap((one) => one?.id ?? [])), readMs)
    return () => window.clearTimeout(timer)
  }, [pictures, frames, at])
  useEffect(() => {
    if (here === undefined) return undefined
    const timer = window.setTimeout(() => setRested(here.id), restMs)
    return () => window.clearTimeout(timer)
  }, [here?.id])
  useEffect(() => {
    // Analysis makes the pictures: what was missing may be there now.
    if (here?.hasThumb === true) pictures.retry(here.id)
  }, [pictures, here?.id, here?.analysis, here?.hasThumb])
}

/** A held arrow moves on only when the photo before it was really on screen, whole: nothing flies by unseen, and nothing moves on after the key is up. */
export function useOneAtATime(painter: RefObject<Painter | null>): void {
  const ui = useUiStore()
  const pictures = usePictures()
  useEffect(() => {
    let isOnScreen = true
    const onKey = (event: KeyboardEvent): void => {
      if (!event.key.startsWith('Arrow')) return
      const current = ui.getState().selection.current
      const painted = painter.current?.painted()
      const isThere = current === null || (painted?.id === current && painted.isSharp) || pictures.isMissing(current, 'fit')
      if (event.repeat && !(isOnScreen && isThere)) {
        event.preventDefault()
        event.stopImmediatePropagation()
        return
      }
      isOnScreen = false
      requestAnimationFrame(() =>
        setTimeout(() => {
          isOnScreen = true
        }, 0),
      )
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [ui, pictures, painter])
}
