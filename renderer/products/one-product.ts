import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'

/** Puts the picked among these shots into one product of their own; one press of Undo puts each back where it was. */
export function useOneProduct(): (shots: readonly AssetView[]) => Promise<void> {
  const { door } = useLibrary()
  const ui = useUiStore()
  return async (shots) => {
    const picked = shots.filter((shot) => shot.decision === 'pick').map((shot) => shot.id)
    if (picked.length === 0) {
      ui.getState().toast('Only picked shots go into a product. Pick some first: press P.')
      return
    }
    try {
      const { moved } = await ask(door, 'product.assign', { assetIds: picked, productId: null })
      const back = async (): Promise<void> => {
        const homes = Map.groupBy(moved, (one) => one.from)
        for (const [from, ones] of homes) {
          const assetIds: AssetId[] = ones.map((one) => one.assetId)
          if (from !== null) await ask(door, 'product.assign', { assetIds, productId: from })
        }
      }
      const said = `${plural(moved.length, 'shot')} in one product now.`
      ui.getState().toast(said, { label: 'Undo', run: () => void back().catch((error: unknown) => ui.getState().fail(wireOf(error))) })
      ui.getState().say(said)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
}
