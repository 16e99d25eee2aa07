import { describe, expect, it } from 'vitest'
import type { AssetView } from '../../../main/contract/views.ts'
import {
  countsOf,
  everything,
  type Facts,
  type Filter,
  lookReason,
  matches,
  noFacts,
  parseFilter,
  partsSet,
} from '../../../renderer/cull/filter.ts'
import { byTime, parseSort, sorts } from '../../../renderer/cull/order.ts'
import { buildRoom, patchRoom, show, stepFrame } from '../../../renderer/cull/room.ts'
import { fakeLibrary } from '../support/fake-data.ts'

const { assets: plain, stacks } = fakeLibrary(60)
/** Everything a filter can look at, spread over the frames. */
const assets = plain.map(
  (asset, index): AssetView => ({
    ...asset,
    rating: index % 7 === 6 ? null : index % 6,
    label: index % 5 === 0 ? 'red' : index % 5 === 1 ? 'blue' : null,
    decision: index % 4 === 0 ? 'pick' : index % 4 === 1 ? 'reject' : 'undecided',
    score: index % 9 === 8 ? null : (index * 13) % 101,
    addedAt: index < 30 ? '2026-05-03T18:00:00.000Z' : '2026-05-04T18:00:00.000Z',
  }),
)
const facts: Facts = {
  productOf: new Map(assets.slice(0, 20).map(({ id }, index) => [id, index % 2 === 0 ? 'mug' : 'bowl'])),
  productTitles: new Map([
    ['mug', 'Mug'],
    ['bowl', 'Bowl'],
  ]),
}
const room = buildRoom(assets, stacks)
const look = (filter: Partial<Filter>): AssetView[] => assets.filter((asset) => matches(asset, { ...everything, ...filter }, facts))

describe('the filter', () => {
  it.each<[string, Partial<Filter>, (asset: AssetView) => boolean]>([
    ['stars, at least', { rating: 3 }, ({ rating }) => rating !== null && rating >= 3],
    ['no stars', { rating: 0 }, ({ rating }) => rating === null || rating === 0],
    ['labels, any of', { labels: ['red', 'none'] }, ({ label }) => label === 'red' || label === null],
    ['product', { products: ['mug'] }, ({ id }) => facts.productOf.get(id) === 'mug'],
    ['no product', { products: ['none'] }, ({ id }) => !facts.productOf.has(id)],
    ['score, both ends in', { score: [13, 52] }, ({ score }) => score !== null && score >= 13 && score <= 52],
    [
      'several parts',
      { decision: 'pick', kind: 'photo', rating: 2 },
      ({ decision, kind, rating }) => decision === 'pick' && kind === 'photo' && (rating ?? 0) >= 2,
    ],
    ['day', { days: ['2026-05-03'] }, () => true],
    ['card', { offloads: ['another'] }, () => false],
  ])('lets through: %s', (_, filter, expected) => {
    const names = (of: AssetView[]): string[] => of.map(({ name }) => name)
    expect(names(look(filter))).toEqual(names(assets.filter(expected)))
  })

  it('says why a photo needs a look, and finds the same ones', () => {
    const [one] = assets
    if (one === undefined) throw new Error('expected an asset')
    expect([
      lookReason({ ...one, analysis: 'refused' }),
      lookReason({ ...one, because: 'clipped' }),
      lookReason({ ...one, confidence: 0.1 }),
      lookReason({ ...one, rank: 2, suggestion: 'maybe', decision: 'undecided' }),
      lookReason({ ...one, rank: 2, suggestion: 'maybe', decision: 'pick' }),
      lookReason({ ...one, rank: null, confidence: null }),
    ]).toEqual(['cannot be shown', 'clipped', 'hard to judge', 'close second', null, null])
    expect(look({ look: true }).every((asset) => lookReason(asset) !== null)).toBe(true)
  })

  it('counts what each choice would show: the count of a choice is what choosing it leaves', () => {
    const filter: Filter = { ...everything, rating: 2, labels: ['red', 'blue'] }
    for (const [key, count] of countsOf(assets, filter, facts, 'labels')) {
      const chosen = key === 'all' ? [] : [key as 'red']
      expect([key, count]).toEqual([key, assets.filter((asset) => matches(asset, { ...filter, labels: chosen }, facts)).length])
    }
    for (const [key, count] of countsOf(assets, filter, facts, 'rating')) {
      const rating = key === 'all' ? null : Number(key)
      expect([key, count]).toEqual([key, assets.filter((asset) => matches(asset, { ...filter, rating }, facts)).length])
    }
  })

  it('is remembered part by part, and forgets what makes no sense', () => {
    const filter: Filter = { ...everything, decision: 'pick', labels: ['red'], score: [10, 90], days: ['2026-05-03'], look: true }
    expect(parseFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter)
    expect(partsSet(filter)).toEqual(['decision', 'labels', 'days', 'score', 'look'])
    expect(parseFilter({ decision: 'maybe', labels: ['pink', 'red', 7], score: [90, 10], rating: 9, look: 'yes', days: 'all' })).toEqual({
      ...everything,
      labels: ['red'],
    })
    expect([parseFilter(null), parseSort({ by: 'luck' }), parseSort({ by: 'name', down: true })]).toEqual([
      everything,
      { by: 'time', down: false },
      { by: 'name', down: true },
    ])
  })
})

