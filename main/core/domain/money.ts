import type { Money } from '../catalog.ts'

/** Digits after the point of a currency: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217, through ICU). Unknown codes count as 2. */
export const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

/** "12.50": a plain decimal for feeds and structured data. Exact: no floating point. */
export function decimal({ minor, currency }: Money): string {
  const digits = digitsOf(currency)
  if (digits === 0) return String(minor)
  const padded = String(minor).padStart(digits + 1, '0')
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}

/** "12.5" in euros is 1250: what `decimal` writes, and shops that write fewer digits. null = not a price, or finer than its currency. */
export function moneyOf(text: string, currency: string): Money | null {
  const parts = /^(\d{1,12})(?:\.(\d+))?$/.exec(text)
  if (parts === null) return null
  const digits = digitsOf(currency)
  const behind = parts[2] ?? ''
  if (/[1-9]/.test(behind.slice(digits))) return null
  return { minor: Number(`${parts[1]}${behind.slice(0, digits).padEnd(digits, '0')}`), currency }
}

/** "€12.50": as people read it. */
export const priceTag = ({ minor, currency }: Money): string => {
  const digits = digitsOf(currency)
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(minor / 10 ** digits)
}
