import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView } from '../../main/contract/views.ts'
import { useAssign } from '../products/assigning.ts'
import { useProducts } from '../queries.ts'
import { Window } from '../ui/controls.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { Thumb } from '../ui/photo.tsx'
import { plural } from '../words.ts'
import { matching } from './choose-product.ts'
import './product-chooser.css'

/** More are found by typing. */
const listed = 40

/** Puts picks into a product that is there: type its SKU or title, Enter puts them in, Esc leaves. The last one changed stands first. */
export function ProductChooser({
  shots,
  assets,
  onClose,
}: {
  shots: readonly AssetView[]
  assets: ReadonlyMap<AssetId, AssetView>
  onClose: () => void
}) {
  const products = useProducts()
  const assign = useAssign()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const found = matching(products.data ?? [], typed)
  const shown = found.slice(0, listed)
  const active = Math.min(at, shown.length)
  useEffect(() => list.current?.querySelector(`[data-place="${active}"]`)?.scrollIntoView({ block: 'nearest' }), [active])
  const choose = (place: number): void => {
    void assign(shots, shown[place] ?? null)
    onClose()
  }
  const press = (event: KeyboardEvent): void => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      setAt(Math.max(0, Math.min(shown.length, to)))
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing && products.data !== undefined) {
      event.preventDefault()
      choose(active)
    }
  }
  return (
    <Window title={`Put ${plural(shots.length, 'pick')} into a product`} isOpen onClose={onClose}>
      {products.isError ? <Problem error={products.error} onRetry={() => void products.refetch()} /> : null}
      {products.isPending ? <Loading what="Looking for your products…" /> : null}
      {products.data === undefined ? null : (
        <>
          <input
            className="form-input choose-input"
            role="combobox"
            aria-label="SKU or title"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={`${id}-${active}`}
            aria-autocomplete="list"
            placeholder="Type a SKU or a title"
            spellCheck={false}
            // biome-ignore lint/a11y/noAutofocus: the dialog is this field
            autoFocus
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value)
              setAt(0)
            }}
            onKeyDown={press}
          />
          <div ref={list} id={`${id}-list`} role="listbox" aria-label="Products" className="choose-list" tabIndex={-1}>
            {shown.map((product, place) => {
              const picture = product.assets.map((one) => assets.get(one)).find((one) => one !== undefined)
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
                <div
                  key={product.id}
                  id={`${id}-${place}`}
                  data-place={place}
                  role="option"
                  tabIndex={-1}
                  aria-selected={place === active}
                  className="choose-one"
                  onClick={() => choose(place)}
                >
                  <span className="choose-picture">{picture === undefined ? null : <Thumb asset={picture} />}</span>
                  <span className="grow">{product.title}</span>
                  <span className="muted">{product.sku ?? 'no SKU'}</span>
                  <span className="muted num">{plural(product.assets.length, 'image')}</span>
                </div>
              )
            })}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys */}
            <div
              id={`${id}-${shown.length}`}
              data-place={shown.length}
              role="option"
              tabIndex={-1}
              aria-selected={active === shown.length}
              className="choose-one"
              onClick={() => choose(shown.length)}
            >
              <span className="choose-picture" />
              <span className="grow">
                {shown.length === 0 && typed.trim() !== '' ? 'Nothing fits. Make a new product' : 'A new product'}
              </span>
            </div>
          </div>
          {found.length > listed ? <p className="muted">{`and ${found.length - listed} more: type to find them`}</p> : null}
        </>
      )}
    </Window>
  )
}
