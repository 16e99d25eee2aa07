import { useState } from 'react'
import type { OffloadView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useCards, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'

type Told = { ejected: boolean; words: string }

/** Ejects the card an offload came from, and says plainly how that went. Nothing for folders: they are not taken out. */
export function Eject({ offload }: { offload: OffloadView }) {
  const { door } = useLibrary()
  const ui = useUiStore()
  const { data: cards = [] } = useCards()
  const [told, setTold] = useState<Told | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isHere = cards.some(({ path, kind }) => path === offload.path && kind === 'card')
  const eject = async (): Promise<void> => {
    setBusy(true)
    try {
      const { ejected, because } = await ask(door, 'card.eject', { path: offload.path })
      const words = ejected
        ? `${offload.label} is ejected. You can take it out now.`
        : `${offload.label} could not be ejected: ${because ?? 'the system gave no reason'}. Before you pull a card out, eject it in your file manager.`
      setTold({ ejected, words })
      ui.getState().say(words)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setBusy(false)
    }
  }
  if (!isHere && told === null) return null
  return (
    <div className="verdict-act">
      {isHere ? (
        <Button icon="eject" isDisabled={isBusy} onPress={() => void eject()}>
          Eject
        </Button>
      ) : null}
      {told === null ? null : (
        <p className="told">
          <Icon name={told.ejected ? 'check' : 'warning'} />
          {told.words}
        </p>
      )}
    </div>
  )
}
