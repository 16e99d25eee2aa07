import type { Money } from '../catalog.ts'
import { csvCell, csvRows } from './csv.ts'
import { decimal, digitsOf } from './money.ts'

/** What one line of a product sheet says; null = not said. */
export type SheetLine = {
  line: number
  sku: string | null
  title: string | null
  description: string | null
  price: Money | null
  stock: number | null
  /** Why it cannot be used. */
  because: string | null
}
export type Sheet = { lines: SheetLine[]; columns: Record<string, string>; ignored: string[] }

/** Column names of the usual exports (Shopify, WooCommerce, Square, Etsy, Google), lower case, best first. */
const names = {
  sku: ['sku', 'variant sku', 'product sku', 'item sku', 'article', 'artikelnummer', 'reference', 'référence', 'id'],
  title: ['title', 'name', 'product name', 'item name', 'product', 'titel', 'bezeichnung', 'nom'],
  description: ['description', 'body (html)', 'body html', 'short description', 'beschreibung'],
  price: ['price', 'variant price', 'regular price', 'preis', 'prix', 'unit price'],
  stock: ['stock', 'quantity', 'variant inventory qty', 'inventory', 'current quantity', 'bestand', 'menge'],
} as const
type Field = keyof typeof names

/** Reads a sheet by the names of its columns. @param currency of prices that do not say theirs */
export function readSheet(text: string, currency: string): Sheet {
  const [head, ...rows] = csvRows(text)
  if (head === undefined) return { lines: [], columns: {}, ignored: [] }
  const heads = head.cells.map((cell) => cell.trim())
  const at = new Map<Field, number>()
  for (const field of Object.keys(names) as Field[]) {
    const place = names[field].map((name) => heads.findIndex((one) => one.toLowerCase() === name)).find((index) => index >= 0)
    if (place !== undefined) at.set(field, place)
  }
  const used = new Set(at.values())
  const seen = new Set<string>()
  return {
    columns: Object.fromEntries([...at].map(([field, place]) => [field, heads[place] ?? ''])),
    ignored: heads.filter((name, place) => !used.has(place) && name !== ''),
    lines: rows.map(({ line, cells }) => {
      const of = (field: Field): string | null => {
        const place = at.get(field)
        const value = place === undefined ? '' : (cells[place] ?? '').trim()
        return value === '' ? null : value
      }
      const sku = of('sku')
      const priceText = of('price')
      const stockText = of('stock')
      const price = priceText === null ? null : readMoney(priceText, currency)
      const stock = stockText === null ? null : /^\d{1,7}(?:[.,]0+)?$/.test(stockText) ? Number.parseInt(stockText, 10) : undefined
      const because =
        sku === null && of('title') === null
          ? 'it has neither a SKU nor a title'
          : priceText !== null && price === null
            ? `“${priceText}” is not a price`
            : stock === undefined
              ? `“${stockText ?? ''}” is not a number of pieces`
              : sku !== null && seen.has(sku)
                ? `the SKU ${sku} stands on an earlier line`
                : null
      if (sku !== null) seen.add(sku)
      return { line, sku, title: of('title'), description: plain(of('description')), price, stock: stock ?? null, because }
    }),
  }
}

/** All products as a sheet that `readSheet` reads again: "12.50 EUR" carries its currency along. */
export function writeSheet(
  products: readonly { sku: string | null; title: string; description: string; price: Money | null; stock: number | null }[],
): string {
  const rows = products.map(({ sku, title, description, price, stock }) => {
    const tag = price === null ? null : `${decimal(price)} ${price.currency}`
    return [sku, title, description === '' ? null : description, tag, stock].map(csvCell).join(',')
  })
  return `${['SKU,Title,Description,Price,Stock', ...rows].join('\r\n')}\r\n`
}

const symbols: Record<string, string> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' }

/** "12.50", "1.234,56 €", "EUR 12", "$1,200": null when it is none. The last of point and comma parts the decimals, unless three digits follow a lone one. */
export function readMoney(text: string, usual: string): Money | null {
  const code = /\b([A-Z]{3})\b/.exec(text)?.[1] ?? Object.entries(symbols).find(([symbol]) => text.includes(symbol))?.[1] ?? usual
  const digits = text.replace(/[A-Z]{3}|[€$£¥\s\u00A0\u202F'’]/g, '')
  if (!/^\d[\d.,]*$/.test(digits)) return null
  let places: number
  try {
    places = digitsOf(code)
  } catch {
    return null
  }
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','))
  const parts = digits.split(/[.,]/)
  const fraction = last < 0 ? '' : digits.slice(last + 1)
  const isGrouping = parts.length === 2 && fraction.length === 3 && places < 3
  const repeats = parts.length > 2 && new Set(digits.match(/[.,]/g)).size === 1
  const whole = last < 0 || isGrouping || repeats ? digits.replace(/[.,]/g, '') : digits.slice(0, last).replace(/[.,]/g, '')
  const decimals = last < 0 || isGrouping || repeats ? '' : fraction
  if (decimals.length > places && /[1-9]/.test(decimals.slice(places))) return null
  const minor = Number(`${whole}${decimals.slice(0, places).padEnd(places, '0')}`)
  return Number.isSafeInteger(minor) ? { minor, currency: code } : null
}

/** HTML of an export as plain text. */
const plain = (text: string | null): string | null =>
  text
    ?.replace(/<(br|\/p|\/li|\/div)[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/\n{3,}/g, '\n\n')
    .trim() ?? null
