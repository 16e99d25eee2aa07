import { describe, expect, it } from 'vitest'
import type { ConnectionTest, ConnectionView, PublishState } from '../../../main/contract/views.ts'
import { counts, lacking, sentence, shopName, standing, testWords, timeOf } from '../../../renderer/shops/shop-words.ts'
import { webhookProblem } from '../../../renderer/shops/webhook-words.ts'
import { fakeKinds } from '../support/fake-kinds.ts'

const state = (part: Partial<PublishState>): PublishState => ({
  catalog: 'shopify',
  waiting: 0,
  published: 0,
  hidden: 0,
  failed: [],
  conflicts: [],
  paused: null,
  resting: null,
  page: null,
  ...part,
})
const shop = (name: string, part: Partial<ConnectionView> = {}): ConnectionView => ({
  name,
  kind: 'shopify',
  label: 'Shopify',
  config: {},
  shop: null,
  paused: null,
  checkedAt: null,
  embedded: false,
  ...part,
})

describe('shops in words', () => {
  it('says what matters most first; being away is calm, and over when its time has passed', () => {
    const now = Date.parse('2026-05-03T18:00:00.000Z')
    const resting = { because: 'the shop does not answer', until: '2026-05-03T18:01:00.000Z' }
    const tones = [
      state({}),
      state({ waiting: 3 }),
      state({ waiting: 3, resting }),
      state({ waiting: 3, resting, paused: 'the token has run out' }),
      state({ waiting: 3, resting: { ...resting, until: '2026-05-03T17:59:00.000Z' } }),
    ].map((one) => standing(one, now).tone)
    expect(tones).toEqual(['fine', 'work', 'calm', 'warn', 'work'])
    expect(standing(state({ resting }), now).more).toBe('The shop does not answer. Nothing is lost.')
    expect(standing(state({ paused: 'the token has run out' }), now)).toMatchObject({ title: 'Paused' })
    expect([counts(state({})), counts(state({ published: 2, hidden: 1 }))]).toEqual([
      'Nothing is in it yet.',
      '2 listings shown to buyers, 1 hidden.',
    ])
    expect([sentence('gone'), sentence('Gone!')]).toEqual(['Gone.', 'Gone!'])
    expect(timeOf('2026-05-03T12:00:00.000Z', new Date('2026-05-07T00:00:00Z'))).toContain('3 May')
  })

  it('calls a shop what it calls itself, and tells twins apart', () => {
    const all = [
      shop('local', { embedded: true }),
      shop('shopify', { shop: 'Mira' }),
      shop('shopify-2', { shop: 'Mira' }),
      shop('square', { kind: 'square', label: 'Square' }),
    ]
    expect(['local', 'shopify', 'shopify-2', 'square', 'gone'].map((name) => shopName(all, name))).toEqual([
      'Local shop',
      'Mira (shopify)',
      'Mira (shopify-2)',
      'Square',
      'gone',
    ])
  })

  it('says which permission is missing, and what a form lacks; kept secrets may stay empty', () => {
    const test = (part: Partial<ConnectionTest>): string =>
      testWords({ ok: true, shop: 'Mira', url: null, missing: [], because: null, secrets: 'the keychain', ...part })
    expect(test({})).toBe('Mira answers, and everything that is needed is allowed.')
    expect(test({ ok: false, missing: ['write_files'] })).toBe('Mira answers, but 1 permission is missing:')
    expect(test({ ok: false, because: 'the token is not accepted' })).toBe('The token is not accepted.')
    const [vendure] = fakeKinds
    if (vendure === undefined) throw new Error('expected a kind')
    expect(lacking(vendure, { url: 'shop' }, false)).toEqual({
      url: 'Type a whole address like https://shop.example/admin-api.',
      key: 'API key is needed.',
    })
    expect(lacking(vendure, { url: 'https://shop.example/admin-api' }, true)).toEqual({})
  })

  it('takes https for a webhook, and plain http on this computer only', () => {
    const said = ['', 'https://a.example/x', 'http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:9/x'].map(webhookProblem)
    expect(said).toEqual([null, null, null, null, null])
    for (const wrong of ['a.example', 'http://a.example', 'http://127.0.0.1.a.example/', 'ftp://a.example', 'javascript:alert(1)'])
      expect([wrong, webhookProblem(wrong) === null]).toEqual([wrong, false])
  })
})
