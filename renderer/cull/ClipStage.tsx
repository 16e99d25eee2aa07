import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { ClipId } from '../../main/contract/ids.ts'
import { mediaUrl } from '../../main/contract/media-url.ts'
import type { AssetDetail, AssetView, ClipView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useHint, useKeys } from '../keyboard.ts'
import { keysOf, reads, useLibrary } from '../queries.ts'
import { Button, IconButton } from '../ui/controls.tsx'
import { Loading } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { clock, tileLabel } from '../words.ts'
import { Bands } from './clip/Bands.tsx'
import { useFilm } from './clip/film.ts'
import { usePlayer } from './clip/player.ts'
import { type Marks, marksIn, marksOut, ownClip, type Range, rangeOf, suggestionAt } from './clip/range.ts'
import { Track } from './clip/Track.tsx'
import { useDecide } from './decisions.ts'
import './clip/clip.css'

const unmarked: Marks = { inUs: null, outUs: null }

/** A clip from its proxy: looked through as a film, with the suggested ranges and a person's own in and out on it. */
export function ClipStage({ asset, video }: { asset: AssetView; video: RefObject<HTMLVideoElement | null> }) {
  const ui = useUiStore()
  const hint = useHint()
  const library = useLibrary()
  const decide = useDecide()
  const queries = useQueryClient()
  const { data: detail } = useQuery(reads.detail(library, asset.id))
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading')
  const [measured, setMeasured] = useState<number | null>(null)
  /** Being marked or dragged; null = as the library has it. */
  const [draft, setDraft] = useState<Marks | null>(null)
  const film = useRef<HTMLCanvasElement>(null)
  const head = useRef<HTMLInputElement>(null)
  const time = useRef<HTMLSpanElement>(null)
  const total = asset.durationUs ?? measured ?? 0
  const clips = detail?.clips ?? []
  const own = ownClip(clips)
  const marks = draft ?? (own === null ? unmarked : { inUs: own.inUs, outUs: own.outUs })
  const fps = Number(detail?.metadata['Frames per second'] ?? Number.NaN)
  const framesPerSecond = Number.isFinite(fps) && fps > 0 ? fps : 30
  useFilm(film, mediaUrl(asset.id, 'proxy'), state === 'ready')

  // Sixty times a second: straight to the elements, not through React.
  const onTime = useCallback((us: number): void => {
    if (head.current !== null) {
      head.current.value = String(us)
      head.current.setAttribute('aria-valuetext', clock(us, true))
    }
    if (time.current !== null) time.current.textContent = clock(us, true)
  }, [])
  const player = usePlayer(video, framesPerSecond, onTime)

  const save = async (range: Range | null, clipId: ClipId | null, said: string): Promise<void> => {
    try {
      const { clips: now } = await ask(library.door, 'clip.set', { assetId: asset.id, clipId, range })
      queries.setQueryData<AssetDetail>([...keysOf.details, asset.id], (old) => (old === undefined ? old : { ...old, clips: now }))
      decide.noted()
      ui.getState().say(said)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
    setDraft(null)
  }
  const mark = (next: Marks, isDone = true): void => {
    setDraft(next)
    const range = rangeOf(next)
    if (range === null) ui.getState().say(`In at ${clock(next.inUs ?? 0, true)}`)
    else if (isDone) void save(range, own?.id ?? null, `Clip from ${clock(range.inUs, true)} to ${clock(range.outUs, true)}`)
  }
  const accept = (clip: ClipView | null): void => {
    if (clip === null) ui.getState().toast('There is no suggested clip here.')
    else void save({ inUs: clip.inUs, outUs: clip.outUs }, own?.id ?? clip.id, 'Suggested clip taken')
  }
  useKeys(['clip'], {
    shuttleBack: () => player.shuttle(-1),
    shuttleStop: player.stop,
    shuttleOn: () => player.shuttle(1),
    frameBack: () => player.step(-1),
    frameOn: () => player.step(1),
    markIn: () => mark(marksIn(marks, player.nowUs(), total)),
    markOut: () => mark(marksOut(marks, player.nowUs(), total)),
    acceptClip: () => accept(suggestionAt(clips, player.nowUs())),
  })
  useEffect(() => onTime(0), [onTime])
  const isOff = state !== 'ready'
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
          onClick={player.toggle}
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
        {Math.abs(player.speed) > 1 || player.speed < 0 ? (
          <p className="stage-note num">{`${player.speed < 0 ? '◀' : '▶'} ${Math.abs(player.speed)}×`}</p>
        ) : null}
      </div>
      <div className="clip-line">
        <IconButton
          icon={player.speed === 0 ? 'play' : 'pause'}
          name={player.speed === 0 ? 'Play' : 'Pause'}
          isDisabled={isOff}
          onPress={player.toggle}
        />
        <span ref={time} className="num clip-time" />
        <Track
          film={film}
          head={head}
          total={total}
          stepUs={Math.round(1_000_000 / framesPerSecond)}
          clips={clips}
          marks={marks}
          onSeek={player.seek}
          onMarks={mark}
        />
        <span className="muted num">{total === 0 ? '' : clock(total)}</span>
      </div>
      <div className="bands">
        <Button tone="quiet" hint={hint('markIn')} isDisabled={isOff} onPress={() => mark(marksIn(marks, player.nowUs(), total))}>
          Begins here
        </Button>
        <Button tone="quiet" hint={hint('markOut')} isDisabled={isOff} onPress={() => mark(marksOut(marks, player.nowUs(), total))}>
          Ends here
        </Button>
        <Bands
          clips={clips}
          onPlay={(clip) => player.playTo(clip.inUs, clip.outUs)}
          onAccept={accept}
          onClear={() => void save(null, own?.id ?? null, 'Your clip was taken away')}
        />
      </div>
    </div>
  )
}
