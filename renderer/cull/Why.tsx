import { useQuery } from '@tanstack/react-query'
import type { AssetDetail, AssetView, Box } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { Loading, Problem } from '../ui/notice.tsx'
import { bytes, cameraTime, points, shownScore, spaced, suggestionWords } from '../words.ts'

/** The score taken apart: reasons in words, then each component with its points. Pointing at one shows where it looked. */
export function Why({ asset, stackSize, onRegion }: { asset: AssetView; stackSize: number; onRegion: (region: Box | null) => void }) {
  const detail = useQuery(reads.detail(useLibrary(), asset.id))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <aside className="why" aria-label="Why" tabIndex={0}>
      <div className="why-head">
        <p className="why-score num">{shownScore(asset.score)}</p>
        <div>
          <p>
            {asset.suggestion === null
              ? asset.analysis === 'waiting'
                ? 'Not looked at yet'
                : 'No suggestion'
              : capital(suggestionWords[asset.suggestion])}
          </p>
          <p className="muted">
            {stackSize > 1 && asset.rank !== null
              ? `${asset.rank === 1 ? 'Best' : `No. ${asset.rank}`} of ${stackSize} in its stack`
              : 'On its own'}
          </p>
        </div>
      </div>
      {asset.because === null ? null : <p className="why-note">{asset.because}</p>}
      {asset.reasons.length === 0 ? null : (
        <ul className="why-reasons">
          {asset.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {detail.isError ? <Problem error={detail.error} onRetry={() => void detail.refetch()} /> : null}
      {detail.isPending ? <Loading what="Reading…" /> : null}
      {detail.data === undefined ? null : (
        <>
          <Components detail={detail.data} onRegion={onRegion} />
          <Facts detail={detail.data} />
        </>
      )}
    </aside>
  )
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

function Components({ detail, onRegion }: { detail: AssetDetail; onRegion: (region: Box | null) => void }) {
  const parts = Object.entries(detail.components).sort(([, a], [, b]) => Math.abs(b.points) - Math.abs(a.points))
  if (parts.length === 0) return null
  return (
    <section>
      <h2>Components</h2>
      <ul className="parts">
        {parts.map(([name, part]) => (
          <li
            key={name}
            className={part.region === null ? 'part' : 'part part-located'}
            onPointerEnter={() => onRegion(part.region)}
            onPointerLeave={() => onRegion(null)}
          >
            <div className="part-line">
              <span>{spaced(name)}</span>
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
      {detail.model === null ? null : <p className="muted why-model">{`Measured by ${detail.model}, on this computer.`}</p>}
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
