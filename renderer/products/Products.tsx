import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../bridge.ts'
import { useAssets } from '../cull/use-room.ts'
import { reads, useLibrary, useProducts, useShops } from '../queries.ts'
import { useSaving } from '../saving.ts'
import { OpenPage } from '../shops/OpenPage.tsx'
import { Button, Segments } from '../ui/controls.tsx'
import { Empty, Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { ImportDialog } from './ImportDialog.tsx'
import { Listing } from './Listing.tsx'
import { PublishPicks } from './PublishPicks.tsx'

type Which = 'all' | 'ready' | 'waiting'

/** Products with their words and pictures, from the picks and from sheets, and the way to the shops. */
export function Products() {
  const library = useLibrary()
  const ui = useUiStore()
  const saving = useSaving()
  const products = useProducts()
  const { data: assets = [] } = useAssets()
  const { data: shops = [] } = useShops()
  const shop = useUi((state) => state.shop)
  const { data: state } = useQuery(reads.publishState(library, shop))
  const [which, setWhich] = useState<Which>('all')
  const [isImporting, setImporting] = useState(false)
  const byId = new Map(assets.map((asset) => [asset.id, asset]))
  const dialog = isImporting ? <ImportDialog onClose={() => setImporting(false)} /> : null
  const fromSheet = (
    <Button icon="layers" onPress={() => setImporting(true)}>
      Import a sheet
    </Button>
  )
  const saveSheet = (): void => void saving.text('products.csv', async () => (await ask(library.door, 'product.sheet', {})).text)
  if (products.isError) {
    return (
      <div className="page">
        <Problem error={products.error} onRetry={() => void products.refetch()} />
      </div>
    )
  }
  if (products.data === undefined) return <Loading what="Opening your products…" />
  if (products.data.length === 0) {
    return (
      <Empty icon="page" title="No products yet">
        <p>Each stack with a picked photo becomes a product here. Or bring SKUs, titles, prices and stock from a sheet first.</p>
        <div className="row">
          <Button tone="primary" onPress={() => ui.getState().set({ screen: 'cull' })}>
            Go to Cull
          </Button>
          {fromSheet}
        </div>
        {dialog}
      </Empty>
    )
  }
  const waiting = products.data.filter(({ assets: pictures }) => pictures.length === 0)
  const ready = products.data.filter(({ assets: pictures }) => pictures.length > 0)
  const shown = which === 'waiting' && waiting.length > 0 ? waiting : which === 'ready' ? ready : products.data
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Products</h1>
          <p className="muted">{`${plural(products.data.length, 'product')}. The first picture is the main one. Enter saves what you type, Esc leaves it as it was.`}</p>
        </div>
        <div className="row">
          {fromSheet}
          <Button onPress={saveSheet}>Save as CSV</Button>
          {state === undefined || state.page === null ? null : <OpenPage catalog={shop} />}
          <PublishPicks />
        </div>
      </header>
      {waiting.length === 0 ? null : (
        <div className="row">
          <Segments<Which>
            name="Which products"
            choices={[
              { key: 'all', label: 'All', count: products.data.length },
              { key: 'ready', label: 'With pictures', count: ready.length },
              { key: 'waiting', label: 'Waiting for pictures', count: waiting.length },
            ]}
            chosen={which}
            onChoose={setWhich}
          />
        </div>
      )}
      <ul className="listings">
        {shown.map((product) => (
          <Listing key={product.id} product={product} assets={byId} shops={shops} />
        ))}
      </ul>
      {dialog}
    </div>
  )
}
