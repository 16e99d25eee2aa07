import { memo, useRef } from 'react'
import type { ClipId } from '../../main/contract/ids.ts'
import type { ChannelView, ClipExportView, TakeView } from '../../main/contract/views.ts'
import { Icon } from '../ui/icons.tsx'
import { cameraTime, clock } from '../words.ts'
import { type CardActs, ClipCard } from './ClipCard.tsx'
import { leftWords, range, takeFacts } from './clip-words.ts'
import { useStills } from './stills.ts'

const none: readonly ClipExportView[] = []

/** One recording: where in it the clips lie and what was left, its clips as cards, and why the rest is not among them. */
export const TakeRow = memo(function TakeRow({
  take,
  exports,
  channels,
  current,
  playing,
  acts,
}: {
  take: TakeView
  exports: ReadonlyMap<ClipId, readonly ClipExportView[]>
  channels: ReadonlyMap<string, ChannelView>
  /** Only when it is one of this take. */
  current: ClipId | null
  playing: ClipId | null
  acts: CardActs
}) {
  const row = useRef<HTMLElement>(null)
  useStills(row, take.clips, take.analysis === 'ready')
  return (
    <section ref={row} className="take" aria-label={take.name}>
      <header className="take-head">
        <h2>{take.name}</h2>
        <p className="muted">{takeFacts(take)}</p>
        <p className="muted take-time">{take.capturedAt === null ? '' : cameraTime(take.capturedAt)}</p>
      </header>
      {take.because === null ? null : (
        <p className={take.analysis === 'refused' ? 'take-problem' : 'take-note muted'}>
          <Icon name={take.analysis === 'refused' ? 'warning' : 'info'} />
          <span>{take.because}</span>
        </p>
      )}
      {take.analysis === 'refused' || take.chapters.length > 1 ? null : <Where take={take} />}
      {take.clips.length === 0 ? null : (
        // biome-ignore lint/a11y/useSemanticElements: its cells are cards that wrap, which a table cannot
        <div role="grid" aria-label={`Clips of ${take.name}`}>
          {/* biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useSemanticElements: the cells take the focus; see the grid above */}
          <div role="row" className="take-clips">
            {take.clips.map((clip) => (
              <ClipCard
                key={clip.id}
                clip={clip}
                exports={exports.get(clip.id) ?? none}
                channels={channels}
                hasThumb={take.hasThumb}
                isCurrent={clip.id === current}
                isPlaying={clip.id === playing}
                acts={acts}
              />
            ))}
          </div>
        </div>
      )}
      {take.analysis === 'ready' && take.clips.length === 0 ? (
        <p className="muted">
          No seconds of this take are steady, sharp and long enough to suggest. Set your own in and out in the culling room.
        </p>
      ) : null}
      {take.left.length === 0 ? null : (
        <details className="take-left">
          <summary>{leftWords(take.left)}</summary>
          <ul>
            {take.left.map((one) => (
              <li key={`${one.assetId}:${one.inUs}`}>
                <span className="num">{range(one)}</span>
                <span className="muted">{one.because}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
})

/** The take as a line: its clips, numbered, and what was left. The same is told in words by the cards and the list below. */
function Where({ take }: { take: TakeView }) {
  const total = take.durationUs
  if (total === null || total <= 0) return null
  const place = ({ inUs, outUs }: { inUs: number; outUs: number }) => ({
    left: `${(100 * inUs) / total}%`,
    width: `${Math.max(0.4, (100 * (outUs - inUs)) / total)}%`,
  })
  return (
    <div className="where" aria-hidden="true">
      <span className="where-line">
        {take.left.map((one) => (
          <span key={`left:${one.inUs}`} className="where-left" style={place(one)} title={one.because} />
        ))}
        {take.clips.map((clip) => (
          <span key={clip.id} className={`where-clip where-${clip.choice}`} style={place(clip)} title={clip.name} />
        ))}
      </span>
      <span className="muted num where-end">{clock(total)}</span>
    </div>
  )
}
