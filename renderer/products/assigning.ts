import type { AssetView, ProductView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useDecide } from '../cull/decisions.ts'
import { useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'

/** The picked among these shots; says what to do when there are none. */
export function usePicked(): (shots: readonly AssetView[]) => AssetView[] {
  const ui = useUiStore()
  return (shots) => {
    const picked = shots.filter((shot) => shot.decision === 'pick')
    if (picked.length === 0) ui.getState().toast('Only picked shots go into a product. Pick some first: press P.')
    return picked
  }
}

/** Puts picked shots into a product, or into a new one (null): one act of the history, one undo. */
export function useAssign(): (shots: readonly AssetView[], product: ProductView | null) => Promise<void> {
  const { door } = useLibrary()
  const ui = useUiStore()
  const decide = useDecide()
  return async (shots, product) => {
    try {
      const { moved } = await ask(door, 'product.assign', { assetIds: shots.map((shot) => shot.id), productId: product?.id ?? null })
      const where = product === null ? 'one product' : product.title
      if (moved.length === 0) return ui.getState().toast(`${plural(shots.length, 'pick')} in ${where} already.`)
      decide.noted()
      const said = `${plural(moved.length, 'shot')} in ${where} now.`
      ui.getState().toast(said, { label: 'Undo', run: () => void decide.undo() })
      ui.getState().say(said)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
}
