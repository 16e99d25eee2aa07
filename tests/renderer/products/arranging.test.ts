import { expect, test } from 'vitest'
import type { AssetId } from '../../../main/contract/ids.ts'
import { dropped, moved } from '../../../renderer/products/arranging.ts'

const ids = (...names: string[]): AssetId[] => names as AssetId[]

test('pictures move one by one and in groups; what is dropped nowhere stays', () => {
  expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd'])
  expect(moved(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b'], 7, 0)).toEqual(['a', 'b'])
  const order = ids('a', 'b', 'c', 'd')
  expect(dropped(order, new Set(['d', 'b']), 'a', 'before')).toEqual(['b', 'd', 'a', 'c'])
  expect(dropped(order, new Set(['a']), 'c', 'after')).toEqual(['b', 'c', 'a', 'd'])
  expect(dropped(order, new Set(['a']), 'a', 'after')).toEqual(order)
  expect(dropped(order, new Set(['a']), 'z', 'after')).toEqual(order)
})
