import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CoarseMoment, passedOver, shortlist } from '../../../workers/cut/find/coarse.ts'
import { upright } from '../../../workers/cut/find/subject.ts'
import { find } from '../../../workers/cut/find.ts'
import { context, make, makeFolder } from './made.ts'

const second = 1_000_000

describe('the shortlist', () => {
  const moments: CoarseMoment[] = Array.from({ length: 120 }, (_, at) => ({
    timeUs: at * second,
    untilUs: (at + 1) * second,
    sharp: 0.8,
    exposed: 0.8,
    lively: 0.4,
    wild: 0,
    unusable: at < 20 ? 'black picture' : null,
    worth: at < 20 ? -1 : at >= 50 && at < 60 ? 0.9 : at >= 90 && at < 100 ? 0.8 : 0.3,
  }))

  test('holds the most promising seconds, apart, inside the take; the rest is named', () => {
    const windows = shortlist(moments, 10 * second, 3, 0, 120 * second)
    expect(windows).toHaveLength(3)
    expect(windows[0]).toEqual({ inUs: 50 * second, outUs: 60 * second })
    expect(windows[1]).toEqual({ inUs: 90 * second, outUs: 100 * second })
    expect(windows[2]?.inUs).toBeGreaterThanOrEqual(20 * second)
    const passed = passedOver(moments, windows)
    expect(passed[0]).toEqual({ inUs: 0, outUs: 20 * second, because: 'black picture' })
    const all = [...windows, ...passed].sort((a, b) => a.inUs - b.inUs)
    for (const [at, one] of all.entries()) expect(one.inUs).toBe(at === 0 ? 0 : all[at - 1]?.outUs)
    expect(all.at(-1)?.outUs).toBe(120 * second)
  })
})

describe('a long take with frequent keyframes', () => {
  let at: Awaited<ReturnType<typeof makeFolder>>
  beforeAll(async () => {
    at = await makeFolder()
  })
  afterAll(() => at[Symbol.asyncDispose]())

  test('is looked at closely only where it promises; clips start and end on its own frames, in pauses of the sound', async () => {
    // Black but for 30–50 s, where something moves before a still picture; a tone that pauses for 0.4 s every 4 s.
    const path = await make(
      at.path('long.mp4'),
      ...['-f', 'lavfi', '-i', 'testsrc=s=320x180:r=25:d=0.04', '-f', 'lavfi', '-i', 'color=orange:s=40x40:r=25:d=80'],
      ...['-f', 'lavfi', '-i', "aevalsrc='0.3*sin(500*2*PI*t)*gt(mod(t,4),0.4)':s=16000:d=80"],
      '-filter_complex',
      "loop=-1:1,setpts=N/25/TB[still];[still][1]overlay=x='140+60*sin(2*t)':y=70:shortest=1,drawbox=enable='not(between(t,30,50))':color=black:t=fill:w=iw:h=ih[v]",
      ...['-map', '[v]', '-map', '2:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
    )
    const running = context()
    const found = await find({ path, minUs: 3 * second, maxUs: 5 * second, most: 1, modelsDir: null }, running)
    expect(found.clips).toHaveLength(1)
    const clip = found.clips[0]
    expect(clip?.inUs).toBeGreaterThanOrEqual(30 * second)
    expect(clip?.outUs).toBeLessThanOrEqual(50 * second)
    for (const us of [clip?.inUs ?? 1, clip?.outUs ?? 1]) expect(us % 40_000).toBe(0)
    const length = (clip?.outUs ?? 0) - (clip?.inUs ?? 0)
    expect(length).toBeGreaterThanOrEqual(3 * second)
    expect(length).toBeLessThanOrEqual(5 * second)
    const inPause = (us: number): boolean => (us / second) % 4 < 0.55 || (us / second) % 4 > 3.85
    expect([clip?.inUs ?? 2e6, clip?.outUs ?? 2e6].some(inPause)).toBe(true)
    expect(clip?.measures).toMatchObject({ ends: {}, sound: {}, steady: { because: 'held steady' } })
    expect(found.rejected[0]).toEqual({ inUs: 0, outUs: expect.any(Number), because: 'black picture' })
    expect(found.rejected.at(-1)).toMatchObject({ outUs: 80 * second, because: 'black picture' })
    expect(found.degraded).toEqual(['the product was not looked for: no models were given'])
    expect(running.shares.every((share) => share >= 0 && share <= 1)).toBe(true)
    const broken = await find({ path, minUs: 3 * second, maxUs: 5 * second, most: 1, modelsDir: at.path('none') }, context())
    expect(broken.degraded[0]).toMatch(/^the product was not looked for: .+/)
    expect(broken.clips).toEqual(found.clips)
  })
})

test('a picture is turned, mirrored and brought into its own shape before the models see it', () => {
  // Two pixels wide, one high: red, blue.
  const picture = { data: Uint8Array.of(255, 0, 0, 0, 0, 255), width: 2, height: 1 }
  const corners = (rotation: 0 | 90 | 180 | 270, mirrored: boolean): string => {
    const sideways = rotation === 90 || rotation === 270
    const { data, width, height } = upright(picture, { width: sideways ? 1 : 2, height: sideways ? 2 : 1, rotation, mirrored })
    const colour = (x: number, y: number): string => (data[3 * (y * width + x)] === 255 ? 'red' : 'blue')
    expect([width, height]).toEqual(sideways ? [160, 320] : [320, 160])
    return `${colour(0, 0)}-${colour(width - 1, height - 1)}`
  }
  expect([corners(0, false), corners(180, true), corners(90, false), corners(180, false), corners(270, false)]).toEqual([
    'red-blue',
    'blue-red',
    'red-blue',
    'blue-red',
    'blue-red',
  ])
})
