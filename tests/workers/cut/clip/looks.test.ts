import { readFile, writeFile } from 'node:fs/promises'
import { execa } from 'execa'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { modelsDir } from '../../../../models/load.ts'
import { safeArea } from '../../../../workers/cut/clip/burn/overlay.ts'
import { qrCode } from '../../../../workers/cut/clip/burn/qr.ts'
import { needFfmpeg } from '../../../../workers/cut/ffmpeg/tools.ts'
import { preview } from '../../../../workers/cut/preview.ts'
import { context, make, makeFolder, readFrames, refusal } from '../made.ts'
import { ask, darkTake, halvesTake, hdrTake, movingTake, pixels, shakyTake, without } from './takes.ts'

let at: Awaited<ReturnType<typeof makeFolder>>
const sources = { moving: '', dark: '', shaky: '', halves: '', pq: '', hlg: '' }
beforeAll(async () => {
  at = await makeFolder()
  sources.moving = await movingTake(at)
  sources.dark = await darkTake(at)
  sources.shaky = await shakyTake(at)
  sources.halves = await halvesTake(at)
  sources.pq = await hdrTake(at, 'pq')
  sources.hlg = await hdrTake(at, 'hlg')
}, 120_000)
afterAll(() => at[Symbol.asyncDispose]())
afterEach(() => vi.unstubAllEnvs())

describe('reframing', () => {
  test('follows the product: it is inside on every picture, and the camera holds, eases and holds', async () => {
    const made = await ask({
      path: sources.moving,
      outPath: at.path('follow.mp4'),
      channel: 'tiktok',
      outUs: 6_000_000,
      modelsDir,
      posterPath: at.path('follow.jpg'),
    })
    expect(made).toMatchObject({ crop: 'follow', width: 1080, height: 1920, durationUs: 6_000_000, notes: [] })
    const shown = await pixels(made.path, 54, 96)
    const middles = Array.from({ length: shown.frames }, (_, n) => {
      const columns = Array.from({ length: 54 }, (_c, x) => x).filter((x) => {
        const [red = 0, green = 0, blue = 0] = shown.at(n, x, 50)
        return Math.abs(red - 176) + Math.abs(green - 168) + Math.abs(blue - 144) > 70
      })
      expect(columns.length).toBeGreaterThan(12)
      return ((columns[0] ?? 0) + (columns.at(-1) ?? 0) + 1) / 2 / 54
    })
    expect(Math.min(...middles)).toBeGreaterThan(0.2)
    expect(Math.max(...middles)).toBeLessThan(0.8)
    // The cover is not the first picture.
    expect(made.cover.atUs).toBeGreaterThan(0)
    expect((await sharp(at.path('follow.jpg')).metadata()).height).toBe(1920)
  }, 120_000)

  test('without models keeps to the middle and says so; asked to, pads; asked for a shape, makes it', async () => {
    const path = sources.moving
    const middle = await ask({ path, outPath: at.path('middle.mp4'), aspect: '1:1', outUs: 1_000_000 })
    expect(middle).toMatchObject({
      crop: 'stable',
      width: 1080,
      height: 1080,
      notes: ['no models were given: the product is not looked for'],
    })
    const padded = await ask({ path, outPath: at.path('padded.mp4'), aspect: '1:1', reframe: 'pad', outUs: 1_000_000 })
    expect(padded).toMatchObject({ crop: 'pad', because: 'the whole picture, as asked', notes: [] })
    const shown = await pixels(padded.path, 54, 54)
    // The whole picture lies between 22 % and 78 %; above and below it is darker, and never black.
    const light = (y: number): number => (shown.at(10, 40, y)[0] ?? 0) / 176
    expect(light(27)).toBeGreaterThan(0.95)
    for (const y of [3, 50]) expect(light(y)).toSatisfy((value: number) => value > 0.5 && value < 0.85)
    await without(at, 'overlay')
    const cut = await ask({
      path,
      outPath: at.path('cut.mp4'),
      aspect: '1:1',
      reframe: 'pad',
      outUs: 1_000_000,
      overlay: { title: 'x', price: null, qr: null },
    })
    expect(cut).toMatchObject({
      crop: 'stable',
      notes: [
        'no overlay or split in this ffmpeg: cut instead of padded',
        'no overlay in this ffmpeg: no title, price, code or captions on the clip',
      ],
    })
  }, 120_000)
})

