import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProductView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, useLibrary, useProducts } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { InPlace } from './InPlace.tsx'
import { currencies, readPrice, readStock, typedPrice, usualCurrency } from './money.ts'

type Edit = Partial<Pick<ProductView, 'title' | 'sku' | 'description' | 'price' | 'stock'>>

/** Saves a change of a product's words; answers with what is wrong, or null. */
function useEdit(product: ProductView): (edit: Edit, said: string) => Promise<string | null> {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  return async (edit, said) => {
    try {
      const saved = await ask(door, 'product.edit', { productId: product.id, ...edit })
      queries.setQueryData<ProductView[]>(keysOf.products, (all) =>
        all?.map((other) => (other.id === saved.id ? { ...saved, publications: other.publications } : other)),
      )
      ui.getState().say(said)
      return null
    } catch (error) {
      const { message, next } = wireOf(error)
      return [message, next].filter((part) => part !== null).join('. ')
    }
  }
}

export function ProductTitle({ product }: { product: ProductView }) {
  const edit = useEdit(product)
  return (
    <InPlace
      label="Title"
      seen={false}
      strong
      value={product.title}
      maxLength={200}
      save={async (typed) =>
        typed.trim() === '' ? 'A product needs a title.' : edit({ title: typed.trim() }, `Renamed to ${typed.trim()}`)
      }
    />
  )
}

/** SKU, price, stock and description: what a shop shows beside the pictures. */
export function ProductWords({ product }: { product: ProductView }) {
  const edit = useEdit(product)
  const ui = useUiStore()
  const { data: all = [] } = useProducts()
  const usual = usualCurrency(all.map(({ price }) => price))
  const [chosen, setChosen] = useState<string | null>(null)
  /** Every currency for every product would be most of the page: they are there once one is to be chosen. */
  const [isChoosing, setChoosing] = useState(false)
  const currency = product.price?.currency ?? chosen ?? usual
  const savePrice = async (typed: string): Promise<string | null> => {
    if (typed.trim() === '') return edit({ price: null }, `${product.title} has no price`)
    const price = readPrice(typed, currency)
    return price === null ? `“${typed}” is not a price in ${currency}. Type it like 12.50.` : edit({ price }, `Price saved`)
  }
  const changeCurrency = async (code: string): Promise<void> => {
    setChosen(code)
    if (product.price === null) return
    const typed = typedPrice(product.price)
    const price = readPrice(typed, code)
    // 12.50 EUR cannot be 12.50 JPY: the person decides what it is.
    const wrong =
      price === null
        ? `${code} has no cents: ${typed} cannot be a price in it. Round the price first.`
        : await edit({ price }, `Price is in ${code}`)
    if (wrong !== null) ui.getState().toast(wrong)
  }
  const saveStock = async (typed: string): Promise<string | null> => {
    const stock = readStock(typed)
    return stock === undefined ? 'Type a whole number of pieces, or nothing.' : edit({ stock }, 'Stock saved')
  }
  return (
    <div className="words">
      <div className="words-line">
        <InPlace
          label="SKU"
          value={product.sku ?? ''}
          placeholder="none"
          maxLength={100}
          save={(typed) => edit({ sku: typed.trim() === '' ? null : typed.trim() }, 'SKU saved')}
        />
        <InPlace
          label="Price"
          value={product.price === null ? '' : typedPrice(product.price)}
          placeholder="not set"
          maxLength={20}
          numeric
          save={savePrice}
        />
        <label className="field">
          <span className="field-label">Currency</span>
          <select
            className="choice"
            value={currency}
            onFocus={() => setChoosing(true)}
            onPointerDown={() => setChoosing(true)}
            onChange={(event) => void changeCurrency(event.target.value)}
          >
            {(isChoosing ? currencies() : [currency]).map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </label>
        <InPlace
          label="Stock"
          value={product.stock === null ? '' : String(product.stock)}
          placeholder="not counted"
          maxLength={7}
          numeric
          save={saveStock}
        />
      </div>
      <InPlace
        label="Description"
        value={product.description}
        placeholder="What it is, its size, how it was made"
        maxLength={20_000}
        rows={2}
        save={(typed) => edit({ description: typed.trim() }, 'Description saved')}
      />
    </div>
  )
}
