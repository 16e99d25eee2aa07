import type { AssetView } from '../../main/contract/views.ts'
import { isMac } from '../keyboard.ts'
import { hintFor } from '../keys.ts'
import { Button, IconButton } from '../ui/controls.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { cameraTime, decisionWords, suggestionWords } from '../words.ts'
import type { CullActs } from './cull-keys.ts'
import { only } from './selection.ts'

/** The decisions as buttons, with their keys, under the grid and the large view alike. */
export function ActionBar({ asset, acts }: { asset: AssetView | undefined; acts: CullActs }) {
  const ui = useUiStore()
  const chosen = useUi((state) => state.selection.chosen.size)
  const mac = isMac()
  const isNone = asset === undefined && chosen === 0
  return (
    <footer className="actions">
      <div className="actions-about">
        {chosen > 0 ? (
          <>
            <strong className="num">{`${chosen.toLocaleString('en')} selected`}</strong>
            <Button tone="quiet" onPress={() => ui.getState().set({ selection: only(asset?.id ?? null) })}>
              Clear selection
            </Button>
          </>
        ) : asset === undefined ? null : (
          <>
            <strong>{asset.name}</strong>
            <span className="muted">{cameraTime(asset.capturedAt)}</span>
            <span className="muted">
              {asset.decision === 'undecided' && asset.suggestion !== null
                ? suggestionWords[asset.suggestion]
                : decisionWords[asset.decision]}
            </span>
          </>
        )}
      </div>
      <div className="row">
        <Button tone="quiet" isDisabled={isNone} hint={hintFor('keepOnly', mac)} onPress={acts.keepOnly}>
          Keep only this
        </Button>
        <Button icon="cross" isDisabled={isNone} hint={hintFor('reject', mac)} onPress={() => acts.decide('reject')}>
          Reject
        </Button>
        <Button icon="circle" isDisabled={isNone} hint={hintFor('clear', mac)} onPress={() => acts.decide('undecided')}>
          Undecided
        </Button>
        <Button icon="check" isDisabled={isNone} hint={hintFor('pick', mac)} onPress={() => acts.decide('pick')}>
          Pick
        </Button>
        <IconButton icon="trash" name="Move to the trash" isDisabled={isNone} onPress={acts.remove} />
        <Button tone="quiet" icon="undo" hint={hintFor('undo', mac)} onPress={acts.undo}>
          Undo
        </Button>
      </div>
    </footer>
  )
}
