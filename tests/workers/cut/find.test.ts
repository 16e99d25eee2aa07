import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { choose } from '../../../workers/cut/find/choose.ts'
import type { Moment } from '../../../workers/cut/find/moments.ts'
import type { Timeline } from '../../../workers/cut/find/ranges.ts'
import { find } from '../../../workers/cut/find.ts'
import { context, make, makeFolder, refusal } from './made.ts'

const second = 1_000_000
const good: Omit<Moment, 'timeUs'> = {
  steady: 0.9,
  sharp: 0.9,
  exposed: 0.9,
  lively: 0.6,
  speed: 0,
  trust: 1,
  unusable: null,
  agree: 1,
  look: null,
}

/** Ten moments and thirty frames a second; `at` bends single moments. */
function timeline(seconds: number, at: (time: number) => Partial<Moment> = () => ({}), cutsUs: number[] = []): Timeline {
  const moments = Array.from({ length: seconds * 10 }, (_, n) => ({ timeUs: n * 100_000, ...good, ...at(n / 10) }))
  return {
    moments,
    cutsUs,
    blends: [],
    frameTimesUs: Array.from({ length: seconds * 30 }, (_, n) => Math.round((n * second) / 30)),
    spans: [{ inUs: 0, outUs: seconds * second }],
    startUs: 0,
    endUs: seconds * second,
    sound: null,
    sightings: [],
  }
}

describe('choosing seconds', () => {
  test('keeps the best, inside one shot, in the length asked for, and names what is left', () => {
    const take = timeline(
      30,
      (time) => ({
        ...(time < 0.8 ? { steady: 0.05 } : {}),
        ...(time >= 8 && time < 10 ? { unusable: 'black picture' } : {}),
        ...(time >= 20 ? { steady: 0.05, sharp: 0.1, lively: 0 } : {}),
        ...(time >= 12 && time < 18 ? { lively: 1, steady: 1 } : {}),
      }),
      [11.5 * second],
    )
    const { chosen, left } = choose(take, { minUs: 3 * second, maxUs: 6 * second, most: 3 })
    expect(chosen.length).toBeGreaterThanOrEqual(2)
    expect(chosen[0]?.inUs).toBeGreaterThanOrEqual(11.5 * second)
    expect(chosen[0]?.outUs).toBeLessThanOrEqual(18.5 * second)
    for (const clip of chosen) {
      expect(clip.outUs - clip.inUs).toBeGreaterThanOrEqual(3 * second)
      expect(clip.outUs - clip.inUs).toBeLessThanOrEqual(6 * second)
      expect(clip.inUs < 11.5 * second && clip.outUs > 11.5 * second).toBe(false)
      expect(clip.inUs < 10 * second && clip.outUs > 8 * second).toBe(false)
      expect(clip.inUs).toBeGreaterThan(0.7 * second)
    }
    expect(chosen.map((clip) => clip.score)).toEqual(chosen.map((clip) => clip.score).toSorted((a, b) => b - a))
    const sorted = chosen.toSorted((a, b) => a.inUs - b.inUs)
    for (const [n, clip] of sorted.slice(1).entries()) expect(clip.inUs).toBeGreaterThanOrEqual(sorted[n]?.outUs ?? 0)
    expect(left.map(({ because }) => because)).toEqual(expect.arrayContaining(['black picture', 'the camera is still being raised']))
    // Nothing is dropped without a reason: clips and leftovers together cover the take.
    const covered = [...chosen, ...left].sort((a, b) => a.inUs - b.inUs)
    let until = 0
    for (const range of covered) {
      expect(range.inUs).toBeLessThanOrEqual(until + 34_000)
      until = Math.max(until, range.outUs)
    }
    expect(until).toBe(30 * second)
  })

  test('gives no clip rather than one shorter than asked', () => {
    const { chosen, left } = choose(timeline(4), { minUs: 5 * second, maxUs: 15 * second, most: 3 })
    expect(chosen).toEqual([])
    expect(left).toEqual([{ inUs: 0, outUs: 4 * second, because: 'only 4.0 s in one piece: shorter than the 5.0 s asked for' }])
  })

  test('gives no clip of a take that is shaky throughout, and says so', () => {
    const { chosen, left } = choose(
      timeline(9, () => ({ steady: 0.02, sharp: 0.2, exposed: 0.4, lively: 0.4 })),
      { minUs: 2 * second, maxUs: 5 * second, most: 3 },
    )
    expect(chosen).toEqual([])
    expect(left.map(({ because }) => because)).toContain('shaky')
  })
})

describe('finding clips in a real file', () => {
  let at: Awaited<ReturnType<typeof makeFolder>>
  beforeAll(async () => {
    at = await makeFolder()
  })
  afterAll(() => at[Symbol.asyncDispose]())

  test('leaves out black, blur and shake, and keeps the steady seconds', async () => {
    // 0–2 s black, 2–7 s steady and sharp, 7–12 s shaken hard and blurred.
    const path = await make(
      at.path('take.mp4'),
      ...['-f', 'lavfi', '-i', 'testsrc=s=720x400:r=25:d=0.04', '-f', 'lavfi', '-i', 'color=orange:s=60x60:r=25:d=12'],
      '-filter_complex',
      [
        "loop=-1:1,setpts=N/25/TB[still];[still][1]overlay=x='330+40*sin(2*t)':y=170:shortest=1",
        "crop=640:360:x='40+if(gt(t,7),38*sin(n*1.9),0)':y='20+if(gt(t,7),18*cos(n*2.3),0)'",
        "boxblur=8:enable='gt(t,7)'",
        "drawbox=enable='lt(t,2)':color=black:t=fill:w=iw:h=ih",
      ].join(','),
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'],
    )
    const found = await find({ path, minUs: 2 * second, maxUs: 4 * second, most: 1, modelsDir: null }, context())
    expect(found.clips).toHaveLength(1)
    const [clip] = found.clips
    expect(clip?.inUs).toBeGreaterThanOrEqual(2 * second)
    expect(clip?.outUs).toBeLessThanOrEqual(7.2 * second)
    expect(clip?.measures).toMatchObject({ steady: { because: 'held steady' }, sharp: { because: 'sharp' } })
    expect(found.info).toMatchObject({
      container: 'mp4',
      codec: 'h264',
      width: 640,
      height: 360,
      fps: 25,
      durationUs: 12 * second,
      audio: null,
    })
    expect(found.rejected.find(({ inUs }) => inUs === 0)?.because).toBe('black picture')
    expect(found.model).toMatch(/^clip-measures@\d+$/)
  })

  test('refuses lengths that make no sense', async () => {
    expect(await refusal(find({ path: at.path('take.mp4'), minUs: 5, maxUs: 1, most: 1, modelsDir: null }, context()))).toMatchObject({
      code: 'unsupported',
    })
  })
})
