import { type PointerEvent, type RefObject, useEffect, useRef } from 'react'
import type { Zoom } from '../../ui-state.ts'
import type { Size } from '../use-size.ts'
import { type Point, panned, pointAt, scaled } from '../zoom.ts'

export type Seen = { stage: Size; pixels: Size | null; zoom: Zoom; ratio: number }

/** Farther than this and a press is a drag, in CSS pixels. */
const dragged = 4

/**
 * Mouse, touch pad and fingers on a photo: a click goes to true size and back, a drag or two fingers move, a pinch or the wheel changes the size.
 * `pointer` is kept at where it is now, null outside; the zoom key asks there.
 */
export function useGestures(
  element: RefObject<HTMLElement | null>,
  seen: Seen,
  onZoom: (zoom: Zoom) => void,
  pointer: RefObject<Point | null>,
): {
  onPointerDown(event: PointerEvent): void
  onPointerMove(event: PointerEvent): void
  onPointerUp(event: PointerEvent): void
  onPointerCancel(event: PointerEvent): void
  onPointerLeave(): void
} {
  const latest = useRef({ seen, onZoom })
  latest.current = { seen, onZoom }
  const down = useRef(new Map<number, Point>())
  const moved = useRef(false)

  const place = (event: { clientX: number; clientY: number }): Point => {
    const box = element.current?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  const move = (by: Point): void => {
    const { seen, onZoom } = latest.current
    if (seen.zoom !== null && seen.pixels !== null) onZoom(panned(seen.stage, seen.pixels, seen.zoom, by, seen.ratio))
  }
  const scale = (factor: number, at: Point): void => {
    const { seen, onZoom } = latest.current
    if (seen.pixels !== null && seen.stage.width > 0) onZoom(scaled(seen.stage, seen.pixels, seen.zoom, factor, at, seen.ratio))
  }

  useEffect(() => {
    const target = element.current
    if (target === null) return undefined
    // A wheel turns in whole notches and only up or down; a touch pad slides.
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      const isWheel = event.deltaX === 0 && (event.deltaMode !== 0 || (Math.abs(event.deltaY) >= 50 && Number.isInteger(event.deltaY)))
      const at = { x: event.clientX - target.getBoundingClientRect().left, y: event.clientY - target.getBoundingClientRect().top }
      if (event.ctrlKey) scale(Math.exp(-event.deltaY / (isWheel ? 300 : 100)), at)
      else if (isWheel) scale(event.deltaY < 0 ? 1.25 : 0.8, at)
      else move({ x: -event.deltaX, y: -event.deltaY })
    }
    target.addEventListener('wheel', onWheel, { passive: false })
    return () => target.removeEventListener('wheel', onWheel)
  }, [element])

  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    if (down.current.size === 0) moved.current = false
    down.current.set(event.pointerId, place(event))
    if (down.current.size > 1) moved.current = true
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent): void => {
    const now = place(event)
    if (event.pointerType !== 'touch') pointer.current = now
    const before = down.current.get(event.pointerId)
    if (before === undefined) return
    const [other] = [...down.current].filter(([id]) => id !== event.pointerId).map(([, at]) => at)
    if (other !== undefined) {
      const apart = Math.hypot(before.x - other.x, before.y - other.y)
      const between = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
      if (apart > 0) scale(Math.hypot(now.x - other.x, now.y - other.y) / apart, between)
      move({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 })
      down.current.set(event.pointerId, now)
      return
    }
    if (!moved.current && Math.hypot(now.x - before.x, now.y - before.y) < dragged) return
    moved.current = true
    down.current.set(event.pointerId, now)
    move({ x: now.x - before.x, y: now.y - before.y })
  }
  const onPointerUp = (event: PointerEvent): void => {
    if (!down.current.delete(event.pointerId) || moved.current || down.current.size > 0) return
    const { seen, onZoom } = latest.current
    if (seen.pixels !== null) onZoom(seen.zoom === null ? pointAt(seen.stage, seen.pixels, place(event)) : null)
  }
  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: (event) => {
      down.current.delete(event.pointerId)
    },
    onPointerLeave: () => {
      pointer.current = null
    },
  }
}
