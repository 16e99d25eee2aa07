import { useRef } from 'react'
import { Button as AriaButton, Dialog, Popover } from 'react-aria-components'
import type { AssetView } from '../../main/contract/views.ts'
import { useHint } from '../keyboard.ts'
import { Button, IconButton } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { cameraTime, decisionWords, suggestionWords } from '../words.ts'
import type { CullActs } from './cull-keys.ts'
import { History } from './History.tsx'
import { LabelButtons, StarButtons } from './marks.tsx'
import { only } from './selection.ts'

/** The decisions as buttons, with their keys, under the grid and the large view alike. */
export function ActionBar({ asset, acts }: { asset: AssetView | undefined; acts: CullActs }) {
  const ui = useUiStore()
  const hint = useHint()
  const chosen = useUi((state) => state.selection.chosen.size)
  const suggestions = useUi((state) => state.suggestions)
  const panel = useUi((state) => state.panel)
  const historyButton = useRef<HTMLButtonElement>(null)
  const isNone = asset === undefined && chosen === 0
  const suggestion = suggestions ? (asset?.suggestion ?? null) : null
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
            <strong className="actions-name">{asset.name}</strong>
            <span className="muted actions-time">{cameraTime(asset.capturedAt)}</span>
            <span className="muted">
              {asset.decision === 'undecided' && suggestion !== null ? suggestionWords[suggestion] : decisionWords[asset.decision]}
            </span>
          </>
        )}
      </div>
      <div className="row actions-marks">
        <StarButtons rating={asset?.rating ?? null} isDisabled={isNone} onRate={acts.rate} />
        <LabelButtons label={asset?.label ?? null} isDisabled={isNone} onLabel={acts.label} />
      </div>
      <div className="row actions-decide">
        <Button tone="quiet" isDisabled={isNone} hint={hint('keepOnly')} onPress={acts.keepOnly}>
          Keep only this
        </Button>
        <Button icon="cross" isDisabled={isNone} hint={hint('reject')} onPress={() => acts.decide('reject')}>
          Reject
        </Button>
        <Button icon="circle" isDisabled={isNone} hint={hint('clear')} onPress={() => acts.decide('undecided')}>
          Undecided
        </Button>
        <Button icon="check" isDisabled={isNone} hint={hint('pick')} onPress={() => acts.decide('pick')}>
          Pick
        </Button>
        <IconButton icon="trash" name="Move to the trash" isDisabled={isNone} onPress={acts.remove} />
        <Button tone="quiet" icon="undo" hint={hint('undo')} onPress={acts.undo}>
          Undo
        </Button>
        <AriaButton
          ref={historyButton}
          className="button button-icon"
          aria-label={`History (${hint('history')})`}
          aria-expanded={panel === 'history'}
          onPress={() => ui.getState().set({ panel: 'history' })}
        >
          <Icon name="clock" />
        </AriaButton>
        <Popover
          className="pop pop-history"
          triggerRef={historyButton}
          placement="top end"
          isOpen={panel === 'history'}
          onOpenChange={(isOpen) => (isOpen ? undefined : ui.getState().set({ panel: null }))}
        >
          <Dialog className="pop-dialog" aria-label="History">
            <History />
          </Dialog>
        </Popover>
      </div>
    </footer>
  )
}
