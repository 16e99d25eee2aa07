import { expect, test } from 'vitest'
import { productId } from '../../../main/contract/ids.ts'
import type { ProductView } from '../../../main/contract/views.ts'
import { matching } from '../../../renderer/cull/choose-product.ts'

const product = (id: string, sku: string | null, title: string, day: number): ProductView => ({
  id: productId.parse(id),
  title,
  sku,
  description: '',
  price: null,
  stock: null,
  assets: [],
  roles: {},
  clips: [],
  updatedAt: `2026-05-${String(day).padStart(2, '0')}T10:00:00.000Z`,
  publications: [],
})

test('products are found by SKU and by any words of the title, the nearest first, the last one changed first', () => {
  const all = [
    product('p-1', 'CUP-7', 'Espresso cup, blue', 1),
    product('p-2', 'CUP-71', 'Mug', 3),
    product('p-3', null, 'Blue bowl', 2),
    product('p-4', 'BOWL-1', 'Cupboard sign', 4),
  ]
  const found = (typed: string): string[] => matching(all, typed).map(({ id }) => id)
  expect({
    nothing: found(' '),
    exact: found('cup-7'),
    start: found('cup'),
    words: found('blue cup'),
    none: found('vase'),
  }).toEqual({
    nothing: ['p-4', 'p-2', 'p-3', 'p-1'],
    exact: ['p-1', 'p-2'],
    start: ['p-2', 'p-1', 'p-4'],
    words: ['p-1'],
    none: [],
  })
})
