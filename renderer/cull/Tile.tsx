import { memo } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, StackKind } from '../../main/contract/views.ts'
import { Icon } from '../ui/icons.tsx'
import { useUi } from '../ui-state.ts'
import { clock, shownScore, stackWords, tileLabel } from '../words.ts'
import { Dot, Stars } from './marks.tsx'
import { Thumbnail } from './picture/Thumbnail.tsx'

export const cellId = (id: AssetId): string => `cell-${id}`

type TileProps = {
  asset: AssetView
  index: number
  column: number
  stands: number
  stackSize: number
  stackKind: StackKind
  /** Of the product it is in. */
  product: string | null
  isBest: boolean
  isOpened: boolean
  isFirst: boolean
  isLast: boolean
  isCurrent: boolean
  isChosen: boolean
}

/** Filled = decided by a person; outlined = only suggested. */
export function Mark({ asset }: { asset: Pick<AssetView, 'decision' | 'suggestion' | 'analysis'> }) {
  const suggestions = useUi((ui) => ui.suggestions)
  if (asset.decision === 'pick') return <span className="mark mark-pick">{<Icon name="check" />}</span>
  if (asset.decision === 'reject') return <span className="mark mark-reject">{<Icon name="cross" />}</span>
  if (!suggestions) return null
  if (asset.suggestion === 'pick') return <span className="mark mark-suggest">{<Icon name="check" />}</span>
  if (asset.suggestion === 'reject') return <span className="mark mark-suggest">{<Icon name="cross" />}</span>
  return null
}

export const Tile = memo(function Tile({
  asset,
  index,
  column,
  stands,
  stackSize,
  stackKind,
  product,
  isBest,
  isOpened,
  isFirst,
  isLast,
  isCurrent,
  isChosen,
}: TileProps) {
  const classes = ['tile', `tile-${asset.decision}`]
  if (isCurrent) classes.push('tile-current')
  if (isChosen) classes.push('tile-chosen')
  if (isOpened) classes.push('tile-opened')
  if (isFirst) classes.push('tile-first')
  if (isLast) classes.push('tile-last')
  const isRefused = asset.analysis === 'refused'
  const isStack = stands > 1 || isFirst
  return (
    // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useSemanticElements: focus stays on the grid, which names this cell its active descendant; a table cannot be virtualised
    <div
      id={cellId(asset.id)}
      className={classes.join(' ')}
      role="gridcell"
      aria-colindex={column}
      aria-selected={isChosen || isCurrent}
      data-cell={index}
      draggable
      title={isRefused ? undefined : asset.reasons.join(' · ') || undefined}
    >
      {/* The name, in one piece; the rest is the same for the eye. */}
      <span className="unseen">{tileLabel(asset, stands)}</span>
      <div className="tile-photo" aria-hidden="true">
        {isRefused && !asset.hasThumb ? (
          <span className="tile-refused">
            <Icon name="warning" size={20} />
            <span>{asset.because ?? 'This file cannot be read.'}</span>
          </span>
        ) : (
          <Thumbnail key={String(asset.hasThumb)} asset={asset} />
        )}
        <Mark asset={asset} />
        {isStack ? (
          <span className="tile-stack" data-opens="" title={isOpened ? 'Close this stack (S)' : 'Open this stack (S)'}>
            <Icon name="stack" size={13} />
            {stackWords[stackKind] === null ? null : <span className="tile-kind">{stackWords[stackKind]}</span>}
            {stackSize}
          </span>
        ) : null}
        {isOpened && isBest ? <span className="tile-best">best</span> : null}
        {asset.kind === 'clip' ? (
          <span className="tile-clip">
            <Icon name="play" size={11} />
            {asset.durationUs === null ? 'clip' : clock(asset.durationUs)}
          </span>
        ) : null}
        {product === null ? null : <span className="tile-product">{product}</span>}
        {isRefused && asset.hasThumb ? (
          <span className="tile-note" title={asset.because ?? undefined}>
            <Icon name="warning" size={13} />
          </span>
        ) : null}
      </div>
      <div className="tile-line" aria-hidden="true">
        <Dot label={asset.label} />
        <span className="tile-name">{asset.name}</span>
        <Stars rating={asset.rating} />
        <span className="tile-score num">{isRefused ? '' : asset.analysis === 'waiting' ? '…' : shownScore(asset.score)}</span>
      </div>
    </div>
  )
})
