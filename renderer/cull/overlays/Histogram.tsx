import { useQuery } from '@tanstack/react-query'
import type { AssetView } from '../../../main/contract/views.ts'
import { reads, useLibrary } from '../../queries.ts'
import { bytes, cameraTime } from '../../words.ts'
import type { Histogram } from './maps.ts'

const channels = ['red', 'green', 'blue'] as const
const percent = (share: number): string => (share === 0 ? 'none' : share < 0.001 ? 'under 0.1 %' : `${(share * 100).toFixed(1)} %`)

/** The tones of the photo and the facts people look for, in a corner of the stage. */
export function HistogramCard({ asset, histogram }: { asset: AssetView; histogram: Histogram | null }) {
  const { data } = useQuery(reads.detail(useLibrary(), asset.id))
  const facts = Object.entries(data?.metadata ?? {}).filter(([name]) => name !== 'Taken')
  return (
    <section className="histogram" aria-label="Histogram and facts">
      <svg
        viewBox="0 0 256 100"
        preserveAspectRatio="none"
        role="img"
        aria-label={
          histogram === null
            ? 'Histogram, being worked out'
            : `Histogram: ${percent(histogram.lost)} lost in the highlights, ${percent(histogram.dark)} in the shadows`
        }
      >
        {histogram === null
          ? null
          : channels.map((channel) => <path key={channel} className={`tone-${channel}`} d={curve(histogram[channel])} />)}
      </svg>
      <dl className="num">
        <div>
          <dt>Highlights lost</dt>
          <dd>{histogram === null ? '…' : percent(histogram.lost)}</dd>
        </div>
        <div>
          <dt>Shadows lost</dt>
          <dd>{histogram === null ? '…' : percent(histogram.dark)}</dd>
        </div>
        <div>
          <dt>Taken</dt>
          <dd>{cameraTime(asset.capturedAt)}</dd>
        </div>
        {asset.width === null || asset.height === null ? null : (
          <div>
            <dt>Size</dt>
            <dd>{`${asset.width} × ${asset.height}${data === undefined ? '' : `, ${bytes(data.bytes)}`}`}</dd>
          </div>
        )}
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** Square root of the counts: the eye sees the small ones too. The ends, which blown skies would fill, do not set the height. */
function curve(counts: Uint32Array): string {
  const most = Math.sqrt(Math.max(1, ...counts.subarray(1, 255)))
  const points = Array.from(counts, (count, x) => `L${x},${(100 - Math.min(1, Math.sqrt(count) / most) * 98).toFixed(1)}`)
  return `M0,100${points.join('')}L255,100Z`
}
