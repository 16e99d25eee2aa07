import { describe, expect, it } from 'vitest'
import { wantedAround } from '../../../renderer/cull/ahead.ts'
import {
  atOne,
  crown,
  nextOverlay,
  startCompare,
  startSurvey,
  stepChallenger,
  surveyColumns,
  withOverlay,
} from '../../../renderer/cull/looking.ts'
import { affordable } from '../../../renderer/cull/picture/pictures.ts'
import { fakeLibrary } from '../support/fake-data.ts'

const photos = fakeLibrary(40).assets.filter(({ kind, hasThumb }) => kind === 'photo' && hasThumb)
const id = (index: number) => {
  const found = photos[index]
  if (found === undefined) throw new Error(`expected a photo at ${index}`)
  return found.id
}
const none = new Set<ReturnType<typeof id>>()

describe('ways to look', () => {
  it('goes through the overlays one by one, and off', () => {
    let looking = atOne
    const seen = Array.from({ length: 6 }, () => {
      looking = nextOverlay(looking)
      return [...looking.overlays].join()
    })
    expect(seen).toEqual(['focus', 'clipping', 'crop', 'close', '', 'focus'])
    expect([...nextOverlay(withOverlay(looking, 'crop', true)).overlays]).toEqual([])
  })

  it('holds a champion against every other photo, and crowns the challenger', () => {
    const pair = startCompare(photos, id(3), none)
    if (pair === null) throw new Error('expected two photos')
    expect(pair).toEqual({ champion: id(3), challenger: id(4) })
    expect(startCompare(photos, id(0), new Set([id(5), id(2)]))).toEqual({ champion: id(2), challenger: id(5) })
    expect(startCompare(photos.slice(0, 1), id(0), none)).toBeNull()
    expect(startCompare(photos, id(photos.length - 1), none)?.challenger).toBe(id(photos.length - 2))
    // The champion is stepped over, and the ends hold.
    expect(stepChallenger(photos, { champion: id(3), challenger: id(4) }, -1)).toBe(id(2))
    expect(stepChallenger(photos, { champion: id(3), challenger: id(0) }, -1)).toBe(id(0))
    expect(crown(photos, pair)).toEqual({ champion: id(4), challenger: id(5) })
    expect(crown(photos, { champion: id(0), challenger: id(photos.length - 1) })).toEqual({
      champion: id(photos.length - 1),
      challenger: id(0),
    })
  })

  it('surveys what is chosen, else the stack, else the neighbours, nine at most', () => {
    const stack = photos.filter((photo) => photo.stack !== null && photo.stack === photos[2]?.stack).map((photo) => photo.id)
    expect(stack.length).toBeGreaterThan(1)
    expect(startSurvey(photos, id(2), none, stack)).toEqual(stack)
    expect(startSurvey(photos, id(2), new Set([id(7), id(1)]), stack)).toEqual([id(1), id(7)])
    const around = startSurvey(photos, id(20), none, [])
    expect([around.length, around.indexOf(id(20))]).toEqual([9, 4])
    expect(startSurvey(photos, id(0), none, [])[0]).toBe(id(0))
    expect([1, 2, 4, 9].map((count) => surveyColumns(count, { width: 1200, height: 700 }))).toEqual([1, 2, 2, 3])
  })
})

describe('what is decoded ahead', () => {
  const around = (patch: Partial<Parameters<typeof wantedAround>[0]>) =>
    wantedAround({
      frames: photos,
      at: 10,
      direction: 1,
      stage: { width: 1000, height: 600 },
      ratio: 1,
      isNear: false,
      isResting: false,
      ...patch,
    }).map(({ id: one, level }) => `${level} ${photos.findIndex((photo) => photo.id === one) - 10}`)

  it('is the photo first, then the way one goes; originals only for who rests or looks close', () => {
    expect(around({}).slice(0, 2)).toEqual(['thumb 0', 'fit 0'])
    const order = (list: string[]) => list.filter((one) => one.startsWith('fit')).map((one) => Number(one.slice(4)))
    expect(order(around({}))).toEqual([0, 1, 2, -1, 3, 4, -2])
    expect(order(around({ direction: -1 }))).toEqual([0, -1, -2, 1, -3, -4, 2])
    expect(around({}).filter((one) => one.startsWith('full'))).toEqual([])
    expect(around({ isResting: true }).filter((one) => one.startsWith('full'))).toEqual(['full 0'])
    expect(around({ isNear: true }).filter((one) => one.startsWith('full'))).toEqual(['full 0', 'full 1'])
    const huge = photos.map((photo) => ({ ...photo, width: 9500, height: 6300 }))
    expect(around({ frames: huge, isNear: true }).filter((one) => one.startsWith('full'))).toEqual(['full 0'])
  })

  it('is no more than there is room for, but always what is on screen and the most urgent of its kind', () => {
    const one = (n: number, level: 'fit' | 'full', bytes: number) => ({ id: id(n), level, size: null, bytes })
    const list = [one(0, 'full', 90), one(1, 'full', 90), one(2, 'full', 0), one(0, 'fit', 60), one(1, 'fit', 60), one(2, 'fit', 30)]
    const fits = affordable(list, { full: 100, rest: 100 })
    expect(fits.map(({ level, bytes }) => [level, bytes])).toEqual([
      ['full', 90],
      ['full', 0],
      ['fit', 60],
      ['fit', 30],
    ])
    expect(affordable([one(0, 'full', 900)], { full: 100, rest: 100 })).toHaveLength(1)
  })
})
