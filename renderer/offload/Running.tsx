import type { OffloadView } from '../../main/contract/views.ts'
import { useOffloads } from '../queries.ts'
import { Bar, Button } from '../ui/controls.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { bytes } from '../words.ts'
import { isRunning } from './offload-words.ts'
import { useRate } from './rate.ts'
import { useRunningActs } from './running-acts.ts'

/** The offloads under way, one line each, above whatever else is on screen. */
export function Running() {
  const { data: offloads = [] } = useOffloads()
  const onScreen = useUi(({ screen, planFor, watching }) => (screen === 'offload' && planFor === null ? watching : null))
  return offloads
    .filter((offload) => isRunning(offload) && offload.id !== onScreen)
    .map((offload) => <Line key={offload.id} offload={offload} />)
}

function Line({ offload }: { offload: OffloadView }) {
  const ui = useUiStore()
  const acts = useRunningActs(offload.id)
  const rate = useRate(offload)
  const isPaused = offload.state === 'paused'
  return (
    <section className="running" aria-label={`Offload of ${offload.label}`}>
      <span className="running-label">{offload.label}</span>
      <Bar name={`Offload of ${offload.label}`} done={offload.bytesDone} total={offload.bytes} />
      <span className="num">{`${offload.filesDone.toLocaleString('en')} of ${offload.files.toLocaleString('en')}`}</span>
      <span className="muted num running-rate">{isPaused ? 'paused' : rate === null ? '' : `${bytes(rate)}/s`}</span>
      <Button tone="quiet" onPress={() => ui.getState().set({ screen: 'offload', planFor: null, watching: offload.id })}>
        Details
      </Button>
      <Button tone="quiet" isDisabled={offload.state === 'scanning'} onPress={() => void (isPaused ? acts.resume() : acts.pause())}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Button tone="quiet" onPress={() => void acts.cancel()}>
        Cancel
      </Button>
    </section>
  )
}
