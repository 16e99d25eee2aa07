import { useState } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, ConnectionView, ProductView } from '../../main/contract/views.ts'
import { everything } from '../cull/filter.ts'
import { only } from '../cull/selection.ts'
import { PosterButton } from '../shops/PosterButton.tsx'
import { shopName, stateWords } from '../shops/shop-words.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Thumb } from '../ui/photo.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { ArrangeDialog } from './ArrangeDialog.tsx'
import { ProductTitle, ProductWords } from './ProductWords.tsx'

const imagesShown = 8

/** Where a code could lead: listings with an address outside of this computer; without one any shop, which then says what is missing. */
function posterShops({ publications }: ProductView): string[] {
  const outside = publications.filter(({ url }) => url !== null && /^https?:/.test(url))
  return (outside.length > 0 ? outside : publications.slice(0, 1)).map(({ catalog }) => catalog)
}

/** One product: its words, editable in place, its pictures in order, and where it is published. */
export function Listing({
  product,
  assets,
  shops,
}: {
  product: ProductView
  assets: ReadonlyMap<AssetId, AssetView>
  shops: readonly ConnectionView[]
}) {
  const ui = useUiStore()
  const [isArranging, setArranging] = useState(false)
  const openAt = (id: AssetId): void => ui.getState().set({ screen: 'cull', mode: 'loupe', filter: everything, selection: only(id) })
  const shown = product.assets.slice(0, imagesShown)
  return (
    <li className="listing" aria-label={product.title}>
      <div className="listing-head">
        <ProductTitle product={product} />
        <p className="muted">
          {plural(product.assets.length, 'image')}
          {product.clips.length > 0 ? `, ${plural(product.clips.length, 'clip')}` : ''}
        </p>
      </div>
      <div className="row">
        {product.publications.length === 0 ? (
          <span className="state">Draft</span>
        ) : (
          product.publications.map(({ catalog, state }) => (
            <button
              key={catalog}
              type="button"
              className={`state state-${state}`}
              title={`Show it in ${shopName(shops, catalog)}`}
              onClick={() => ui.getState().set({ screen: 'shops', shop: catalog })}
            >
              {shops.length > 1 ? `${shopName(shops, catalog)}: ${stateWords[state] ?? state}` : (stateWords[state] ?? state)}
            </button>
          ))
        )}
      </div>
      {product.assets.length === 0 ? (
        <p className="listing-waits">
          <Icon name="card" size={20} />
          <span>
            <strong>Waiting for pictures.</strong> Shoot it and pick the best, then bring in the product they became.
          </span>
        </p>
      ) : (
        <ol className="listing-images" aria-label={`Images of ${product.title}`}>
          {shown.map((id, index) => {
            const asset = assets.get(id)
            return (
              <li key={id}>
                <button
                  type="button"
                  className="listing-image"
                  aria-label={`${index === 0 ? 'Main image' : `Image ${index + 1}`}: ${asset?.name ?? 'unknown'}`}
                  onClick={() => openAt(id)}
                >
                  {asset === undefined ? <Icon name="warning" /> : <Thumb asset={asset} />}
                </button>
              </li>
            )
          })}
          {product.assets.length > imagesShown ? <li className="listing-more muted">{`+${product.assets.length - imagesShown}`}</li> : null}
        </ol>
      )}
      <ProductWords product={product} />
      <div className="listing-acts">
        <Button onPress={() => setArranging(true)}>{product.assets.length === 0 ? 'Bring in pictures' : 'Arrange pictures'}</Button>
        <PosterButton of={{ productId: product.id, dropId: null }} title={product.title} catalogs={posterShops(product)} />
      </div>
      {isArranging ? <ArrangeDialog product={product} assets={assets} onClose={() => setArranging(false)} /> : null}
    </li>
  )
}
