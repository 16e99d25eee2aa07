import { cropGuides } from '../../main/contract/crops.ts'
import type { AssetId } from '../../main/contract/ids.ts'
import { useKeys } from '../keyboard.ts'
import { useUi, useUiStore } from '../ui-state.ts'
import { type Looking, nextOverlay, seenPhotos, startCompare, startSurvey } from './looking.ts'
import { groupOf, type Shown } from './room.ts'
import { only } from './selection.ts'

const spoken: Readonly<Record<string, string>> = {
  focus: 'Focus map',
  clipping: 'Clipping',
  crop: 'Crop guide',
  close: 'Eyes and faces',
}

export type LookActs = { compare(): void; survey(): void; one(): void }

/** Binds the keys that change how the large view looks, and hands the same acts to its buttons. */
export function useLookActs(shown: Shown): LookActs {
  const ui = useUiStore()
  const set = (patch: Partial<Looking>): void => ui.getState().set({ looking: { ...ui.getState().looking, ...patch } })
  const one = (): void => set({ compare: null, survey: null })
  const open = (patch: Partial<Looking>, current: AssetId): void =>
    ui
      .getState()
      .set({ mode: 'loupe', selection: only(current), looking: { ...ui.getState().looking, compare: null, survey: null, ...patch } })
  return {
    one,
    compare: () => {
      const { selection, looking, mode } = ui.getState()
      if (looking.compare !== null && mode === 'loupe') return one()
      const pair = startCompare(seenPhotos(shown), selection.current, selection.chosen)
      if (pair === null) return ui.getState().toast('There are no two photos to compare here.')
      open({ compare: pair }, pair.challenger)
      ui.getState().say('Comparing two photos')
    },
    survey: () => {
      const { selection, looking, mode } = ui.getState()
      if (looking.survey !== null && mode === 'loupe') return one()
      const stack = groupOf(shown, selection.current)?.frames.map(({ id }) => id) ?? []
      const ids = startSurvey(seenPhotos(shown), selection.current, selection.chosen, stack)
      const first = ids.find((id) => id === selection.current) ?? ids[0]
      if (first === undefined || ids.length < 2) return ui.getState().toast('There are no photos to survey here.')
      open({ survey: ids }, first)
      ui.getState().say(`Surveying ${ids.length} photos`)
    },
  }
}

export function useLookKeys(shown: Shown): void {
  const ui = useUiStore()
  const acts = useLookActs(shown)
  const isLoupe = useUi((state) => state.mode === 'loupe')
  useKeys(isLoupe ? ['cull', 'loupe'] : ['cull', 'grid'], {
    compare: acts.compare,
    survey: acts.survey,
    overlay: () => {
      const looking = nextOverlay(ui.getState().looking)
      const [overlay] = looking.overlays
      const guide = overlay === 'crop' ? `: ${cropGuides.find(({ key }) => key === looking.crop)?.label ?? ''}` : ''
      ui.getState().set({ looking })
      ui.getState().say(overlay === undefined ? 'No overlay' : `${spoken[overlay] ?? overlay}${guide}`)
    },
    overlaysOff: () => {
      ui.getState().set({ looking: { ...ui.getState().looking, overlays: new Set(), histogram: false } })
      ui.getState().say('No overlay')
    },
    histogram: () => {
      const { looking } = ui.getState()
      ui.getState().set({ looking: { ...looking, histogram: !looking.histogram } })
    },
  })
}
