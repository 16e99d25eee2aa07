import { expect, test } from 'vitest'
import { foldersToList, layoutOf } from '../../../main/core/domain/card-layout.ts'

test('a volume is a card when a camera made its folders, not when a person did', () => {
  const cases: [string, Record<string, string[]>, boolean, boolean][] = [
    ['an ordinary card', { DCIM: [], MISC: [] }, true, false],
    ['FAT gives names in lower case', { dcim: [] }, true, false],
    ['Sony films', { PRIVATE: ['M4ROOT', 'SONY'] }, true, false],
    ['AVCHD', { PRIVATE: ['AVCHD'] }, true, false],
    ['AVCHD at the top', { AVCHD: ['BDMV'] }, true, false],
    ['Sony’s older films', { MP_ROOT: [] }, true, false],
    ['Samsung films', { VIDEO: ['100VIDEO'] }, true, false],
    ['two slots', { 'SLOT 1': ['DCIM'], 'SLOT 2': ['DCIM', 'MISC'] }, true, true],
    ['two stores of a phone', { store_00010001: ['DCIM'], store_00020001: ['DCIM'] }, true, true],
    ['one slot used', { 'SLOT 1': ['DCIM'], 'SLOT 2': [] }, true, false],
    ['a slot beside its own', { DCIM: [], 'SLOT 2': ['DCIM'] }, true, true],
    ['someone’s films', { Video: ['Holiday 2024'], Music: [] }, false, false],
    ['someone’s letters', { private: ['letters'] }, false, false],
    ['a backup', { backup: ['DCIM'], photos: [] }, false, false],
    ['nothing', {}, false, false],
    ['hostile names', { constructor: ['DCIM'], __proto__x: [] }, false, false],
  ]
  for (const [name, tree, isCard, twoSlots] of cases)
    expect([name, layoutOf(Object.keys(tree), tree)]).toEqual([name, { isCard, twoSlots }])
  expect(layoutOf(['DCIM', 'PRIVATE'], {})).toEqual({ isCard: true, twoSlots: false })
})

test('an ordinary card costs one listing, others a few more', () => {
  expect(foldersToList(['DCIM', 'MISC', 'PRIVATE', 'video'])).toEqual([])
  expect(foldersToList(['private', 'Video', 'SLOT 1', 'photos', 'constructor'])).toEqual(['private', 'Video', 'SLOT 1'])
})
