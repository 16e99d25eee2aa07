import { expect, it } from 'vitest'
import { extend, only, prune, targets, toggle } from '../../../renderer/cull/selection.ts'
import { fakeId } from '../support/fake-data.ts'

const ids = Array.from({ length: 6 }, (_, index) => fakeId(index, index))
const [a, b, c, d, e] = ids
if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined) throw new Error('expected five ids')

it('decides on the current frame alone until something is selected', () => {
  expect(targets(only(c))).toEqual([c])
  expect(targets(only(null))).toEqual([])
})

it('takes the current frame along on the first toggle, and lets each go again', () => {
  const two = toggle(only(a), c)
  const one = toggle(two, a)
  expect([targets(two), targets(one), one.current, toggle(only(a), a).chosen.size]).toEqual([[a, c], [c], a, 1])
})

it('extends from the anchor both ways and shrinks again', () => {
  const down = extend(only(b), ids, e)
  const up = extend(down, ids, a)
  const back = extend(up, ids, b)
  expect([targets(down), targets(up), targets(back)]).toEqual([[b, c, d, e], [a, b], [b]])
  expect(up).toMatchObject({ current: a, anchor: b })
})

it('starts anew when the anchor is not in view', () => {
  expect(extend(only(a), [b, c, d], c)).toEqual(only(c))
})

it('forgets frames that left the library', () => {
  expect(prune(extend(only(a), ids, d), (id) => id !== d && id !== a)).toEqual({ current: null, anchor: null, chosen: new Set([b, c]) })
})