describe('burned in', () => {
  test('a code that can be read, title and price in the safe area, captions on their pictures', async () => {
    const captions = at.path('captions.srt')
    await writeFile(captions, '1\n00:00:01,500 --> 00:00:02,500\n<b>Kaltgepresst</b>\n\n2\n00:00:30,000 --> 00:00:31,000\nnever\n')
    const qr = 'https://shop.example/p/nora?x=1'
    const overlay = { title: 'Nora & <Söhne>', price: '€ 12,90', qr }
    const made = await ask({
      path: sources.dark,
      outPath: at.path('burned.mp4'),
      inUs: 1_000_000,
      outUs: 4_000_000,
      aspect: '9:16',
      overlay,
      captions,
    })
    expect(made).toMatchObject({ notes: ['no models were given: the product is not looked for'], durationUs: 3_000_000 })
    const safe = safeArea({ width: 1080, height: 1920 })
    const code = qrCode(qr) ?? []
    const scale = Math.round(264 / (code.length + 8))
    const [left, top] = [Math.round(safe.right * 1080) - (code.length + 4) * scale, Math.round(safe.top * 1920) + 4 * scale]
    const large = await pixels(made.path, 1080, 1920, "select='eq(n\\,40)',")
    const read = code.map((row, y) =>
      row.map((_, x) => (large.at(0, left + Math.floor((x + 0.5) * scale), top + Math.floor((y + 0.5) * scale))[0] ?? 0) < 128),
    )
    expect(read).toEqual(code)
    const small = await pixels(made.path, 54, 96)
    const bright = (frame: number, from: number, to: number): number => {
      let most = 0
      for (let y = from; y < to; y++) for (let x = 0; x < 54; x++) most = Math.max(most, small.at(frame, x, y)[0] ?? 0)
      return most
    }
    expect(small.frames).toBe(90)
    for (const frame of [0, 45, 89]) {
      expect(bright(frame, 68, 77)).toBeGreaterThan(80)
      expect(Math.max(bright(frame, 0, 13), bright(frame, 77, 96))).toBeLessThan(30)
    }
    const captioned = Array.from({ length: 90 }, (_, n) => n).filter((n) => bright(n, 50, 66) > 60)
    expect([captioned[0], captioned.at(-1), captioned.length]).toEqual([15, 44, 30])
  }, 120_000)

  test('captions that are none, too large or not there are named, and the clip is made', async () => {
    const path = sources.dark
    await writeFile(at.path('huge.srt'), Buffer.alloc(10_000_000, 'a'))
    await writeFile(at.path('none.srt'), '\u0000\u0001 no captions')
    const noteOf = async (captions: string) =>
      (await ask({ path, outPath: at.path('c.mp4'), outUs: 500_000, reframe: 'center', captions })).notes
    expect(await noteOf(at.path('huge.srt'))).toEqual(['the caption file cannot be read, or is larger than 4 MB: no captions'])
    expect(await noteOf(at.path('missing.srt'))).toEqual(['the caption file cannot be read, or is larger than 4 MB: no captions'])
    expect(await noteOf(at.path('none.srt'))).toEqual(['the caption file has no captions for these seconds'])
  })
})

