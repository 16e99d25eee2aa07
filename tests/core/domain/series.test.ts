import { describe, expect, test } from 'vitest'
import { rankSeries, type SeriesFrame } from '../../../main/core/domain/series.ts'
import { value } from './frames.ts'
import { drawn } from './pictures.ts'

const good = { focus: 0.95, detail: 0.55, exposure: 0.95, noise: 0.98, motion: 0.97, quality: 0.65 }
const frame = (id: string, change: Partial<typeof good>, place = 0): SeriesFrame => ({
  id,
  place,
  score: 60,
  sketch: null,
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

  test('neither grain nor more light counts as sharpness, and the frame that is lit or coloured unlike the rest loses', () => {
    const grainy = frame('grainy', { detail: 0.9, noise: 0.75 }, 1)
    expect(rankSeries([grainy, frame('clean', {})]).order.map(({ id }) => id)).toEqual(['clean', 'grainy'])
    const seen = (id: string, light: number, warm: number, change: Partial<typeof good> = {}): SeriesFrame => ({
      ...frame(id, change),
      sketch: drawn((x) => [light + warm + 20 * x, light + 20 * x, light - warm + 20 * x]),
    })
    // A scene dim as it was meant to be: the brighter frame measures better by itself, the others say that it is the odd one.
    const dim = [seen('a', 60, 0), seen('b', 61, 0), seen('c', 59, 0)]
    const ranked = rankSeries([seen('odd', 100, 0, { exposure: 1, detail: 0.6 }), ...dim])
    expect([ranked.order.at(-1)?.id, ranked.order.length]).toEqual(['odd', 4])
    expect(rankSeries([seen('odd', 60, 25, { detail: 0.57 }), ...dim]).order.at(-1)?.id).toBe('odd')
    // Two frames that differ say nothing about which was meant: the measures decide.
    expect(rankSeries([seen('bright', 100, 0, { exposure: 1 }), seen('dim', 60, 0, { exposure: 0.8 })]).order[0]?.id).toBe('bright')
  })

  test('eyes are compared as shares of the widest in the series: a narrow eye is no fault, a closed one is', () => {
    const eyed = (id: string, open: number, change: Partial<typeof good> = {}): SeriesFrame => {
      const one = frame(id, change)
      return { ...one, measures: { ...one.measures, eyes: value(open, 0.4) } }
    }
    expect(rankSeries([eyed('shut', 0.3, { quality: 0.7, detail: 0.58 }), eyed('open', 0.6)]).order[0]?.id).toBe('open')
    expect(rankSeries([eyed('narrow', 0.42, { detail: 0.62 }), eyed('wide', 0.45)]).order[0]?.id).toBe('narrow')
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

  test('a difference that nobody could see orders the frames and is not given as a reason', () => {
    const copies = [frame('a', { detail: 0.551 }), frame('b', { detail: 0.55 }, 1), frame('c', { detail: 0.549 }, 2)]
    expect(rankSeries(copies)).toMatchObject({ why: 'nothing sets the frames apart' })
    expect(rankSeries(copies).order.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    const two = [frame('a', { focus: 0.94 }), frame('b', { focus: 0.93 }, 1), frame('c', { focus: 0.4 }, 2), frame('d', { focus: 0.3 }, 3)]
    expect(rankSeries(two).why).toBe('the cover is as good as the next one, and better than the rest')
  })

  test('a hand in the frame loses against the same without it, and is no worse than being out of focus', () => {
    const seen = (id: string, clear: number, change: Partial<typeof good> = {}): SeriesFrame => {
      const one = frame(id, change)
      return { ...one, measures: { ...one.measures, clutter: value(clear, 0.85) } }
    }
    const handed = seen('hand', 0.12, { detail: 0.58, quality: 0.67 })
    expect(rankSeries([handed, seen('alone', 1)])).toMatchObject({
      order: [{ id: 'alone' }, { id: 'hand' }],
      why: 'the cover is free of hands and other things',
    })
    expect(rankSeries([handed, seen('soft', 1, { focus: 0.4, detail: 0.35 })]).order[0]?.id).toBe('hand')
  })
})
