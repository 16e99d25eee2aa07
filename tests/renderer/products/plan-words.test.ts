import { describe, expect, it } from 'vitest'
import type { PlanLine, PublishPlan, QueueLine } from '../../../main/contract/views.ts'
import { columnLine, importLead } from '../../../renderer/products/import-words.ts'
import { approvable, changesOf, countSent, planLead } from '../../../renderer/products/plan-words.ts'
import { productIdOf } from '../support/fake-data.ts'

const line = (id: string, part: Partial<PlanLine> = {}): PlanLine => ({
  productId: productIdOf(id),
  title: id,
  images: 3,
  clips: 0,
  changes: [],
  left: [],
  ...part,
})
const plan = (part: Partial<PublishPlan>): PublishPlan => ({
  catalog: 'shopify',
  create: [],
  update: [],
  hide: [],
  unchanged: [],
  refused: [],
  ...part,
})
const queued = (id: string, part: Partial<QueueLine>): QueueLine => ({
  catalog: 'shopify',
  productId: productIdOf(id),
  title: id,
  state: 'sending',
  because: null,
  done: 0,
  total: 4,
  url: null,
  at: '2026-05-03T18:00:00.000Z',
  ...part,
})

describe('plans in words', () => {
  it('says what would happen, where, and that nothing was sent', () => {
    const whole = plan({ create: [line('a')], update: [line('b')], hide: [line('c')] })
    expect(approvable(whole)).toEqual(['a', 'b', 'c'])
    expect(planLead(whole, 'Mira Ceramics', false)).toBe('3 listings will change in Mira Ceramics. Nothing is sent before you say so.')
    expect(planLead(whole, 'Local shop', true)).toBe('3 listings will change on your local shop page. Nothing leaves this computer.')
    expect(planLead(plan({}), 'Mira', false)).toContain('Nothing is picked yet')
    expect(planLead(plan({ unchanged: [{ productId: productIdOf('a'), title: 'a' }] }), 'Mira', false)).toContain(
      'Mira already shows your picks',
    )
    expect(planLead(plan({ refused: [{ productId: null, title: 'a', because: 'too small' }] }), 'Mira', false)).toContain(
      'The reasons are below',
    )
    expect(changesOf(line('a', { changes: ['new'] }))).toBe('')
    expect(changesOf(line('a', { changes: ['another price', '2 new pictures'] }))).toBe('another price · 2 new pictures')
  })

  it('counts only what was asked for, and lets files that arrived move the bar', () => {
    const sent = ['a', 'b', 'c', 'd'].map(productIdOf)
    const queue = [
      queued('a', { state: 'published', done: 4 }),
      queued('b', { done: 2 }),
      queued('c', { state: 'rendering', total: 0 }),
      queued('d', { state: 'failed' }),
      queued('other', {}),
    ]
    expect(countSent(sent, queue)).toEqual({ total: 4, done: 2, share: 2.5 })
    expect(countSent(sent, [])).toEqual({ total: 4, done: 4, share: 4 })
  })

  it('says what a sheet would do, and which columns are read', () => {
    const of = (does: 'new' | 'change' | 'same' | 'refused', at: number) => ({ line: at, sku: null, title: 'x', does, because: null })
    const sheet = { lines: [of('new', 2), of('new', 3), of('refused', 4)], columns: { sku: 'Artikel', price: 'Preis' }, ignored: ['Farbe'] }
    expect(importLead(sheet)).toBe('3 lines: 2 new, 1 left out.')
    expect(columnLine(sheet)).toBe('Read: SKU from “Artikel”, price from “Preis”. Not read: Farbe.')
    expect(importLead({ ...sheet, lines: [] })).toBe('The sheet has no lines below its first.')
  })
})
