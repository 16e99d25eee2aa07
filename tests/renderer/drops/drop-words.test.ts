import { describe, expect, it } from 'vitest'
import type { ProductView } from '../../../main/contract/views.ts'
import { sentOf } from '../../../renderer/drops/chosen.ts'
import {
  countdown,
  daysAfter,
  draftProblems,
  lateness,
  nextSaturday,
  shownWall,
  span,
  stagedWords,
  zones,
} from '../../../renderer/drops/drop-words.ts'
import { productIdOf } from '../support/fake-data.ts'

const now = Date.parse('2026-11-28T10:00:00.000Z')
const hours = { opensAt: '2026-11-28T11:00:00.000Z', closesAt: '2026-11-29T23:00:00.000Z' }

describe('drops in words', () => {
  it('counts down to what comes next, and to nothing once it is over', () => {
    expect(countdown({ ...hours, state: 'planned' }, now)).toBe('Opens in 1 h 00 min')
    expect(countdown({ ...hours, state: 'planned' }, now + 3_600_001)).toBe('Opening now')
    expect(countdown({ ...hours, state: 'open' }, now)).toBe('Closes in 1 day 13 h')
    expect(countdown({ ...hours, state: 'open', closesAt: null }, now)).toBeNull()
    for (const state of ['closed', 'missed', 'cancelled'] as const) expect(countdown({ ...hours, state }, now)).toBeNull()
    expect([999, 61_000, 59_000, 3_599_500].map(span)).toEqual(['1 s', '1 min 01 s', '59 s', '1 h 00 min'])
  })

  it('says how punctual it was and what is staged', () => {
    expect([null, 40, 640, 200_000].map(lateness)).toEqual([null, 'on the hour', '0.6 s after the hour', '3 min 20 s late'])
    const shop = {
      catalog: 'local',
      state: 'planned',
      because: null,
      staged: 2,
      openedAt: null,
      openLateMs: null,
      closedAt: null,
      closeLateMs: null,
    } as const
    expect(stagedWords(shop, 3)).toBe('2 of 3 listings there, hidden; 1 still on the way')
    expect(stagedWords({ ...shop, staged: 3 }, 3)).toBe('all 3 listings there, hidden')
    expect(stagedWords({ ...shop, state: 'open', staged: 3, openLateMs: 20 }, 3)).toBe('open, 3 of 3 listings shown, opened on the hour')
    expect(stagedWords({ ...shop, state: 'missed' }, 3)).toBe('was not opened')
    expect(stagedWords({ ...shop, state: 'closed', openLateMs: 20, closeLateMs: 1500 }, 3)).toBe(
      'closed 1.5 s after the hour, had opened on the hour',
    )
  })

  it('writes wall times as they are, and proposes the coming Saturday across months and years', () => {
    expect(shownWall('2026-03-29T02:30')).toBe('Sun, 29 Mar 2026, 02:30')
    expect([new Date(2026, 10, 27, 23), new Date(2026, 10, 28, 1), new Date(2026, 11, 31)].map(nextSaturday)).toEqual([
      '2026-11-28',
      '2026-12-05',
      '2027-01-02',
    ])
    expect(daysAfter('2026-02-27', 2)).toBe('2026-03-01')
    expect(zones()).toEqual(expect.arrayContaining(['UTC', 'Europe/Berlin', 'America/New_York']))
  })

  it('says what a draft lacks, and reads prices and stock for its time', () => {
    const draft = {
      title: 'A',
      zone: 'Europe/Berlin',
      opensDay: '2026-11-28',
      opensTime: '12:00',
      isClosing: true,
      closesDay: '2026-11-30',
      closesTime: '00:00',
      products: 1,
      catalogs: 1,
    }
    expect(draftProblems(draft)).toEqual({})
    expect(draftProblems({ ...draft, closesDay: '2026-11-28', closesTime: '12:00' })).toEqual({ closes: 'It would close before it opens.' })
    expect(draftProblems({ ...draft, closesDay: '', isClosing: false })).toEqual({})
    expect(Object.keys(draftProblems({ ...draft, title: ' ', zone: 'Mars/Olympus', opensDay: '', products: 0, catalogs: 0 }))).toEqual([
      'title',
      'zone',
      'opens',
      'products',
      'catalogs',
    ])
    const product = (id: string): ProductView => ({
      id: productIdOf(id),
      title: id,
      sku: null,
      description: '',
      price: { minor: 100, currency: 'EUR' },
      stock: null,
      assets: [],
      roles: {},
      clips: [],
      updatedAt: '2026-05-02T09:00:00.000Z',
      publications: [],
    })
    const all = ['a', 'b', 'c', 'd'].map(product)
    const typed = new Map([
      [productIdOf('c'), { price: 'free', stock: '' }],
      [productIdOf('b'), { price: '', stock: '' }],
      [productIdOf('a'), { price: '9.90', stock: '2' }],
    ])
    const { rows, problems } = sentOf(typed, all)
    expect(rows).toEqual([
      { productId: 'a', price: { minor: 990, currency: 'EUR' }, stock: 2 },
      { productId: 'b', price: null, stock: null },
    ])
    expect([...problems]).toEqual([['c', '“free” is not a price in EUR. Type it like 12.50.']])
  })
})
