import type { OffloadId } from '../../main/contract/ids.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'

export type RunningActs = { cancel(): Promise<void>; pause(): Promise<void>; resume(): Promise<void> }

/** What can be done with an offload that is under way. */
export function useRunningActs(offloadId: OffloadId): RunningActs {
  const { door } = useLibrary()
  const ui = useUiStore()
  const act = async (name: 'offload.cancel' | 'offload.pause' | 'offload.resume', said: string): Promise<void> => {
    try {
      await ask(door, name, { offloadId })
      ui.getState().say(said)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  return {
    cancel: () => act('offload.cancel', 'Cancelling. What was copied and checked is kept.'),
    pause: () => act('offload.pause', 'Paused'),
    resume: () => act('offload.resume', 'Going on'),
  }
}
