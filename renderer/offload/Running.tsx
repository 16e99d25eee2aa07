import type { OffloadView } from '../../main/contract/views.ts'
import { useOffloads } from '../queries.ts'
import { Bar, Button } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'
import { bytes } from '../words.ts'
import { useCancel } from './cancel.ts'
import { isRunning } from './Offload.tsx'
import { useRate } from './rate.ts'

/** The running offload as one line above the other screens. */
export function Running() {
  const { data: offloads = [] } = useOffloads()
  return offloads.filter(isRunning).map((offload) => <Line key={offload.id} offload={offload} />)
}

function Line({ offload }: { offload: OffloadView }) {
  const ui = useUiStore()
  const cancel = useCancel(offload.id)
  const rate = useRate(offload)
  return (
    <section className="running" aria-label={`Offload of ${offload.label}`}>
      <span className="running-label">{offload.label}</span>
      <Bar name={`Offload of ${offload.label}`} done={offload.bytesDone} total={offload.bytes} />
      <span className="num">{`${offload.filesDone.toLocaleString('en')} of ${offload.files.toLocaleString('en')}`}</span>
      <span className="muted num">{rate === null ? '' : `${bytes(rate)}/s`}</span>
      <Button tone="quiet" onPress={() => ui.getState().set({ screen: 'offload', planFor: null, watching: offload.id })}>
        Details
      </Button>
      <Button tone="quiet" onPress={() => void cancel()}>
        Cancel
      </Button>
    </section>
  )
}
