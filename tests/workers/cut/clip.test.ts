import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measureLoudness } from '../../../workers/cut/clip/loudness.ts'
import { clip } from '../../../workers/cut/clip.ts'
import { readMp4 } from '../../../workers/cut/container/boxes.ts'
import { needFfmpeg } from '../../../workers/cut/ffmpeg/tools.ts'
import { context, make, makeFolder, numbered, numberOf, readFrames, readOnsets, refusal, wanted } from './made.ts'

type Folder = Awaited<ReturnType<typeof makeFolder>>
let at: Folder
const sources = { steady: '', varying: '', rolled: '', flashes: '', speechless: '' }

beforeAll(async () => {
  at = await makeFolder()
  const x264 = ['-c:v', 'libx264', '-qp', '8', '-bf', '2', '-g', '40', '-pix_fmt', 'yuv420p']
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=500:sample_rate=44100:duration=8']
  sources.steady = await make(at.path('-steady take.mp4'), '-f', 'lavfi', '-i', numbered(240, 30), ...tone, ...x264, '-c:a', 'aac')
  sources.varying = await make(
    at.path('varying.mp4'),
    ...[
      '-f',
      'lavfi',
      '-i',
      numbered(240, 30),
      '-vf',
      "select='not(eq(mod(n\\,7)\\,3))*not(eq(mod(n\\,11)\\,5))'",
      '-vsync',
      'vfr',
      ...x264,
    ],
  )
  sources.rolled = await make(at.path('rolled.mp4'), '-i', `file:${sources.steady}`, '-c', 'copy', '-metadata:s:v', 'rotate=90')
  sources.flashes = await make(
    at.path('flashes.mov'),
    ...['-f', 'lavfi', '-i', "color=black:s=64x36:r=30:d=6,geq=lum='if(lt(mod(T\\,1)\\,0.0333)\\,235\\,16)':cb=128:cr=128"],
    ...['-f', 'lavfi', '-i', "aevalsrc='if(lt(mod(t\\,1)\\,0.02)\\,0.5*sin(2*PI*1000*t)\\,0)':s=48000:d=6", ...x264, '-c:a', 'pcm_s16le'],
  )
  sources.speechless = await make(at.path('speechless.mp4'), '-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=25:d=6', ...x264)
}, 120_000)
afterAll(() => at[Symbol.asyncDispose]())

const ask = (
  path: string,
  inUs: number,
  outUs: number,
  name: string,
  channel: 'plain' | 'instagram-reels' | 'facebook-reels' | 'etsy' = 'plain',
) => clip(wanted({ path, inUs, outUs, channel, outPath: at.path(name), posterPath: at.path(`${name}.jpg`) }), context())

