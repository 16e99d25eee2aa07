import { describe, expect, it } from 'vitest'
import { digitsOf, readPrice, readStock, shownPrice, typedPrice, usualCurrency } from '../../../renderer/products/money.ts'

describe('prices as people type them', () => {
  it('reads both decimal marks and both ways of grouping, exactly, and refuses what could be two prices or none', () => {
    const euro = (typed: string): number | null => readPrice(typed, 'EUR')?.minor ?? null
    expect(
      Object.fromEntries(
        ['12.50', '12,5', '12', '0', '1,250.00', '1.250,00', '1 250', "1'250.5", '€ 12.50', '1,250', '1.250', '12.500', '0.29'].map(
          (typed) => [typed, euro(typed)],
        ),
      ),
    ).toEqual({
      '12.50': 1250,
      '12,5': 1250,
      '12': 1200,
      '0': 0,
      '1,250.00': 125_000,
      '1.250,00': 125_000,
      '1 250': 125_000,
      "1'250.5": 125_050,
      '€ 12.50': 1250,
      '1,250': 125_000,
      '1.250': 125_000,
      '12.500': 1_200_000 + 50_000,
      '0.29': 29,
    })
    for (const wrong of ['', 'free', '-3', '12.5055', '1.2.3', '1,25,0', '1e3', '12..5', '99999999999999999999'])
      expect([wrong, euro(wrong)]).toEqual([wrong, null])
  })

  it('knows currencies without cents and with three digits, and writes back what it reads', () => {
    expect([digitsOf('EUR'), digitsOf('JPY'), digitsOf('KWD'), digitsOf('nonsense')]).toEqual([2, 0, 3, 2])
    expect(readPrice('1250', 'JPY')).toEqual({ minor: 1250, currency: 'JPY' })
    expect(readPrice('12.50', 'JPY')).toBeNull()
    expect(readPrice('12.00', 'JPY')).toEqual({ minor: 12, currency: 'JPY' })
    expect(readPrice('1.250', 'KWD')).toEqual({ minor: 1250, currency: 'KWD' })
    for (const currency of ['EUR', 'JPY', 'KWD'])
      for (const minor of [0, 5, 99, 100, 1250, 123_456_789])
        expect(readPrice(typedPrice({ minor, currency }), currency)).toEqual({ minor, currency })
    expect([shownPrice({ minor: 1250, currency: 'EUR' }), shownPrice({ minor: 1250, currency: 'JPY' })]).toEqual(['€12.50', '¥1,250'])
  })

  it('takes the currency most products have, and counts stock in whole pieces', () => {
    const of = (currency: string) => ({ minor: 1, currency })
    expect([usualCurrency([]), usualCurrency([of('USD'), null, of('CHF'), of('CHF')])]).toEqual(['EUR', 'CHF'])
    expect(['', ' 3 ', '0', '2.5', '-1', 'few', '1000001'].map(readStock)).toEqual([null, 3, 0, undefined, undefined, undefined, undefined])
  })
})
