import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { score, temporary } from './pictures.ts'

type Spot = { x: number; y: number; w: number; h: number }

/** Vases drawn on a backdrop at known places. */
const shelf = (spots: readonly Spot[], backdrop = '#f4f4f2'): Promise<Buffer> => {
  const vase = ({ x, y, w, h }: Spot, i: number): string => {
    const [left, top, width, height] = [1600 * x, 1200 * y, 1600 * w, 1200 * h]
    const paint = ['#7a5238', '#2b5d8a', '#4d7a3a'][i % 3]
    const marks = Array.from(
      { length: 9 },
      (_, k) => `<rect x="${left}" y="${top + (height * (k + 1)) / 11}" width="${width}" height="${height / 30}" fill="#e8d9b0"/>`,
    ).join('')
    const body = `<ellipse cx="${left + width / 2}" cy="${top + height / 2}" rx="${width / 2}" ry="${height / 2}"`
    return `<clipPath id="c${i}">${body}/></clipPath>${body} fill="${paint}"/><g clip-path="url(#c${i})">${marks}</g>`
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200"><rect width="1600" height="1200" fill="${backdrop}"/>${spots.map(vase).join('')}</svg>`
  return sharp(Buffer.from(svg)).jpeg({ quality: 92 }).toBuffer()
}

const overlap = (a: Spot, b: Spot): number => {
  const w = Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x))
  const h = Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y))
  return (w * h) / (a.w * a.h + b.w * b.h - w * h)
}
const holds = (box: Spot | null, x: number, y: number): boolean =>
  box !== null && x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h

describe('the subject region', () => {
  test('a product is found where it stands, also far from the centre, on light and on dark', async () => {
    await using temp = await temporary()
    const places = [
      { x: 0.05, y: 0.4, w: 0.25, h: 0.5 },
      { x: 0.68, y: 0.08, w: 0.24, h: 0.45 },
      { x: 0.3, y: 0.2, w: 0.4, h: 0.65 },
    ]
    for (const [i, place] of places.entries()) {
      const { subject } = await score(await temp.put(`${i}.jpg`, await shelf([place], ['#f4f4f2', '#33363a', '#b9c4cc'][i])))
      expect([i, subject !== null && overlap(subject, place) > 0.5, subject]).toEqual([i, true, subject])
    }
  })

  test('a click takes what lies there, and the measures are taken there', async () => {
    await using temp = await temporary()
    const [left, right] = [
      { x: 0.08, y: 0.3, w: 0.24, h: 0.5 },
      { x: 0.66, y: 0.35, w: 0.24, h: 0.5 },
    ]
    const path = await temp.put('two.jpg', await shelf([left, right]))
    for (const [here, there] of [
      [left, right],
      [right, left],
    ] as const) {
      const middle = { x: here.x + here.w / 2, y: here.y + here.h / 2 }
      const { subject, measures } = await score(path, { subjectAt: middle })
      expect([holds(subject, middle.x, middle.y), holds(subject, there.x + there.w / 2, there.y + there.h / 2)]).toEqual([true, false])
      expect(holds(measures['focus']?.region ?? null, middle.x, middle.y)).toBe(true)
    }
    for (const corner of [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ]) {
      const { subject } = await score(path, { subjectAt: corner })
      expect(subject !== null && subject.w >= 0.04 && subject.h >= 0.04 && subject.x >= 0 && subject.x + subject.w <= 1.0001).toBe(true)
    }
  })

  test('nobody is there, so nothing is said about faces', async () => {
    await using temp = await temporary()
    const { measures } = await score(await temp.put('vase.jpg', await shelf([{ x: 0.3, y: 0.2, w: 0.4, h: 0.65 }])))
    expect([measures['faces'], measures['eyes']]).toEqual([undefined, undefined])
  })
})
