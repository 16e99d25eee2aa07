import { describe, expect, test } from 'vitest'
import { rankSeries, type SeriesFrame } from '../../../main/core/domain/series.ts'
import { value } from './frames.ts'

const good = { focus: 0.95, detail: 0.55, exposure: 0.95, noise: 0.98, motion: 0.97, quality: 0.65 }
const frame = (id: string, change: Partial<typeof good>, place = 0): SeriesFrame => ({
  id,
  place,
  score: 60,
  measures: Object.fromEntries(Object.entries({ ...good, ...change }).map(([name, v]) => [name, value(v)])),
})

describe('rankSeries', () => {
  test('one great fault is not outweighed by many small leads: each kind of fault loses its series, and the words name the lead', () => {
    // Each faulty frame leads a little in everything that its fault leaves alone; grain even looks like detail.
    const lead = { focus: 0.97, detail: 0.6, exposure: 0.98, noise: 1, motion: 1, quality: 0.68 }
    const faulty = [
      frame('soft', { ...lead, focus: 0.4, detail: 0.35 }, 1),
      frame('moved', { ...lead, motion: 0.4, focus: 0.6, detail: 0.4 }, 2),
      frame('dark', { ...lead, exposure: 0.6 }, 3),
      frame('grainy', { ...lead, noise: 0.5, detail: 0.7 }, 4),
    ]
    for (const other of faulty) expect([other.id, rankSeries([other, frame('clean', {})]).order[0]?.id]).toEqual([other.id, 'clean'])
    expect(rankSeries([...faulty, frame('clean', {})]).order[0]?.id).toBe('clean')
    expect(rankSeries([faulty[0] ?? frame('', {}), frame('clean', {})]).why).toBe('the cover is best focused on the subject')
  })

  test('where nothing differs the better score decides, then the earlier frame; the order given never does', () => {
    const [a, b, c] = [frame('a', {}, 2), { ...frame('b', {}, 1), score: 61 }, frame('c', {}, 0)]
    for (const frames of [
      [a, b, c],
      [c, b, a],
      [b, a, c],
    ])
      expect(rankSeries(frames).order.map(({ id }) => id)).toEqual(['b', 'c', 'a'])
    expect(rankSeries([a, c]).why).toBe('nothing sets the frames apart')
  })
})
