import { expect, test } from 'vitest'
import type { ConflictView } from '../../../main/contract/views.ts'
import { pictureWords, wordRows } from '../../../renderer/shops/conflict-words.ts'

const view = (part: Partial<ConflictView>): ConflictView => ({
  differences: [],
  words: true,
  ours: { title: 'Bowl', price: { minor: 4800, currency: 'EUR' }, stock: null, pictures: [] },
  theirs: { title: 'Bowl', price: { minor: 4800, currency: 'EUR' }, stock: 3, visible: true, pictures: [] },
  ...part,
})

test('only words that differ and were said here are shown; where the words are the seller\u2019s own, none', () => {
  const theirs = { title: 'Bowl (last one)', price: null, stock: 1, visible: false, pictures: [] }
  expect(wordRows(view({}))).toEqual([])
  expect(wordRows(view({ theirs }))).toEqual([
    { what: 'Title', here: 'Bowl', there: 'Bowl (last one)' },
    { what: 'Price', here: expect.stringContaining('48.00'), there: 'not said' },
  ])
  expect(wordRows(view({ theirs, words: false }))).toEqual([])
  expect(wordRows(view({ theirs: null }))).toEqual([])
  expect([
    pictureWords({ kind: 'clip', is: 'added', assetId: null, token: null }, 2),
    pictureWords({ kind: 'image', is: 'same', assetId: null, token: null }, 0),
  ]).toEqual(['Clip 3, added there', 'Picture 1'])
})
