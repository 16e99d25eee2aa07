import { useQueryClient } from '@tanstack/react-query'
import type { WireError } from '../main/contract/reply.ts'
import type { CardChoice, Settings } from '../main/contract/views.ts'
import { ask, wireOf } from './bridge.ts'
import { keysOf, useLibrary } from './queries.ts'
import { useUiStore } from './ui-state.ts'

export type SettingsActs = {
  /** Answers with the engine's refusal, for forms that show it in place. Nothing is shown as changed before the engine says so. */
  tryChange(patch: Partial<Settings>): Promise<WireError | null>
  /** A refusal is shown as a message. */
  change(patch: Partial<Settings>): Promise<void>
  /** Remembers what to do with this card from now on. */
  choose(key: string, choice: CardChoice): Promise<void>
}

export function useSettingsActs(): SettingsActs {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const tryChange = async (patch: Partial<Settings>): Promise<WireError | null> => {
    try {
      queries.setQueryData(keysOf.settings, await ask(door, 'settings.set', patch))
      void queries.invalidateQueries({ queryKey: keysOf.cardPlans })
      return null
    } catch (error) {
      return wireOf(error)
    }
  }
  return {
    tryChange,
    change: async (patch) => {
      const refused = await tryChange(patch)
      if (refused !== null) ui.getState().fail(refused)
    },
    choose: async (key, choice) => {
      try {
        await ask(door, 'card.choose', { key, choice })
        await Promise.all([keysOf.cards, keysOf.settings].map((queryKey) => queries.invalidateQueries({ queryKey })))
      } catch (error) {
        ui.getState().fail(wireOf(error))
      }
    },
  }
}
