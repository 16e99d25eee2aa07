import { useQuery } from '@tanstack/react-query'
import { type RefObject, useRef, useState } from 'react'
import { mediaUrl } from '../../main/contract/media-url.ts'
import type { AssetView, ClipView } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { IconButton } from '../ui/controls.tsx'
import { Loading } from '../ui/notice.tsx'
import { clock, shownScore, tileLabel } from '../words.ts'

/** A clip from its proxy, with the ranges worth keeping drawn on its time line. */
export function ClipStage({ asset, video }: { asset: AssetView; video: RefObject<HTMLVideoElement | null> }) {
  const { data: detail } = useQuery(reads.detail(useLibrary(), asset.id))
  const [now, setNow] = useState(0)
  const [isPlaying, setPlaying] = useState(false)
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading')
  const [measured, setMeasured] = useState<number | null>(null)
  const stopAt = useRef<number | null>(null)
  const total = asset.durationUs ?? measured ?? 0
  const clips = detail?.clips ?? []

  const play = (clip: ClipView): void => {
    const element = video.current
    if (element === null) return
    element.currentTime = clip.inUs / 1_000_000
    stopAt.current = clip.outUs
    void element.play().catch(() => undefined)
  }
  const seek = (us: number): void => {
    if (video.current !== null) video.current.currentTime = us / 1_000_000
    stopAt.current = null
    setNow(us)
  }
  const onTime = (element: HTMLVideoElement): void => {
    const us = Math.round(element.currentTime * 1_000_000)
    setNow(us)
    if (stopAt.current !== null && us >= stopAt.current) {
      element.pause()
      stopAt.current = null
    }
  }
  return (
    <div className="stage stage-clip">
      <div className="clip-frame">
        <video
          ref={video}
          src={mediaUrl(asset.id, 'proxy')}
          {...(asset.hasThumb ? { poster: mediaUrl(asset.id, 'thumb') } : {})}
          aria-label={tileLabel(asset, 1)}
          preload="auto"
          playsInline
          onClick={(event) =>
            event.currentTarget.paused ? void event.currentTarget.play().catch(() => undefined) : event.currentTarget.pause()
          }
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onTimeUpdate={(event) => onTime(event.currentTarget)}
          onLoadedData={(event) => {
            setState('ready')
            if (Number.isFinite(event.currentTarget.duration)) setMeasured(Math.round(event.currentTarget.duration * 1_000_000))
          }}
          onError={() => setState('failed')}
        />
        {state === 'loading' ? <Loading what="Loading the clip…" /> : null}
        {state === 'failed' ? (
          <p className="stage-note" role="alert">
            {asset.analysis === 'waiting'
              ? 'The preview of this clip is still being made. It plays as soon as it is there.'
              : (asset.because ?? 'The preview of this clip cannot be played.')}
          </p>
        ) : null}
      </div>
      <div className="clip-line">
        <IconButton
          icon={isPlaying ? 'pause' : 'play'}
          name={isPlaying ? 'Pause' : 'Play'}
          isDisabled={state !== 'ready'}
          onPress={() => (isPlaying ? video.current?.pause() : void video.current?.play().catch(() => undefined))}
        />
        <span className="num">{clock(now, true)}</span>
        <div className="clip-track">
          {total === 0
            ? null
            : clips.map((clip) => (
                <span
                  key={clip.id}
                  className={now >= clip.inUs && now < clip.outUs ? 'band band-now' : 'band'}
                  style={{ left: `${(clip.inUs / total) * 100}%`, width: `${((clip.outUs - clip.inUs) / total) * 100}%` }}
                />
              ))}
          <input
            type="range"
            aria-label="Position"
            aria-valuetext={clock(now, true)}
            min={0}
            max={Math.max(total, 1)}
            step={40_000}
            value={Math.min(now, total)}
            onChange={(event) => seek(Number(event.target.value))}
          />
        </div>
        <span className="muted num">{total === 0 ? '' : clock(total)}</span>
      </div>
      {clips.length === 0 ? null : (
        <section className="bands" aria-label="Suggested clips">
          <span className="muted">Suggested:</span>
          {clips.map((clip) => (
            <button
              key={clip.id}
              type="button"
              className="band-button num"
              title={clip.reasons.join(' · ') || undefined}
              onClick={() => play(clip)}
            >
              {`${clock(clip.inUs, true)} – ${clock(clip.outUs, true)}`}
              <span className="muted">{shownScore(clip.score)}</span>
            </button>
          ))}
        </section>
      )}
    </div>
  )
}