describe('the picture', () => {
  test('is steadied, by what this ffmpeg has', async () => {
    const jitter = async (path: string): Promise<number> => {
      const shown = await pixels(path, 160, 90)
      let sum = 0
      for (let n = 10; n < 70; n++)
        for (let x = 30; x < 130; x++) sum += Math.abs((shown.at(n, x, 20)[0] ?? 0) - (shown.at(n - 1, x, 20)[0] ?? 0))
      return sum
    }
    const input = { path: sources.shaky, reframe: 'center' as const }
    const plain = await ask({ ...input, outPath: at.path('unsteady.mp4') })
    const steady = await ask({ ...input, outPath: at.path('steady.mp4'), stabilise: true })
    expect(steady).toMatchObject({ notes: [], width: 320, durationUs: 3_000_000 })
    expect(await jitter(steady.path)).toBeLessThan((await jitter(plain.path)) * 0.6)
    await without(at, 'vidstabdetect')
    const simple = await ask({ ...input, outPath: at.path('deshaken.mp4'), outUs: 1_000_000, stabilise: true })
    expect(simple.notes).toEqual(['no vidstab in this ffmpeg: steadied by deshake, in one pass'])
    await without(at, 'vidstabdetect', 'deshake')
    const none = await ask({ ...input, outPath: at.path('shaken.mp4'), outUs: 1_000_000, stabilise: true })
    expect(none.notes).toEqual(['no vidstab or deshake in this ffmpeg: not stabilised'])
  }, 120_000)

  test.each(['pq', 'hlg'] as const)(
    'of %s comes to normal colours, or is refused by an ffmpeg that cannot',
    async (name) => {
      const made = await ask({ path: sources[name], outPath: at.path(`${name}-out.mp4`), outUs: 1_000_000 })
      const shown = await pixels(made.path, 16, 9)
      const [white = 0, black = 255] = [shown.at(5, 3, 4)[1], shown.at(5, 12, 4)[1]]
      expect(white).toBeGreaterThan(140)
      expect(black).toBeLessThan(12)
      const { path: ffmpeg } = await needFfmpeg()
      const { stderr } = await execa(ffmpeg, ['-hide_banner', '-i', made.path], { reject: false })
      expect(stderr).toMatch(/Video: h264 \(High\).*yuv420p\(tv, bt709\)/)
      await without(at, 'zscale')
      expect(await refusal(ask({ path: sources[name], outPath: at.path(`${name}-none.mp4`), outUs: 1_000_000 }))).toEqual({
        code: 'unsupported',
        message: expect.stringContaining('cannot bring HDR to normal colours: set DROPCARD_FFMPEG to one with zscale and tonemap'),
      })
    },
    120_000,
  )

  test('of a mirrored take is the one that is seen, and of an untagged HD take has the colours it had', async () => {
    const halves = "color=black:s=64x36:r=25:d=1,geq=lum='if(lt(X,20),220,30)':cb=128:cr=128"
    const path = await make(at.path('mirrored.mp4'), '-f', 'lavfi', '-i', halves, '-c:v', 'libx264', '-pix_fmt', 'yuv420p')
    const bytes = await readFile(path)
    // The matrix of the track header (ISO/IEC 14496-12, 8.3.2): left and right change places.
    const matrix = bytes.indexOf('tkhd') + 4 + 40
    bytes.writeInt32BE(-65_536, matrix)
    bytes.writeInt32BE(64 * 65_536, matrix + 24)
    await writeFile(path, bytes)
    const made = await ask({ path, outPath: at.path('mirrored-out.mp4'), outUs: 900_000 })
    const row = await pixels(made.path, 64, 36)
    const still = at.path('still.jpg')
    await preview({ path, atUs: 0, thumbPath: still, previewPath: null, proxyPath: null }, context())
    const { data, info } = await sharp(still).raw().toBuffer({ resolveWithObject: true })
    for (const [x, isLight] of [
      [5, false],
      [35, false],
      [55, true],
    ] as const) {
      expect((row.at(3, x, 18)[0] ?? 0) > 128).toBe(isLight)
      expect((data[info.channels * (18 * info.width + x)] ?? 0) > 128).toBe(isLight)
    }
    // Red of BT.709: read as BT.601 and written as BT.709, luma would rise by a quarter.
    const red = 'color=black:s=1280x720:r=25:d=1,geq=lum=63:cb=102:cr=240'
    const hd = await make(
      at.path('red.mp4'),
      '-f',
      'lavfi',
      '-i',
      red,
      '-t',
      '0.4',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
    )
    const same = await ask({ path: hd, outPath: at.path('red-out.mp4'), outUs: 400_000 })
    const brightness = (await readFrames(same.path)).map((frame) => frame.brightness)
    const before = (await readFrames(hd)).map((frame) => frame.brightness)
    expect(Math.abs((brightness[2] ?? 0) - (before[2] ?? 99))).toBeLessThanOrEqual(2)
  })

  test('on the cover is a sharp one, and the moving preview shows three seconds around it', async () => {
    const made = await ask({
      path: sources.halves,
      outPath: at.path('halves-out.mp4'),
      outUs: 4_000_000,
      previewPath: at.path('loop.webp'),
      posterPath: at.path('halves.jpg'),
    })
    expect(made.cover.atUs).toBeGreaterThanOrEqual(2_200_000)
    expect(made.previewPath).toBe(at.path('loop.webp'))
    expect(await sharp(at.path('loop.webp'), { animated: true }).metadata()).toMatchObject({
      format: 'webp',
      pages: 30,
      width: 320,
      pageHeight: 180,
      loop: 0,
    })
    expect((await readFrames(made.path)).length).toBe(100)
  })
})
