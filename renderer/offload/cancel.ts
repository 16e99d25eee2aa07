import type { OffloadId } from '../../main/contract/ids.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'

export function useCancel(offloadId: OffloadId): () => Promise<void> {
  const { door } = useLibrary()
  const ui = useUiStore()
  return async () => {
    try {
      await ask(door, 'offload.cancel', { offloadId })
      ui.getState().say('Cancelling. What was copied and checked is kept.')
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
}
