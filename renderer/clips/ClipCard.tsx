import { memo, useEffect, useRef } from 'react'
import type { ClipId } from '../../main/contract/ids.ts'
import { mediaUrl } from '../../main/contract/media-url.ts'
import type { ChannelView, ClipChoice, ClipExportView, ReviewClip } from '../../main/contract/views.ts'
import { Icon } from '../ui/icons.tsx'
import { shownScore } from '../words.ts'
import { chipWords, clipLabel, range, seconds } from './clip-words.ts'
import { Loop } from './Loop.tsx'

/** How a clip is shown and what can be done with it. */
export type CardActs = {
  onCurrent(id: ClipId): void
  onChoose(id: ClipId, choice: ClipChoice): void
  onOpen(clip: ReviewClip): void
  /** The pointer came over it, or left (null). */
  onHover(id: ClipId | null): void
}

/** One suggested clip: its moving picture, its length and score, why, where it went, and the two buttons that decide. */
export const ClipCard = memo(function ClipCard({
  clip,
  exports,
  channels,
  hasThumb,
  isCurrent,
  isPlaying,
  acts,
}: {
  clip: ReviewClip
  exports: readonly ClipExportView[]
  channels: ReadonlyMap<string, ChannelView>
  hasThumb: boolean
  isCurrent: boolean
  isPlaying: boolean
  acts: CardActs
}) {
  const card = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isCurrent) return
    card.current?.scrollIntoView({ block: 'nearest' })
    if (document.querySelector('[role=dialog]') === null) card.current?.focus({ preventScroll: true })
  }, [isCurrent])
  const toggle = (choice: ClipChoice) => (): void => acts.onChoose(clip.id, clip.choice === choice ? 'undecided' : choice)
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useKeyWithClickEvents: cards wrap as a table cannot; the keys are bound in Clips.tsx
    <div
      ref={card}
      role="gridcell"
      tabIndex={isCurrent ? 0 : -1}
      aria-selected={isCurrent}
      className={`clip-card clip-${clip.choice}`}
      onFocus={(event) => {
        if (event.target === event.currentTarget && !isCurrent) acts.onCurrent(clip.id)
      }}
      onClick={() => acts.onCurrent(clip.id)}
      onDoubleClick={() => acts.onOpen(clip)}
      onMouseEnter={() => acts.onHover(clip.id)}
      onMouseLeave={() => acts.onHover(null)}
    >
      {/* The name, in one piece; the rest is the same for the eye. */}
      <span className="unseen">{clipLabel(clip)}</span>
      <div className="clip-picture" aria-hidden="true">
        {hasThumb ? <img src={mediaUrl(clip.assetId, 'thumb')} alt="" decoding="async" draggable={false} /> : null}
        <canvas data-clip={clip.id} />
        {isPlaying ? <Loop clip={clip} /> : null}
        <span className="clip-length num">{seconds(clip.outUs - clip.inUs)}</span>
        <span className="clip-score num" title={clip.by === 'person' ? 'You set its in and out' : 'Score, 0 to 100'}>
          {clip.by === 'person' ? 'yours' : shownScore(clip.score)}
        </span>
        {clip.choice === 'undecided' ? null : (
          <span className="clip-mark">
            <Icon name={clip.choice === 'approved' ? 'check' : 'cross'} size={18} />
          </span>
        )}
      </div>
      <div className="clip-about">
        <p className="clip-range num" aria-hidden="true">
          {range(clip)}
          <span className="muted">{clip.by === 'person' ? 'in and out set by you' : ''}</span>
        </p>
        <p className="clip-why" aria-hidden="true">
          {clip.reasons.length === 0 ? ' ' : clip.reasons.slice(0, 3).join(' · ')}
        </p>
        {exports.length === 0 ? null : (
          <ul className="clip-chips" aria-label="Made for">
            {exports.map((one) => (
              <li key={one.id} className={`clip-chip clip-chip-${one.state}`} title={one.because ?? one.file ?? undefined}>
                {one.state === 'done' ? <Icon name="check" size={12} /> : null}
                {one.state === 'refused' ? <Icon name="warning" size={12} /> : null}
                {chipWords(one, channels.get(one.channel)?.label ?? one.channel)}
              </li>
            ))}
          </ul>
        )}
        <div className="clip-acts">
          <button
            type="button"
            tabIndex={isCurrent ? 0 : -1}
            className="clip-act clip-act-yes"
            aria-label={`Approve ${clip.name}`}
            aria-pressed={clip.choice === 'approved'}
            onClick={toggle('approved')}
          >
            <Icon name="check" />
            Approve
          </button>
          <button
            type="button"
            tabIndex={isCurrent ? 0 : -1}
            className="clip-act clip-act-no"
            aria-label={`Reject ${clip.name}`}
            aria-pressed={clip.choice === 'rejected'}
            onClick={toggle('rejected')}
          >
            <Icon name="cross" />
            Reject
          </button>
        </div>
      </div>
    </div>
  )
})
