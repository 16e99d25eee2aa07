import { useState } from 'react'
import type { ProductId } from '../../main/contract/ids.ts'
import type { ProductView } from '../../main/contract/views.ts'
import { shownPrice } from '../products/money.ts'
import { Button } from '../ui/controls.tsx'
import { Tick } from '../ui/tick.tsx'
import { type Chosen, currencyOf } from './chosen.ts'

/** Enough to need no search. */
const fewProducts = 8

/** Which products, and what they cost and how many there are while it is open. */
export function DropProducts({
  products,
  chosen,
  problems,
  onChange,
}: {
  products: readonly ProductView[]
  chosen: Chosen
  problems: ReadonlyMap<ProductId, string>
  onChange: (chosen: Chosen) => void
}) {
  const [sought, setSought] = useState('')
  const put = (id: ProductId, part: { price: string; stock: string } | null): void => {
    const next = new Map(chosen)
    if (part === null) next.delete(id)
    else next.set(id, part)
    onChange(next)
  }
  const text = sought.trim().toLowerCase()
  const shown = products.filter(({ title, sku }) => `${title} ${sku ?? ''}`.toLowerCase().includes(text))
  const isAll = products.length > 0 && products.every(({ id }) => chosen.has(id))
  return (
    <>
      <div className="row">
        {products.length > fewProducts ? (
          <input
            className="form-input"
            type="search"
            aria-label="Find products by title or SKU"
            placeholder="Find by title or SKU"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
        ) : null}
        <Button onPress={() => onChange(new Map(isAll ? [] : products.map(({ id }) => [id, chosen.get(id) ?? { price: '', stock: '' }])))}>
          {isAll ? 'None' : 'All'}
        </Button>
      </div>
      <ul className="drop-choose">
        {shown.map((product) => {
          const typed = chosen.get(product.id)
          const wrong = problems.get(product.id)
          return (
            <li key={product.id} className="drop-choice">
              <Tick isSelected={typed !== undefined} onChange={(on) => put(product.id, on ? { price: '', stock: '' } : null)}>
                {product.title}
              </Tick>
              {typed === undefined ? null : (
                <div className="form-line">
                  <input
                    className="form-input form-short"
                    inputMode="decimal"
                    aria-label={`Price of ${product.title} in the drop, ${currencyOf(product, products)}`}
                    placeholder={product.price === null ? `price, ${currencyOf(product, products)}` : shownPrice(product.price)}
                    value={typed.price}
                    aria-invalid={wrong !== undefined}
                    onChange={(event) => put(product.id, { ...typed, price: event.target.value })}
                  />
                  <input
                    className="form-input form-short"
                    inputMode="numeric"
                    aria-label={`Stock of ${product.title} in the drop`}
                    placeholder={product.stock === null ? 'not counted' : `${product.stock} in stock`}
                    value={typed.stock}
                    aria-invalid={wrong !== undefined}
                    onChange={(event) => put(product.id, { ...typed, stock: event.target.value })}
                  />
                </div>
              )}
              {wrong === undefined ? null : (
                <p className="field-problem" role="alert">
                  {wrong}
                </p>
              )}
            </li>
          )
        })}
      </ul>
      {shown.length === 0 ? <p className="muted">No product is called that.</p> : null}
    </>
  )
}
