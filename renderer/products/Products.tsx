import { useQuery } from '@tanstack/react-query'
import { ask, wireOf } from '../bridge.ts'
import { useAssets } from '../cull/use-room.ts'
import { catalog, reads, useLibrary, useProducts } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Empty, Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { Listing } from './Listing.tsx'
import { PublishPicks } from './PublishPicks.tsx'

/** Draft listings made from the picks, and the way to the shop page. */
export function Products() {
  const library = useLibrary()
  const ui = useUiStore()
  const products = useProducts()
  const { data: assets = [] } = useAssets()
  const { data: state } = useQuery(reads.publishState(library, catalog))
  const byId = new Map(assets.map((asset) => [asset.id, asset]))
  if (products.isError) {
    return (
      <div className="page">
        <Problem error={products.error} onRetry={() => void products.refetch()} />
      </div>
    )
  }
  if (products.data === undefined) return <Loading what="Opening your listings…" />
  if (products.data.length === 0) {
    return (
      <Empty icon="page" title="No listings yet">
        <p>Each stack with a picked photo becomes a draft listing here.</p>
        <Button tone="primary" onPress={() => ui.getState().set({ screen: 'cull' })}>
          Go to Cull
        </Button>
      </Empty>
    )
  }
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Products</h1>
          <p className="muted">{`${plural(products.data.length, 'draft listing')} from your picks. The first image is the main one.`}</p>
        </div>
        <div className="row">
          {state === undefined || state.page === null ? null : (
            <Button
              icon="page"
              onPress={() =>
                void ask(library.door, 'shell.openCatalog', { catalog }).catch((error: unknown) => ui.getState().fail(wireOf(error)))
              }
            >
              Open the page
            </Button>
          )}
          <PublishPicks />
        </div>
      </header>
      <ul className="listings">
        {products.data.map((product) => (
          <Listing key={product.id} product={product} assets={byId} />
        ))}
      </ul>
    </div>
  )
}
