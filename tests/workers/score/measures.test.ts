import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { exposed, gaussian, moved, noisy, tinted } from '../../../models/train/degrade.ts'
import { readLight } from '../../../workers/score/light.ts'
import { compression, resolution } from '../../../workers/score/measures/frame.ts'
import { horizon, readLean } from '../../../workers/score/measures/horizon.ts'
import { colourCast, exposure } from '../../../workers/score/measures/light.ts'
import type { Box, Rgb } from '../../../workers/score/pixels.ts'
import { gridStep, lumaCrop } from '../../../workers/score/pixels.ts'
import { jpeg, scene, score, temporary } from './pictures.ts'

const whole: Box = { x: 0.25, y: 0.2, w: 0.5, h: 0.6 }

/** A lit thing with shading from dark to bright on a backdrop of one value; `gain` stands for more light. */
function shaded(backdrop: number, gain = 1): Rgb {
  const [width, height] = [480, 360]
  const data = new Uint8Array(3 * width * height).fill(backdrop)
  for (let y = 80; y < 280; y++) {
    for (let x = 140; x < 340; x++) {
      const value = Math.min(255, gain * (40 + 0.9 * (x - 140) + 20 * Math.sin(y / 9)))
      data.fill(Math.max(0, Math.round(value)), 3 * (y * width + x), 3 * (y * width + x) + 3)
    }
  }
  return { data, width, height }
}

async function rgbOf(svg: Buffer): Promise<Rgb> {
  const { data, info } = await sharp(svg).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

describe('exposure', () => {
  const value = (rgb: Rgb) => exposure(readLight(rgb, whole), whole, 0.5)

  test('more and less light both cost, step by step, on white as on grey', () => {
    for (const backdrop of [60, 255]) {
      for (const way of [-1, 1]) {
        // On white, a thing of grey tones melts into it at +3: what is left of it then looks well lit.
        const stops = backdrop === 255 && way === 1 ? [0, 0.5, 1, 2] : [0, 0.5, 1, 2, 3]
        const steps = stops.map((ev) => value(exposed(shaded(backdrop), way * ev)).value)
        const sorted = steps.toSorted((a, b) => b - a)
        expect([backdrop, way, steps]).toEqual([backdrop, way, sorted])
        expect((steps[0] ?? 0) - (steps.at(-1) ?? 1)).toBeGreaterThan(0.3)
      }
    }
  })

  test('the white around a thing is free, its blown surface is not, and the words say which', () => {
    expect(value(shaded(150)).value - value(shaded(255)).value).toBeLessThan(0.03)
    expect(value(shaded(255)).because).toBe('well lit on a clean white background')
    const blown = value(shaded(120, 2.4))
    expect([blown.value < 0.55, blown.because]).toEqual([true, expect.stringMatching(/highlights on the subject are blown out \(\d+ %\)/)])
    expect(value(exposed(shaded(120), -3)).because).toMatch(/much too dark/)
  })

  test('a sweep that falls off into grey, coloured paper and the paper of a drawing are no loss of light; haze is not darkness', () => {
    const grey = value(shaded(150)).value
    const sweep = painted(shaded(255), (_, y) => [255 - 75 * Math.max(0, y / 360 - 0.35), 0, 0])
    const paper = painted(shaded(255), () => [196, 22, 40])
    for (const backdrop of [sweep, paper]) expect(grey - value(backdrop).value).toBeLessThan(0.08)

    const ink: Rgb = { width: 480, height: 360, data: new Uint8Array(3 * 480 * 360).fill(255) }
    for (let y = 0; y < 360; y++)
      for (let x = 0; x < 480; x++) if (x % 60 < 6 || y % 60 < 6) ink.data.fill(0, 3 * (480 * y + x), 3 * (480 * y + x) + 3)
    expect(value(ink).because).toMatch(/well lit/)

    const veiled = shaded(120)
    for (let i = 0; i < veiled.data.length; i++) veiled.data[i] = 90 + 0.35 * (veiled.data[i] ?? 0)
    expect(value(veiled).because).toBe('pale and veiled: neither white nor black in it')
  })
})

/** The backdrop (what is white) painted anew: its red, and by how much green and blue lie above it. */
function painted(rgb: Rgb, paint: (x: number, y: number) => [number, number, number]): Rgb {
  const data = rgb.data.slice()
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== 255) continue
    const [red, green, blue] = paint((i / 3) % rgb.width, Math.floor(i / 3 / rgb.width))
    data.set([red, red + green, red + blue], i)
  }
  return { ...rgb, data }
}

describe('colour cast', () => {
  const found = (rgb: Rgb) => colourCast(readLight(rgb, whole))
  const lit = (rgb: Rgb, r: number, b: number) => tinted(rgb, [r, 1, b])

  test('a neutral backdrop tells a tint, its way and its size; paper of a strong colour tells nothing', () => {
    for (const backdrop of [150, 235]) {
      const [clean, warm, cool] = [shaded(backdrop), lit(shaded(backdrop), 1.18, 0.85), lit(shaded(backdrop), 0.72, 1.39)].map(found)
      expect([clean?.because, warm?.because, cool?.because]).toEqual([
        'neutral colours',
        'the backdrop leans towards orange',
        'the backdrop leans towards blue',
      ])
      expect((clean?.value ?? 0) > (warm?.value ?? 1) && (warm?.value ?? 0) > (cool?.value ?? 1)).toBe(true)
      expect(Math.min(clean?.confidence ?? 0, warm?.confidence ?? 0)).toBeGreaterThan(0.6)
    }
    const paper = found(painted(shaded(255), () => [150, 40, 105]))
    expect([paper.confidence < 0.15, paper.because]).toEqual([true, 'nothing neutral in the frame to judge colour by'])
  })
})