describe('a clip', () => {
  test.each([
    { take: 'steady' as const, inFrame: 37, outFrame: 187 },
    { take: 'steady' as const, inFrame: 0, outFrame: 60 },
    { take: 'steady' as const, inFrame: 180, outFrame: 240 },
    { take: 'rolled' as const, inFrame: 41, outFrame: 101 },
  ])('of a $take take has exactly the frames $inFrame to $outFrame', async ({ take, inFrame, outFrame }) => {
    const made = await ask(sources[take], Math.round((inFrame / 30) * 1e6), Math.round((outFrame / 30) * 1e6), `${take}-${inFrame}.mp4`)
    const frames = await readFrames(made.path)
    expect(frames.map((frame) => numberOf(frame.brightness))).toEqual(
      Array.from({ length: outFrame - inFrame }, (_, n) => (inFrame + n) % 50),
    )
    expect(frames[0]?.seconds).toBe(0)
    expect(made).toMatchObject({
      durationUs: Math.round(((outFrame - inFrame) / 30) * 1e6),
      bytes: (await stat(made.path)).size,
      sha256: createHash('sha256')
        .update(await readFile(made.path))
        .digest('hex'),
      ...(take === 'rolled' ? { width: 36, height: 64 } : { width: 64, height: 36 }),
    })
    expect((await readFile(at.path(`${take}-${inFrame}.mp4.jpg`))).subarray(0, 3).toString('hex')).toBe('ffd8ff')
  })

  test('of a take with a varying rate shows, at each moment, the frame of that moment', async () => {
    const made = await ask(sources.varying, 1_000_000, 5_000_000, 'varying-clip.mp4')
    const wrong = (await readFrames(made.path)).filter(({ brightness, seconds }) => {
      const due = (1 + seconds) * 30
      // The frame due, or the last one kept before it: at most two in a row are missing.
      return ![0, 1, 2].some((back) => numberOf(brightness) === Math.round(due - back) % 50)
    })
    expect(wrong).toEqual([])
    expect(made.durationUs).toBe(4_000_000)
  })

  test('keeps sound and picture together, without an edit list', async () => {
    const made = await ask(sources.flashes, 500_000, 4_500_000, 'sync.mp4')
    const flashes = (await readFrames(made.path)).filter(({ brightness }) => brightness > 120).map(({ seconds }) => seconds)
    const clicks = await readOnsets(made.path)
    expect(flashes).toEqual([0.5, 1.5, 2.5, 3.5])
    expect(clicks).toHaveLength(4)
    for (const [n, click] of clicks.entries()) expect(Math.abs(click - (flashes[n] ?? 0))).toBeLessThan(0.01)
    const report = await readMp4(made.path)
    expect(report).toMatchObject({ indexInFront: true, fragmented: false })
    expect(report.tracks.map(({ kind, editLists, codec }) => ({ kind, editLists, codec }))).toEqual([
      { kind: 'video', editLists: 0, codec: 'avc1' },
      { kind: 'audio', editLists: 0, codec: 'mp4a' },
    ])
    const [video, audio] = report.tracks
    expect(Math.abs((video?.seconds ?? 0) - (audio?.seconds ?? 0))).toBeLessThan(0.03)
  })

  test('for a channel has its frame, its sound and its loudness', async () => {
    const made = await ask(sources.steady, 1_000_000, 5_000_000, 'reel.mp4', 'instagram-reels')
    const ffmpeg = await needFfmpeg()
    const after = await measureLoudness(ffmpeg, {
      input: ['-i', `file:${made.path}`],
      map: '0:a',
      filters: [],
      bytes: made.bytes,
      signal: new AbortController().signal,
    })
    expect(made).toMatchObject({ width: 1080, height: 1920, durationUs: 4_000_000 })
    expect(Math.abs((after?.integrated ?? 0) + 14)).toBeLessThan(0.7)
    expect(after?.truePeak).toBeLessThanOrEqual(-1)
    const video = (await readMp4(made.path)).tracks.find((track) => track.kind === 'video')
    expect(video).toMatchObject({ profile: 100, differentSteps: 1, framesPerSecond: 30 })
    expect(video?.keyframeSeconds).toBeCloseTo(2, 3)
  })

  test('of a silent take gets silence where sound is required, and none where it is removed', async () => {
    const facebook = await readMp4((await ask(sources.speechless, 0, 3_000_000, 'fb.mp4', 'facebook-reels')).path)
    const etsy = await readMp4((await ask(sources.speechless, 0, 5_000_000, 'etsy.mp4', 'etsy')).path)
    expect(facebook.tracks.map((track) => track.kind)).toEqual(['video', 'audio'])
    expect(etsy.tracks.map((track) => track.kind)).toEqual(['video'])
  })
})

describe('a clip that cannot be', () => {
  test('is refused by the name of the rule, and leaves nothing behind', async () => {
    const before = await readdir(at.folder)
    expect(await refusal(ask(sources.steady, 0, 2_000_000, 'short.mp4', 'instagram-reels'))).toEqual({
      code: 'unsupported',
      message: 'not fit for instagram-reels: length: expected 3 to 900 s, came 2 s (choose a longer or shorter part of the take)',
    })
    expect(await refusal(ask(sources.steady, 7_000_000, 9_000_000, 'beyond.mp4'))).toMatchObject({ code: 'unsupported' })
    expect((await refusal(ask(sources.steady, 0, 6_000_000, 'small.mp4', 'etsy'))).message).toContain(
      'width: expected at least 500 pixels, came 64 pixels',
    )
    expect(await readdir(at.folder)).toEqual(before)
  })

  test('stops when it is cancelled, and leaves nothing behind', async () => {
    const stop = new AbortController()
    const running = context(stop.signal)
    const before = await readdir(at.folder)
    const input = {
      path: sources.speechless,
      inUs: 0,
      outUs: 6_000_000,
      channel: 'instagram-reels' as const,
      outPath: at.path('never.mp4'),
      posterPath: null,
    }
    const ended = clip(wanted(input), { ...running, progress: () => stop.abort(new Error('stopped by the user')) })
    await expect(ended).rejects.toThrow('stopped by the user')
    expect(await readdir(at.folder)).toEqual(before)
  })
})
