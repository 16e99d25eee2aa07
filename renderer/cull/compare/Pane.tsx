import { type RefObject, useCallback } from 'react'
import type { AssetView } from '../../../main/contract/views.ts'
import { useUi, useUiStore, type Zoom } from '../../ui-state.ts'
import { shownScore } from '../../words.ts'
import { Picture } from '../picture/Picture.tsx'
import { only } from '../selection.ts'
import { Mark } from '../Tile.tsx'
import type { Point } from '../zoom.ts'

/** One photo among others: the focused one is what the deciding keys are about. Zoom and place are shared by all. */
export function Pane({
  asset,
  stands,
  pointer,
  onRemove,
}: {
  asset: AssetView
  stands: string
  pointer: RefObject<Point | null>
  onRemove?: () => void
}) {
  const ui = useUiStore()
  const zoom = useUi((state) => state.zoom)
  const isFocused = useUi((state) => state.selection.current === asset.id)
  const onZoom = useCallback((next: Zoom) => ui.getState().set({ zoom: next }), [ui])
  const focus = (): void => {
    if (!isFocused) ui.getState().set({ selection: only(asset.id) })
  }
  return (
    <section
      className={`pane pane-${asset.decision}${isFocused ? ' pane-focused' : ''}`}
      aria-label={`${stands}: ${asset.name}`}
      aria-current={isFocused}
      onPointerDownCapture={focus}
    >
      <header className="pane-head">
        <button type="button" className="pane-name" onFocus={focus}>
          <span className="muted">{`${stands}:`}</span>
          <strong>{asset.name}</strong>
        </button>
        <Mark asset={asset} />
        <span className="grow" />
        <span className="num">{shownScore(asset.score)}</span>
        {onRemove === undefined ? null : (
          <button type="button" className="pane-remove" aria-label={`Take ${asset.name} out of the survey`} onClick={onRemove}>
            ×
          </button>
        )}
      </header>
      <Picture asset={asset} zoom={zoom} onZoom={onZoom} pointer={pointer} />
    </section>
  )
}
