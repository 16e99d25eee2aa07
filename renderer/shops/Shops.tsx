import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConnectionView } from '../../main/contract/views.ts'
import { reads, useLibrary, useShops } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { ConnectDialog } from './ConnectDialog.tsx'
import { Dot } from './Dot.tsx'
import { ShopPanel } from './ShopPanel.tsx'
import { shopName } from './shop-words.ts'

/** Every connected shop, how it is doing, and what is in it or on its way there. */
export function Shops() {
  const library = useLibrary()
  const ui = useUiStore()
  const shops = useShops()
  const chosen = useUi((state) => state.shop)
  const [isConnecting, setConnecting] = useState(false)
  if (shops.isError) {
    return (
      <div className="page">
        <Problem error={shops.error} onRetry={() => void shops.refetch()} />
      </div>
    )
  }
  if (shops.data === undefined) return <Loading what="Looking at your shops…" />
  const shown = shops.data.find(({ name }) => name === chosen) ?? shops.data[0]
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Shops</h1>
          <p className="muted">The local shop is always there and needs nothing. Connect others to publish to them as well.</p>
        </div>
        <Button tone="primary" onPress={() => setConnecting(true)}>
          Connect a shop
        </Button>
      </header>
      <div className="shops">
        <ul className="shop-list" aria-label="Shops">
          {shops.data.map((shop) => (
            <li key={shop.name}>
              <button
                type="button"
                className="shop-tile"
                aria-current={shop.name === shown?.name ? 'true' : undefined}
                onClick={() => ui.getState().set({ shop: shop.name })}
              >
                <Tile shop={shop} all={shops.data} library={library} />
              </button>
            </li>
          ))}
        </ul>
        {shown === undefined ? null : <ShopPanel key={shown.name} shop={shown} all={shops.data} />}
      </div>
      {isConnecting ? (
        <ConnectDialog
          shop={null}
          onClose={(name) => {
            setConnecting(false)
            if (name !== null) ui.getState().set({ shop: name })
          }}
        />
      ) : null}
    </div>
  )
}

function Tile({ shop, all, library }: { shop: ConnectionView; all: readonly ConnectionView[]; library: ReturnType<typeof useLibrary> }) {
  const { data: state } = useQuery(reads.publishState(library, shop.name))
  return (
    <>
      <span className="shop-name">{shopName(all, shop.name)}</span>
      <span className="muted">{shop.embedded ? 'On this computer' : shop.label}</span>
      {state === undefined ? null : <Dot state={state} />}
    </>
  )
}
