import { expect, test } from 'vitest'
import { proposeSet, type SetFrame } from '../../../main/core/domain/set.ts'

/** Unit vectors: `side` turns them, so that frames of one side are alike. */
const facing = (side: number, wobble = 0): Float32Array => {
  const angle = (side * Math.PI) / 4 + wobble
  return Float32Array.from([Math.cos(angle), Math.sin(angle)])
}
const frame = (id: string, change: Partial<SetFrame>): SetFrame => ({
  id,
  name: `${id}.JPG`,
  score: 60,
  stack: null,
  embedding: facing(0),
  fills: 0.3,
  person: false,
  role: null,
  ...change,
})

test('the hero is the best whole picture; then what adds something, one of each burst, and what is missing is said', () => {
  const frames = [
    frame('front-1', { score: 82, stack: 's1' }),
    frame('front-2', { score: 81, stack: 's1', embedding: facing(0, 0.02) }),
    frame('front-3', { score: 80, embedding: facing(0, 0.03) }),
    frame('side', { score: 64, embedding: facing(1) }),
    frame('close', { score: 90, fills: 0.8, embedding: facing(-1) }),
  ]
  const { set, rest, missing } = proposeSet(frames, 4)
  expect(set.map((one) => one.id)).toEqual(['front-1', 'close', 'side', 'front-3'])
  expect(set.map((one) => one.because)).toEqual([
    'the best picture of the whole product',
    'looks like: a close-up',
    'shows another side',
    'the best of what is left',
  ])
  expect(rest).toEqual(['front-2'])
  expect(missing).toEqual(['Nothing shows how large it is: add one in a hand or in use.'])
})

test('what a person said leads: the front is the hero, and a named role is not guessed again', () => {
  const frames = [
    frame('best', { score: 95, role: 'back', embedding: facing(2) }),
    frame('front', { score: 55, role: 'front' }),
    frame('hand', { score: 50, person: true, embedding: facing(1) }),
    frame('again', { score: 70, embedding: facing(0, 0.01) }),
  ]
  const { set, missing } = proposeSet(frames, 3)
  expect(set.map(({ id, role }) => [id, role])).toEqual([
    ['front', 'front'],
    ['best', 'back'],
    ['hand', 'in-use'],
  ])
  expect(missing).toEqual(['No close-up: add one of the material or the finish.'])
})

test('one side only, one picture only, nothing at all, and pictures nothing is known about', () => {
  const same = proposeSet([frame('a', {}), frame('b', { embedding: facing(0, 0.05) })], 5)
  expect(same.missing[0]).toMatch(/same side/)
  expect(proposeSet([frame('a', {})], 5).missing).toEqual(['There is one picture only: buyers look for the back, a close-up and its size.'])
  expect(proposeSet([], 5)).toEqual({ set: [], rest: [], missing: [] })
  const unknown = proposeSet(
    [frame('a', { score: null, embedding: null, fills: null }), frame('b', { score: null, embedding: null, fills: null })],
    1,
  )
  expect([unknown.set.map((one) => one.id), unknown.rest]).toEqual([['a'], ['b']])
})