describe('the order', () => {
  const options = { filter: everything, facts, current: null, keep: new Set<never>(), opened: new Set<string>() }
  it.each(sorts.flatMap(({ by }) => [false, true].map((down) => ({ by, down }))))(
    'by $by (down: $down) shows every frame once, stacks together',
    (sort) => {
      const shown = show(room, { ...options, sort })
      expect(shown.frames.toSorted(byTime)).toEqual(assets)
      expect(shown.groups.flatMap(({ frames }) => frames)).toEqual(shown.frames)
    },
  )

  it('puts what is not known last, either way round', () => {
    for (const down of [false, true]) {
      const shown = show(room, { ...options, sort: { by: 'score', down }, opened: 'all' })
      const scores = shown.frames.map(({ score }) => score)
      const known = scores.slice(0, scores.indexOf(null))
      expect(scores.slice(known.length).every((score) => score === null)).toBe(true)
      expect(known).toEqual(known.toSorted((a, b) => (down ? (a ?? 0) - (b ?? 0) : (b ?? 0) - (a ?? 0))))
    }
  })

  it('leaves a photo whose stars change where it is until you leave it', () => {
    const sort = { by: 'rating', down: false } as const
    const before = show(room, { ...options, sort, opened: 'all' })
    const here = before.frames[20]
    if (here === undefined) throw new Error('expected a frame')
    const next = stepFrame(before, here.id, 1)
    const changed = assets.map((asset) => (asset.id === here.id ? { ...asset, rating: 5 } : asset))
    const rated = patchRoom(room, assets, changed)
    if (rated === null) throw new Error('expected a patched room')
    const staying = show(rated, { ...options, sort, opened: 'all', held: new Map([[here.id, here]]) })
    expect(staying.frames.map(({ id }) => id)).toEqual(before.frames.map(({ id }) => id))
    expect(staying.frames[20]?.rating).toBe(5)
    expect(stepFrame(staying, here.id, 1)).toBe(next)
    expect(show(rated, { ...options, sort, opened: 'all' }).frames.findIndex(({ id }) => id === here.id)).toBeLessThan(20)
  })
})

describe('a change', () => {
  it('makes only the groups anew that it touches, and what is built anew is the same', () => {
    const changed = assets.map((asset, index) => (index === 3 ? { ...asset, decision: 'pick' as const, rating: 5 } : asset))
    const patched = patchRoom(room, assets, changed)
    const built = buildRoom(changed, stacks)
    expect(patched).toEqual(built)
    expect(patched?.groups.filter((group, index) => group !== room.groups[index])).toHaveLength(1)
    expect(patchRoom(room, assets, changed.slice(1))).toBeNull()
    expect(
      patchRoom(
        room,
        assets,
        changed.map((asset, index) => (index === 9 ? { ...asset, capturedAt: null } : asset)),
      ),
    ).toBeNull()
    expect(patchRoom(room, assets, assets)).toBe(room)
    expect(matches(changed[3] as AssetView, { ...everything, rating: 5 }, noFacts)).toBe(true)
  })
})
