import type { MoneyView } from '../../main/contract/views.ts'

/** Money as people type and read it. Pure; minor units inside, so nothing is ever rounded. */

/** Digits after the point: 2 for EUR, 0 for JPY, 3 for KWD. Unknown codes count as 2. */
export function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

/** "12.50": what stands in a field. */
export function typedPrice({ minor, currency }: MoneyView): string {
  const digits = digitsOf(currency)
  if (digits === 0) return String(minor)
  const padded = String(minor).padStart(digits + 1, '0')
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}

/** "€12.50": what people read. */
export const shownPrice = ({ minor, currency }: MoneyView): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(minor / 10 ** digitsOf(currency))

/** "12.50", "12,5", "1,250.00", "1.250,00" -> minor units; null for what is not a price in this currency. */
export function readPrice(typed: string, currency: string): MoneyView | null {
  const text = typed.replace(/[\s'’€$£¥]/g, '')
  const found = /^(\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d+)(?:([.,])(\d+))?$/.exec(text)
  const [, whole, point, rest = ''] = found ?? []
  if (whole === undefined) return null
  // One mark cannot both group thousands and begin the cents.
  if (point !== undefined && whole.includes(point)) return null
  const digits = digitsOf(currency)
  const grouped = whole.replace(/[.,]/g, '')
  const isLoneGroup = point === undefined && /[.,]/.test(whole) && whole.split(/[.,]/).length === 2
  // "1.250" may be twelve hundred and fifty or one and a quarter: with three digits after the point only where the currency has three.
  if (isLoneGroup && digits === 3) return readDecimal(whole.split(/[.,]/)[0] ?? '', whole.split(/[.,]/)[1] ?? '', digits, currency)
  return readDecimal(grouped, rest, digits, currency)
}

function readDecimal(whole: string, rest: string, digits: number, currency: string): MoneyView | null {
  const cents = rest.replace(/0+$/, '')
  if (cents.length > digits) return null
  const minor = Number(`${whole}${rest.slice(0, digits).padEnd(digits, '0')}`)
  return Number.isSafeInteger(minor) && minor <= 1e12 ? { minor, currency } : null
}

export const currencies = (): string[] => Intl.supportedValuesOf('currency')

/** The currency most products have; with none, euro. */
export function usualCurrency(prices: readonly (MoneyView | null)[]): string {
  const counts = Map.groupBy(
    prices.flatMap((price) => (price === null ? [] : [price.currency])),
    (currency) => currency,
  )
  const [first] = [...counts].sort(([, a], [, b]) => b.length - a.length)
  return first?.[0] ?? 'EUR'
}

/** "3" -> 3, "" -> null (not counted), anything else -> undefined. */
export function readStock(typed: string): number | null | undefined {
  const text = typed.trim()
  if (text === '') return null
  return /^\d{1,7}$/.test(text) && Number(text) <= 1_000_000 ? Number(text) : undefined
}
