import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import type { AssetDetail, AssetView, Box } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUi } from '../ui-state.ts'
import { bytes, cameraTime, points, shownScore, spaced, suggestionWords } from '../words.ts'
import { differences } from './compare/differences.ts'

/** The score taken apart: the suggestion and its reason, how it stands in its stack, then each component with its points. Pointing at one shows where it looked. */
export const Why = memo(function Why({
  asset,
  stackSize,
  best,
  onRegion,
}: {
  asset: AssetView
  stackSize: number
  /** The best of its stack, null when it is alone or the best itself. */
  best: AssetView | null
  onRegion: (region: Box | null) => void
}) {
  const detail = useQuery(reads.detail(useLibrary(), asset.id))
  const suggestions = useUi((state) => state.suggestions)
  // The first reason is the suggestion's own, as the engine orders them.
  const [first, ...rest] = asset.reasons
  const isSuggested = asset.suggestion !== null && suggestions
  const reasons = asset.suggestion === null ? asset.reasons : rest
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <aside className="why" aria-label="Why" tabIndex={0}>
      <div className="why-head">
        <p className="why-score num">{shownScore(asset.score)}</p>
        <div>
          <p>
            {isSuggested && asset.suggestion !== null
              ? capital(suggestionWords[asset.suggestion])
              : asset.analysis === 'waiting'
                ? 'Not looked at yet'
                : 'No suggestion'}
          </p>
          <p className="muted">
            {stackSize > 1 && asset.rank !== null
              ? `${asset.rank === 1 ? 'Best' : `No. ${asset.rank}`} of ${stackSize} in its stack`
              : 'On its own'}
          </p>
        </div>
      </div>
      {isSuggested && first !== undefined ? <p className="why-because">{capital(first)}</p> : null}
      {asset.because === null ? null : <p className="why-note">{asset.because}</p>}
      {reasons.length === 0 ? null : (
        <ul className="why-reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {detail.isError ? <Problem error={detail.error} onRetry={() => void detail.refetch()} /> : null}
      {detail.isPending ? <Loading what="Reading…" /> : null}
      {detail.data === undefined ? null : (
        <>
          {best === null ? null : <Against best={best} detail={detail.data} />}
          <Components detail={detail.data} onRegion={onRegion} />
          <Facts detail={detail.data} />
        </>
      )}
    </aside>
  )
})

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** What the best of the stack does better, and what worse. */
function Against({ best, detail }: { best: AssetView; detail: AssetDetail }) {
  const other = useQuery(reads.detail(useLibrary(), best.id)).data
  const all = other === undefined ? [] : differences(other.components, detail.components)
  if (all.length === 0) return null
  return (
    <section>
      <h2>{`Against ${best.name}, the best of the stack`}</h2>
      <ul className="against">
        {all.map(({ name, by }) => (
          <li key={name}>
            <span>{nameOf(name)}</span>
            <span className={by < 0 ? 'num part-minus' : 'num'}>{points(by)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Where a measure's own name would not say it. */
const names: Readonly<Record<string, string>> = {
  taste: 'Your taste',
  detail: 'Fine detail',
  quality: 'Overall look',
  clutter: 'Clutter and hands',
}
const nameOf = (name: string): string => names[name] ?? spaced(name)

/** By weight: what moved the score most comes first. */
function Components({ detail, onRegion }: { detail: AssetDetail; onRegion: (region: Box | null) => void }) {
  const parts = Object.entries(detail.components).sort(([, a], [, b]) => Math.abs(b.points) - Math.abs(a.points))
  if (parts.length === 0) return null
  return (
    <section>
      <h2>Components</h2>
      <ul className="parts">
        {parts.map(([name, part]) => (
          <li key={name} className="part" onPointerEnter={() => onRegion(part.region)} onPointerLeave={() => onRegion(null)}>
            <div className="part-line">
              {part.region === null ? (
                <span>{nameOf(name)}</span>
              ) : (
                <button
                  type="button"
                  className="part-show"
                  aria-label={`${nameOf(name)}: show where`}
                  onFocus={() => onRegion(part.region)}
                  onBlur={() => onRegion(null)}
                >
                  {nameOf(name)}
                </button>
              )}
              <span className={part.points < 0 ? 'num part-minus' : 'num'}>{points(part.points)}</span>
            </div>
            <div className="part-bar" aria-hidden="true">
              <div style={{ width: `${Math.round(Math.min(1, Math.max(0, part.value)) * 100)}%` }} />
            </div>
            <p className="muted">
              {part.because}
              {part.confidence < 0.5 ? ' (not sure)' : ''}
            </p>
          </li>
        ))}
      </ul>
      {detail.model === null ? null : (
        <p className="muted why-model">{`Measured by ${detail.model.split('+').join(', ')}, on this computer.`}</p>
      )}
    </section>
  )
}

function Facts({ detail }: { detail: AssetDetail }) {
  const size = detail.width === null || detail.height === null ? 'unknown size' : `${detail.width} × ${detail.height}`
  const facts: [string, string][] = [
    ['Taken', cameraTime(detail.capturedAt)],
    ['Camera', detail.camera ?? 'unknown'],
    ['Size', `${size}, ${bytes(detail.bytes)}`],
    ...Object.entries(detail.metadata).map(([name, value]): [string, string] => [spaced(name), value]),
    ...(detail.companions.length > 0 ? [['With it', detail.companions.join(', ')] satisfies [string, string]] : []),
    ['Stored at', detail.storedAt],
  ]
  return (
    <section>
      <h2>Facts</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
