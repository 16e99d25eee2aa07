import type { CardView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { fileName } from '../words.ts'

export type WaysIn = { open(card: Pick<CardView, 'path' | 'label'>): void; chooseFolder(): Promise<void>; trySample(): Promise<void> }

/** The three ways to a plan: a card that was noticed, a folder, the sample card. */
export function useWaysIn(): WaysIn {
  const { door } = useLibrary()
  const ui = useUiStore()
  const open = ({ path, label }: Pick<CardView, 'path' | 'label'>): void =>
    ui.getState().set({ screen: 'offload', planFor: { path, label } })
  return {
    open,
    chooseFolder: async () => {
      try {
        const { path } = await ask(door, 'shell.chooseFolder', {})
        if (path !== null) open({ path, label: fileName(path) })
      } catch (error) {
        ui.getState().fail(wireOf(error))
      }
    },
    trySample: async () => {
      try {
        open(await ask(door, 'card.sample', {}))
      } catch (error) {
        ui.getState().fail(wireOf(error))
      }
    },
  }
}
