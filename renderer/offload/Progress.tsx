import { useMemo, useState } from 'react'
import type { OffloadView } from '../../main/contract/views.ts'
import { useAssets } from '../cull/use-room.ts'
import { Bar, Button } from '../ui/controls.tsx'
import { Thumb } from '../ui/photo.tsx'
import { useUiStore } from '../ui-state.ts'
import { bytes, timeLeft } from '../words.ts'
import { nowInWords } from './offload-words.ts'
import { useRate } from './rate.ts'
import { useRunningActs } from './running-acts.ts'

const newestShown = 48

/** A running offload: how far, how fast, how long, and the photos as they arrive. */
export function Progress({ offload }: { offload: OffloadView }) {
  const ui = useUiStore()
  const acts = useRunningActs(offload.id)
  const rate = useRate(offload)
  const [isCancelling, setCancelling] = useState(false)
  const isPaused = offload.state === 'paused'
  const left = rate === null || rate <= 0 || isPaused ? null : (offload.bytes - offload.bytesDone) / rate
  const isScanning = offload.state === 'scanning'
  const percent = offload.bytes === 0 ? 0 : Math.floor((offload.bytesDone / offload.bytes) * 100)
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{isScanning ? `Reading ${offload.label}` : isPaused ? `${offload.label} is paused` : `Copying ${offload.label}`}</h1>
          <p className="muted path">{offload.path}</p>
        </div>
        <div className="row">
          <Button onPress={() => ui.getState().set({ watching: null })}>All cards</Button>
          <Button
            isDisabled={isCancelling}
            onPress={() => {
              setCancelling(true)
              void acts.cancel()
            }}
          >
            Cancel
          </Button>
          <Button
            icon={isPaused ? 'play' : 'pause'}
            isDisabled={isCancelling || isScanning}
            onPress={() => void (isPaused ? acts.resume() : acts.pause())}
          >
            {isPaused ? 'Resume' : 'Pause'}
          </Button>
          <Button tone="primary" onPress={() => ui.getState().set({ screen: 'cull' })}>
            Start culling
          </Button>
        </div>
      </header>
      <section className="block" aria-label="Progress">
        <div className="progress-figures">
          <p className="progress-percent num">{isScanning ? 'Reading…' : `${percent} %`}</p>
          <p className="num">{`${offload.filesDone.toLocaleString('en')} of ${offload.files.toLocaleString('en')} files`}</p>
          <p className="num">{`${bytes(offload.bytesDone)} of ${bytes(offload.bytes)}`}</p>
          <p className="num progress-rate">{isPaused || rate === null ? '' : `${bytes(rate)}/s`}</p>
          <p className="muted">{isCancelling ? 'Cancelling…' : left === null ? '' : timeLeft(left)}</p>
        </div>
        <Bar name={`Offload of ${offload.label}`} done={isScanning ? 0 : offload.bytesDone} total={isScanning ? 0 : offload.bytes} />
        <p role="status">{nowInWords(offload)}</p>
        <p className="muted">Leave the card in until it says "Safe to erase". You can already cull what has arrived.</p>
      </section>
      <Arriving startedWith={offload.id} />
    </div>
  )
}

/** The newest photos in the library, in the order they arrive. */
function Arriving({ startedWith }: { startedWith: string }) {
  const { data: assets = [] } = useAssets()
  const before = useMemo(() => new Set(assets.map(({ id }) => id)), [startedWith])
  const fresh = assets.filter(({ id }) => !before.has(id))
  const drawn = fresh.filter(({ hasThumb }) => hasThumb)
  const shown = (drawn.length > 0 ? drawn : fresh).slice(-newestShown)
  if (shown.length === 0) return null
  return (
    <ul className="arriving" aria-label="Arrived so far">
      {shown.map((asset) => (
        <li key={asset.id} title={asset.name}>
          <Thumb asset={asset} />
          <span className="unseen">{asset.name}</span>
        </li>
      ))}
    </ul>
  )
}
