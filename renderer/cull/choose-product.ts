import type { ProductView } from '../../main/contract/views.ts'

/** Products that hold every word typed, in their SKU or title: those whose SKU begins so first, then those changed last. Pure. */
export function matching(products: readonly ProductView[], typed: string): ProductView[] {
  const wanted = typed.trim().toLowerCase()
  const words = wanted.split(/\s+/)
  const rank = ({ sku, title }: ProductView): number => {
    if (wanted === '') return 0
    const [number, name] = [(sku ?? '').toLowerCase(), title.toLowerCase()]
    if (number === wanted) return 0
    if (number.startsWith(wanted)) return 1
    if (name.startsWith(wanted)) return 2
    return words.every((word) => `${number} ${name}`.includes(word)) ? 3 : 4
  }
  return products
    .map((product) => ({ product, rank: rank(product) }))
    .filter((one) => one.rank < 4)
    .sort((a, b) => a.rank - b.rank || (a.product.updatedAt > b.product.updatedAt ? -1 : a.product.updatedAt < b.product.updatedAt ? 1 : 0))
    .map(({ product }) => product)
}
