import { type PointerEvent, type RefObject, useRef, useState } from 'react'
import type { ClipView } from '../../../main/contract/views.ts'
import { clock } from '../../words.ts'
import { type Marks, marksIn, marksOut } from './range.ts'

const share = (us: number, total: number): string => `${((us / Math.max(1, total)) * 100).toFixed(3)}%`

/** The take as a film from its first to its last frame, with the play head, the suggestions and a person's own clip on it. */
export function Track({
  film,
  head,
  total,
  stepUs,
  clips,
  marks,
  onSeek,
  onMarks,
}: {
  film: RefObject<HTMLCanvasElement | null>
  head: RefObject<HTMLInputElement | null>
  total: number
  stepUs: number
  clips: readonly ClipView[]
  marks: Marks
  onSeek: (us: number) => void
  /** `isDone` is false while a handle is being dragged. */
  onMarks: (marks: Marks, isDone: boolean) => void
}) {
  const track = useRef<HTMLDivElement>(null)
  const hasBoth = marks.inUs !== null && marks.outUs !== null
  const start = marks.inUs ?? 0
  const end = marks.outUs ?? total
  return (
    <div ref={track} className="clip-track">
      <canvas ref={film} className="film" width={1} height={1} />
      {total === 0
        ? null
        : clips
            .filter((clip) => clip.by === 'machine')
            .map((clip) => (
              <span
                key={clip.id}
                className="band"
                style={{ left: share(clip.inUs, total), width: share(clip.outUs - clip.inUs, total) }}
                aria-hidden="true"
              />
            ))}
      {marks.inUs === null && marks.outUs === null ? null : (
        <span
          className={hasBoth ? 'band-own' : 'band-own band-open'}
          style={{ left: share(start, total), width: share(end - start, total) }}
          aria-hidden="true"
        />
      )}
      <input
        ref={head}
        type="range"
        aria-label="Position"
        aria-valuetext={clock(0, true)}
        min={0}
        max={Math.max(total, 1)}
        step={stepUs}
        defaultValue={0}
        onChange={(event) => onSeek(Number(event.target.value))}
        onPointerUp={(event) => {
          // The arrow keys belong to the photos again.
          event.currentTarget.blur()
          event.currentTarget.closest<HTMLElement>('.loupe')?.focus({ preventScroll: true })
        }}
      />
      {hasBoth ? (
        <>
          <Handle
            name="In"
            at={start}
            total={total}
            stepUs={stepUs}
            track={track}
            onMove={(us, isDone) => onMarks(marksIn(marks, us, total), isDone)}
          />
          <Handle
            name="Out"
            at={end}
            total={total}
            stepUs={stepUs}
            track={track}
            onMove={(us, isDone) => onMarks(marksOut(marks, us, total), isDone)}
          />
        </>
      ) : null}
    </div>
  )
}

/** One end of a person's clip: dragged, or moved by a frame with the arrow keys (a second with Shift). */
function Handle({
  name,
  at,
  total,
  stepUs,
  track,
  onMove,
}: {
  name: 'In' | 'Out'
  at: number
  total: number
  stepUs: number
  track: RefObject<HTMLDivElement | null>
  onMove: (us: number, isDone: boolean) => void
}) {
  const [isDragged, setDragged] = useState(false)
  const place = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect()
    return box === undefined || box.width === 0 ? at : ((event.clientX - box.left) / box.width) * total
  }
  return (
    <div
      className={`handle handle-${name === 'In' ? 'in' : 'out'}`}
      style={{ left: share(at, total) }}
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={at}
      aria-valuetext={clock(at, true)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDragged(true)
      }}
      onPointerMove={(event) => {
        if (isDragged) onMove(place(event), false)
      }}
      onPointerUp={(event) => {
        if (isDragged) onMove(place(event), true)
        setDragged(false)
      }}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
        if (by === 0) return
        event.preventDefault()
        onMove(at + by * (event.shiftKey ? 1_000_000 : stepUs), true)
      }}
    />
  )
}
