import type { ProductId } from '../../main/contract/ids.ts'
import type { DropProduct, DropView, ProductView } from '../../main/contract/views.ts'
import { readPrice, readStock, typedPrice, usualCurrency } from '../products/money.ts'

/** What is typed beside each chosen product; empty = as the product says. */
export type Chosen = ReadonlyMap<ProductId, { price: string; stock: string }>

export const chosenOf = (drop: DropView | null): Chosen =>
  new Map(
    drop?.products.map(({ productId, price, stock }) => [
      productId,
      { price: price === null ? '' : typedPrice(price), stock: stock === null ? '' : String(stock) },
    ]),
  )

/** The currency that a product's price for the drop is typed in. */
export const currencyOf = (product: ProductView, all: readonly ProductView[]): string =>
  product.price?.currency ?? usualCurrency(all.map(({ price }) => price))

/** Rows for the engine, in the order of the products, and what cannot be read, by product. */
export function sentOf(chosen: Chosen, products: readonly ProductView[]): { rows: DropProduct[]; problems: Map<ProductId, string> } {
  const rows: DropProduct[] = []
  const problems = new Map<ProductId, string>()
  for (const product of products) {
    const typed = chosen.get(product.id)
    if (typed === undefined) continue
    const currency = currencyOf(product, products)
    const price = typed.price.trim() === '' ? null : readPrice(typed.price, currency)
    const stock = readStock(typed.stock)
    if (typed.price.trim() !== '' && price === null)
      problems.set(product.id, `“${typed.price}” is not a price in ${currency}. Type it like 12.50.`)
    else if (stock === undefined) problems.set(product.id, `“${typed.stock}” is not a number of pieces.`)
    else rows.push({ productId: product.id, price, stock })
  }
  return { rows, problems }
}
