import { useVirtualizer } from '@tanstack/react-virtual'
import { type DragEvent, type MouseEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { ask, wireOf } from '../bridge.ts'
import { largestTile, smallestTile } from '../kept.ts'
import { useLibrary } from '../queries.ts'
import { useUi, useUiStore } from '../ui-state.ts'
import type { Facts } from './filter.ts'
import { useThumbPictures, wantedThumbs } from './picture/thumbs.ts'
import { type Cell, indexOfCell, type Shown } from './room.ts'
import { extend, only, toggle } from './selection.ts'
import { cellId, Tile } from './Tile.tsx'

const gap = 8
/** Height of the photo in a tile, of its width. */
const photoShape = 0.72
const edge = 16
/** After a fling the rows beyond the view follow so much later, milliseconds. */
const beyondMs = 80
/** As many files as one drag hands over. */
const draggedAtMost = 500

const rootRem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16

/**
 * The pictures of the tiles in view first, then those just beyond it; what has left is not begun any more. While the grid is flung, by more than a row
 * a frame, only those in view: where it comes to rest nothing waits for what has passed.
 */
function useThumbs(
  cells: readonly Cell[],
  lines: { first: number; last: number; begin: number; end: number },
  columns: number,
  height: number,
): void {
  const thumbs = useThumbPictures()
  const { first, last, begin, end } = lines
  const before = useRef(begin)
  useEffect(() => {
    const isFlung = Math.abs(begin - before.current) > 1
    before.current = begin
    const rows = (from: number, to: number): Cell[] => cells.slice(Math.max(0, from * columns), Math.max(0, (to + 1) * columns))
    const want = (beyond: readonly Cell[]): void =>
      thumbs.want(
        wantedThumbs(
          [...rows(begin, end), ...beyond].map(({ frame }) => frame),
          height,
        ),
      )
    const wantAll = (): void => want([...rows(end + 1, last), ...rows(first, begin - 1)])
    if (!isFlung) {
      wantAll()
      return undefined
    }
    want([])
    const timer = window.setTimeout(wantAll, beyondMs)
    return () => window.clearTimeout(timer)
  }, [thumbs, cells, first, last, begin, end, columns, height])
}

/** The virtualised grid: only the rows in view exist. Keyboard focus stays on the grid; the current cell is its active descendant. */
export function Grid({ shown, facts, columns: columnsOut }: { shown: Shown; facts: Facts; columns: RefObject<number> }) {
  const ui = useUiStore()
  const { door } = useLibrary()
  const scroller = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const tileSize = useUi((state) => state.tileSize)
  const selection = useUi((state) => state.selection)
  const { cells } = shown

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const measure = (): void => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const room = Math.max(0, width - 2 * edge)
  const columns = Math.max(1, Math.floor((room + gap) / (tileSize + gap)))
  const tileWidth = Math.floor((room - gap * (columns - 1)) / columns)
  const tileHeight = Math.round(tileWidth * photoShape + 1.9 * rootRem())
  columnsOut.current = columns
  const rows = Math.ceil(cells.length / columns)
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => tileHeight + gap,
    overscan: 3,
    paddingStart: gap,
    paddingEnd: edge,
  })
  useLayoutEffect(() => virtual.measure(), [tileHeight, virtual])
  const lines = virtual.getVirtualItems()
  const first = lines[0]?.index ?? 0
  const last = lines.at(-1)?.index ?? -1
  const inView = { begin: virtual.range?.startIndex ?? first, end: virtual.range?.endIndex ?? last }
  useThumbs(cells, { first, last, ...inView }, columns, Math.round(tileWidth * photoShape))
  const at = indexOfCell(shown, selection.current)
  useEffect(() => {
    const element = scroller.current
    if (at < 0 || width === 0 || element === null) return
    // From what is known already: asking the page would lay it out once more.
    const top = gap + Math.floor(at / columns) * (tileHeight + gap)
    const seen = virtual.scrollOffset ?? 0
    const height = virtual.scrollRect?.height || element.clientHeight
    if (top - gap < seen) element.scrollTo({ top: top - gap })
    else if (top + tileHeight + gap > seen + height) element.scrollTo({ top: top + tileHeight + gap - height })
  }, [at, columns, width, tileHeight, virtual])

  const cellOf = (event: MouseEvent): { index: number; opens: boolean } | null => {
    if (!(event.target instanceof Element)) return null
    const index = event.target.closest<HTMLElement>('[data-cell]')?.dataset['cell']
    return index === undefined ? null : { index: Number(index), opens: event.target.closest('[data-opens]') !== null }
  }
  const onClick = (event: MouseEvent): void => {
    const hit = cellOf(event)
    const cell = hit === null ? undefined : cells[hit.index]
    if (hit === null || cell === undefined) return
    const { selection: before, opened } = ui.getState()
    if (hit.opens) {
      const next = new Set(opened === 'all' ? shown.groups.map(({ group }) => group.id) : opened)
      if (!next.delete(cell.group.id)) next.add(cell.group.id)
      ui.getState().set({ opened: next, selection: only(cell.frame.id) })
    } else if (event.shiftKey) {
      ui.getState().set({
        selection: extend(
          before,
          cells.map(({ frame }) => frame.id),
          cell.frame.id,
        ),
      })
    } else {
      ui.getState().set({ selection: event.ctrlKey || event.metaKey ? toggle(before, cell.frame.id) : only(cell.frame.id) })
    }
    scroller.current?.focus({ preventScroll: true })
  }
  const onDoubleClick = (event: MouseEvent): void => {
    const hit = cellOf(event)
    if (hit !== null && !hit.opens && !event.shiftKey && !event.ctrlKey && !event.metaKey) ui.getState().set({ mode: 'loupe' })
  }

  /** Drags the originals themselves to where they are dropped: the selection, if the one under the pointer is part of it. */
  const onDragStart = (event: DragEvent): void => {
    event.preventDefault()
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-cell]')?.dataset['cell'] : undefined
    const cell = target === undefined ? undefined : cells[Number(target)]
    if (cell === undefined) return
    const { chosen } = ui.getState().selection
    const assetIds = chosen.has(cell.frame.id) ? [...chosen].slice(0, draggedAtMost) : [cell.frame.id]
    ask(door, 'shell.dragOut', { assetIds }).catch((error: unknown) => ui.getState().fail(wireOf(error)))
  }
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    /** Two fingers apart or together (a wheel with Control for the page) make tiles bigger or smaller. */
    const pinch = (event: WheelEvent): void => {
      if (!event.ctrlKey) return
      event.preventDefault()
      const { tileSize } = ui.getState()
      ui.getState().set({ tileSize: Math.round(Math.max(smallestTile, Math.min(largestTile, tileSize * Math.exp(-event.deltaY / 300)))) })
    }
    element.addEventListener('wheel', pinch, { passive: false })
    return () => element.removeEventListener('wheel', pinch)
  }, [ui])

  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useKeyWithClickEvents: a table cannot be virtualised; the keys are bound in cull-keys.ts
    <div
      ref={scroller}
      className="grid"
      role="grid"
      aria-label="Photos and clips"
      aria-multiselectable="true"
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-activedescendant={selection.current === null ? undefined : cellId(selection.current)}
      tabIndex={0}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
      onDragStart={onDragStart}
    >
      <div className="grid-all" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {lines.map((line) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useSemanticElements: see the grid above
          <div
            key={line.key}
            className="grid-row"
            role="row"
            aria-rowindex={line.index + 1}
            style={{
              transform: `translateY(${line.start}px)`,
              height: tileHeight,
              gridTemplateColumns: `repeat(${columns}, ${tileWidth}px)`,
            }}
          >
            {cells.slice(line.index * columns, (line.index + 1) * columns).map((cell, offset) => {
              const index = line.index * columns + offset
              return (
                <Tile
                  key={cell.frame.id}
                  asset={cell.frame}
                  index={index}
                  column={offset + 1}
                  stands={cell.stands}
                  stackSize={cell.group.members.length}
                  stackKind={cell.group.stack?.kind ?? 'single'}
                  product={facts.productTitles.get(facts.productOf.get(cell.frame.id) ?? '') ?? null}
                  isBest={cell.group.members.length > 1 && cell.group.cover.id === cell.frame.id}
                  isOpened={cell.opened}
                  isFirst={cell.opened && cells[index - 1]?.group !== cell.group}
                  isLast={cell.opened && cells[index + 1]?.group !== cell.group}
                  isCurrent={cell.frame.id === selection.current}
                  isChosen={selection.chosen.has(cell.frame.id)}
                />
              )
            })}
          </div>
        ))}
      </div>
    </div>
  )
}