describe('horizon', () => {
  const lines = (degrees: number): Buffer =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 360" width="480" height="360"><rect width="480" height="360" fill="#777"/>` +
        `<g transform="rotate(${degrees} 240 180)"><rect x="-200" y="240" width="900" height="300" fill="#333"/>` +
        `<rect x="120" y="60" width="160" height="180" fill="#ddd"/><rect x="330" y="90" width="60" height="150" fill="#eee"/></g></svg>`,
    )
  const lean = async (degrees: number) => {
    const rgb = await rgbOf(lines(degrees))
    return readLean(lumaCrop(rgb, { x: 0, y: 0, width: rgb.width, height: rgb.height }))
  }

  test('long lines that agree give the lean to half a degree; no lines, no answer', async () => {
    for (const degrees of [-4, -1.5, 0, 2, 4.5]) {
      const found = await lean(degrees)
      expect([degrees, Math.abs((found.degrees ?? 99) - degrees) < 0.5]).toEqual([degrees, true])
    }
    expect(horizon(await lean(3))?.because).toMatch(/leans about (2\.[5-9]|3\.[0-4])° clockwise/)
    expect(horizon(await lean(0.2))?.value).toBe(1)
    expect(horizon(readLean({ data: new Uint8Array(480 * 360).fill(90), width: 480, height: 360 }))).toBeNull()
  })
})

describe('compression', () => {
  test('blocks of an earlier compression show in a file that was saved again well', async () => {
    const clean = await noisy(await rgbOf(scene({ backdrop: '#b9b4a6' })), 3, 'coarse', 3)
    const again = async (quality: number): Promise<number> => {
      const first = sharp(
        await sharp(clean.data, { raw: { width: clean.width, height: clean.height, channels: 3 } })
          .jpeg({ quality })
          .toBuffer(),
      )
      const { data, info } = await sharp(await first.jpeg({ quality: 95 }).toBuffer())
        .raw()
        .toBuffer({ resolveWithObject: true })
      return gridStep(lumaCrop({ data, width: info.width, height: info.height }, { x: 400, y: 200, width: 768, height: 768 }))
    }
    const [fine, worst] = [compression(null, await again(95)), compression(null, await again(15))]
    expect([fine, (worst?.value ?? 1) < 0.75]).toEqual([null, true])
    expect(worst?.because).toMatch(/blocks of a stronger compression/)
  })
})

describe('faults read from the pixels', () => {
  test('blur, movement and grain each lower their own measure, in step with how much there is', { timeout: 30_000 }, async () => {
    await using temp = await temporary()
    const drawn = await rgbOf(scene({ backdrop: '#b9b4a6' }))
    const clean = await noisy(await gaussian(drawn, 0.5), 1.2, 'white', 1)
    const of = async (name: string, rgb: Rgb) => {
      const bytes = await sharp(rgb.data, { raw: { width: rgb.width, height: rgb.height, channels: 3 } })
        .jpeg({ quality: 92 })
        .toBuffer()
      return (await score(await temp.put(name, bytes))).measures
    }
    const base = await of('clean.jpg', clean)
    const [soft, softer] = [await of('soft.jpg', await gaussian(clean, 1.6)), await of('softer.jpg', await gaussian(clean, 3.5))]
    const sideways = await of('moved.jpg', await moved(clean, 17, 0))
    const grain = await of('grain.jpg', await noisy(clean, 14, 'white', 5))
    const value = (measures: typeof base, name: string): number => measures[name]?.value ?? Number.NaN
    expect(value(base, 'focus') - value(soft, 'focus')).toBeGreaterThan(0.15)
    expect(value(soft, 'focus') - value(softer, 'focus')).toBeGreaterThan(0.1)
    expect(value(base, 'motion') - value(sideways, 'motion')).toBeGreaterThan(0.25)
    expect(sideways['motion']?.because).toMatch(/moved sideways, about \d+ px/)
    expect(value(base, 'noise') - value(grain, 'noise')).toBeGreaterThan(0.3)
    const fooled = await of('fooled.jpg', await noisy(await gaussian(clean, 3.5), 8, 'white', 9))
    expect(value(fooled, 'focus')).toBeLessThan(value(base, 'focus') - 0.2)
    expect(
      (await score(await temp.put('plain.jpg', await jpeg(scene())), { modelsDir: temp.dir })).measures['focus']?.value,
    ).toBeGreaterThan(0)
  })

  test('where nothing can be said about focus, the words say so and it counts for little; size is no reproach where it is enough', async () => {
    await using temp = await temporary()
    const look = async (name: string, svg: Buffer) => (await score(await temp.put(name, await jpeg(svg)))).measures['focus']
    const slope = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="900"><linearGradient id="g"><stop stop-color="#c8a090"/><stop offset="1" stop-color="#b49488"/></linearGradient><rect width="1200" height="900" fill="url(#g)"/></svg>`,
    )
    const [empty, tiny, soft] = [
      await look('slope.jpg', slope),
      await look('tiny.jpg', scene({ width: 120, height: 90 })),
      await look('full.jpg', scene()),
    ]
    expect([empty?.because, (empty?.confidence ?? 1) < 0.15]).toEqual(['nothing to focus on', true])
    expect([tiny?.because, (tiny?.confidence ?? 1) < 0.1]).toEqual(['too small to judge the focus: 120 px on the longest side', true])
    expect([soft?.because, (soft?.confidence ?? 0) > 0.5]).toEqual(['sharp on the subject', true])
    expect([2400, 1800, 640].map((side) => resolution(side, side / 2).because)).toEqual([
      'enough pixels for zoom',
      'enough pixels for a shop page',
      'only 640 px on the longest side',
    ])
  })
})
