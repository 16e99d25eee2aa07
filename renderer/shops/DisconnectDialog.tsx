import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConnectionView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, useLibrary } from '../queries.ts'
import { Button, Window } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'

/** What disconnecting does, plainly, before it is done. */
export function DisconnectDialog({
  shop,
  name,
  waiting,
  onClose,
}: {
  shop: ConnectionView
  name: string
  waiting: number
  onClose: () => void
}) {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const [isBusy, setBusy] = useState(false)
  const disconnect = async (): Promise<void> => {
    setBusy(true)
    try {
      await ask(door, 'catalog.disconnect', { name: shop.name })
      onClose()
      ui.getState().set({ shop: 'local' })
      ui.getState().toast(`${name} is disconnected. What is in it stays there.`)
      await Promise.all([keysOf.shops, keysOf.drops, keysOf.products].map((queryKey) => queries.invalidateQueries({ queryKey })))
    } catch (error) {
      ui.getState().fail(wireOf(error))
      setBusy(false)
    }
  }
  return (
    <Window
      title={`Disconnect ${name}?`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            Keep it
          </Button>
          <Button tone="danger" isDisabled={isBusy} onPress={() => void disconnect()}>
            Disconnect
          </Button>
        </>
      }
    >
      <ul className="plain-list">
        <li>What is in the shop stays there, as buyers see it now.</li>
        <li>Its access is forgotten on this computer. Take it back in the shop as well if you do not need it any more.</li>
        <li>Dropcard forgets which listings are whose: connected again, it looks for them by SKU and address before it makes new ones.</li>
        {waiting > 0 ? <li>{`${plural(waiting, 'listing')} on the way there will not be sent.`}</li> : null}
        <li>Drops that have not begun no longer open there.</li>
      </ul>
    </Window>
  )
}
