import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { clutter, readAround } from '../../../workers/score/measures/clutter.ts'
import { findHand } from '../../../workers/score/measures/hand.ts'
import { cellMap, grid } from '../../../workers/score/subject.ts'

const box = { x: 0.35, y: 0.25, w: 0.3, h: 0.55 }
const subject = { box, confidence: 0.9 }

/** A dark vase in the middle of 480 × 360, with `more` drawn around it. */
async function frame(backdrop: string, more = ''): Promise<ReturnType<typeof cellMap>> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="360"><defs><linearGradient id="l" x2=".4" y2="1"><stop stop-color="${backdrop}"/>` +
    `<stop offset="1" stop-color="${backdrop}" stop-opacity=".86"/></linearGradient></defs><rect width="480" height="360" fill="#bbb"/>` +
    `<rect width="480" height="360" fill="url(#l)"/><ellipse cx="250" cy="285" rx="90" ry="14" fill="#000" opacity=".25"/>` +
    `<ellipse cx="240" cy="190" rx="60" ry="95" fill="#314a5c"/>${more}</svg>`
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return cellMap({ data, width: info.width, height: info.height })
}

describe('clutter', () => {
  const said = async (backdrop: string, more?: string) => clutter(readAround(await frame(backdrop, more), subject), null, subject)

  test('a thing on a sweep of any colour loses nothing, shadow and table edge included', async () => {
    const table = '<rect y="230" width="480" height="130" fill="#8a8278"/><ellipse cx="240" cy="190" rx="60" ry="95" fill="#314a5c"/>'
    const all = [await said('#ffffff'), await said('#c66b45'), await said('#f6d6be'), await said('#333a3f'), await said('#e8e6e2', table)]
    expect(all.map(({ value, because }) => [value >= 0.8, because])).toEqual(all.map(() => [true, 'nothing beside the subject']))
  })

  test('things at the edge and a busy backdrop each lower it, say what it is, and show where', async () => {
    const cup = await said(
      '#ffffff',
      '<rect x="380" y="0" width="100" height="80" fill="#284"/><rect x="0" y="300" width="70" height="60" fill="#a33"/>',
    )
    expect(cup).toMatchObject({ because: 'something else is in the frame at the edge', region: { y: 0 } })
    expect([cup.value < 0.6, (cup.region?.x ?? 0) > 0.75, (cup.region?.h ?? 1) < 0.3]).toEqual([true, true, true])
    const shelf = Array.from(
      { length: 900 },
      (_, i) =>
        `<rect x="${(i * 97) % 473}" y="${(i * 53) % 351}" width="14" height="17" fill="hsl(${(i * 47) % 360} 60% ${20 + ((i * 31) % 60)}%)"/>`,
    ).join('')
    const busy = await said('#ffffff', `${shelf}<ellipse cx="240" cy="190" rx="60" ry="95" fill="#314a5c"/>`)
    // Busy all around: a box around the whole frame would show nothing.
    expect([busy.because, busy.value < 0.5, busy.region]).toEqual(['the backdrop is busy', true, null])
    // The less clear it is what the subject is, the less it counts.
    const unsure = clutter(readAround(await frame('#fff', shelf), { box, confidence: 0.1 }), null, { box, confidence: 0.1 })
    expect(unsure.confidence).toBeLessThan(busy.confidence / 2)
  })

  test('skin that reaches in from the border is a hand; a speck, a wall and the product itself are not', () => {
    const heat = (isSkin: (x: number, y: number) => boolean, p = 0.99): Float32Array =>
      Float32Array.from({ length: grid * grid }, (_, i) => (isSkin(i % grid, Math.floor(i / grid)) ? p : 0.01))
    const hand = findHand(heat((x, y) => x < 9 && y > 10 && y < 16))
    expect(hand).toMatchObject({ box: { x: 0, y: 11 / grid, w: 9 / grid, h: 5 / grid } })
    expect(hand?.sure).toBeGreaterThan(0.95)
    expect([
      findHand(heat((x, y) => x > 10 && x < 18 && y > 10 && y < 18)),
      findHand(heat((x, y) => x < 2 && y < 2)),
      findHand(heat(() => true)),
      findHand(heat((x) => x < 6, 0.2)),
    ]).toEqual([null, null, null, null])
    const around = { free: 0.8, busy: 0, stray: null, restless: null }
    const sure = clutter(around, hand, subject)
    expect([sure.because, sure.value < 0.3, sure.region]).toEqual(['a hand is in the frame', true, hand?.box])
    const perhaps = clutter(around, { sure: 0.2, box }, subject)
    expect([perhaps.because, perhaps.value]).toEqual(['nothing beside the subject', 1])
    const hint = clutter(around, { sure: 0.6, box }, subject)
    expect([hint.because, hint.value > 0.7, hint.confidence < 0.5]).toEqual(['skin colours at the edge: perhaps a hand', true, true])
  })
})
