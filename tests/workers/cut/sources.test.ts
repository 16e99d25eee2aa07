import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { packetReader, parseReport } from '../../../workers/cut/container/by-ffmpeg.ts'
import { rateOf } from '../../../workers/cut/container/rate.ts'
import { kindOf } from '../../../workers/cut/container/sniff.ts'
import { run } from '../../../workers/cut/ffmpeg/run.ts'
import { everyFrameOptions, parseNames } from '../../../workers/cut/ffmpeg/tools.ts'
import { preview } from '../../../workers/cut/preview.ts'
import { probe } from '../../../workers/cut/probe.ts'
import { tools } from '../../../workers/cut/tools.ts'
import { context, make, makeFolder, refusal } from './made.ts'

let at: Awaited<ReturnType<typeof makeFolder>>
let take = ''
beforeAll(async () => {
  at = await makeFolder()
  const upright = await make(
    at.path('upright.mov'),
    ...['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25:d=4', '-f', 'lavfi', '-i', 'sine=d=4:sample_rate=44100'],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-vf', 'setsar=2', '-c:a', 'aac'],
  )
  take = await make(
    at.path('take.mov'),
    '-i',
    `file:${upright}`,
    '-c',
    'copy',
    '-map_metadata',
    '0',
    '-metadata:s:v',
    'rotate=90',
    '-metadata',
    'creation_time=2024-05-06T07:08:09Z',
    '-movflags',
    '+faststart',
  )
})
afterAll(() => at[Symbol.asyncDispose]())
afterEach(() => vi.unstubAllEnvs())

describe('probing', () => {
  test('tells what is shown: turned, with its pixel aspect, by the packets', async () => {
    expect(await probe({ path: take }, context())).toEqual({
      container: 'mov',
      codec: 'h264',
      width: 360,
      height: 1280,
      rotation: 270,
      fps: 25,
      variableFrameRate: false,
      durationUs: 4_000_000,
      audio: { codec: 'aac', channels: 1, sampleRate: 44_100 },
      hdr: false,
      hdrTransfer: null,
      mirrored: false,
      audioTracks: 1,
      pixelFormat: 'yuv420p',
      createdAt: '2024-05-06T07:08:09.000Z',
      camera: null,
      warnings: [],
    })
  })

  test('tells the same without ffprobe', async () => {
    const with_ = await probe({ path: take }, context())
    vi.stubEnv('DROPCARD_FFPROBE', '')
    const { ffmpeg } = await tools({}, context())
    vi.stubEnv('PATH', '')
    // A program that is no ffprobe dies of every file, as one bundled build does of HEVC in a transport stream.
    const crash = at.path('ffprobe')
    await writeFile(crash, '#!/bin/sh\n[ "$2" = -version ] && echo "ffprobe version broken" && exit 0\nkill -SEGV $$\n', { mode: 0o755 })
    vi.stubEnv('DROPCARD_FFPROBE', crash)
    expect(ffmpeg).not.toBeNull()
    expect(await probe({ path: take }, context())).toEqual({ ...with_, audio: with_.audio })
  })

  test('measures a truncated file by what is left of it, and says so', async () => {
    const half = at.path('half.mov')
    const bytes = await readFile(take)
    await writeFile(half, bytes)
    await truncate(half, Math.floor(bytes.length / 2))
    const info = await probe({ path: half }, context())
    expect(info.durationUs).toBeLessThan(3_000_000)
    expect(info.warnings.join()).toMatch(/says it lasts 4\.0 s, but holds [12]\.\d s/)
  })

  test('reads a name that looks like an option or a protocol as a name', async () => {
    const odd = at.path('-i concat:a|b %d [x].mov')
    await writeFile(odd, await readFile(take))
    expect(await probe({ path: odd }, context())).toMatchObject({ durationUs: 4_000_000 })
  })

  test.each([
    ['playlist.MP4', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n', 'unsupported', /an HLS playlist/],
    ['concat.MOV', "ffconcat version 1.0\nfile '/etc/passwd'\n", 'unsupported', /an ffconcat script/],
    ['photo.MP4', '\xff\xd8\xff\xe1 and so on', 'unsupported', /a photo \(JPEG\)/],
    ['empty.MP4', '', 'unsupported', /an empty file/],
    ['zeros.MP4', '\0'.repeat(5000), 'unsupported', /nothing but zero bytes/],
    ['head.MP4', '\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'damaged', /head\.MP4/],
  ])('refuses %s by name and reason', async (name, text, code, words) => {
    await writeFile(at.path(name), Buffer.from(text, 'latin1'))
    const refused = await refusal(probe({ path: at.path(name) }, context()))
    expect(refused).toEqual({ code, message: expect.stringMatching(words) })
    expect(refused.message).not.toContain(at.folder)
  })

  test('refuses what is no plain file, or not there', async () => {
    await mkdir(at.path('folder.MP4'))
    await symlink(at.path('nowhere'), at.path('dangling.MP4'))
    expect(await refusal(probe({ path: at.path('folder.MP4') }, context()))).toMatchObject({ code: 'unsupported' })
    expect(await refusal(probe({ path: at.path('dangling.MP4') }, context()))).toMatchObject({ code: 'missing' })
  })

  test('refuses a file with sound only', async () => {
    const sound = await make(at.path('sound.mp4'), '-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'aac')
    expect(await refusal(probe({ path: sound }, context()))).toEqual({
      code: 'unsupported',
      message: expect.stringContaining('holds no video'),
    })
  })
})

describe('previews', () => {
  test('are written whole, upright and never enlarged', async () => {
    const paths = { thumbPath: at.path('p/thumb.jpg'), previewPath: at.path('p/preview.jpg'), proxyPath: at.path('p/proxy.mp4') }
    const { written } = await preview({ path: take, atUs: 3_999_999, ...paths }, context())
    expect(written).toEqual([paths.thumbPath, paths.previewPath, paths.proxyPath])
    expect((await readdir(at.path('p'))).sort()).toEqual(['preview.jpg', 'proxy.mp4', 'thumb.jpg'])
    expect(jpegSize(await readFile(paths.thumbPath))).toEqual({ width: 136, height: 480 })
    expect(jpegSize(await readFile(paths.previewPath))).toEqual({ width: 360, height: 1280 })
    expect(await probe({ path: paths.proxyPath }, context())).toMatchObject({
      codec: 'h264',
      width: 270,
      height: 960,
      rotation: 0,
      durationUs: 4_000_000,
    })
  })

  test('are refused, with nothing left behind, where the folder cannot be made', async () => {
    await writeFile(at.path('a file'), '')
    const blocked = preview({ path: take, atUs: 0, thumbPath: at.path('a file/thumb.jpg'), previewPath: null, proxyPath: null }, context())
    expect(await refusal(blocked)).toMatchObject({ code: 'unavailable' })
  })
})

describe('the programs', () => {
  test('are found, and say what they can', async () => {
    const found = await tools({}, context())
    expect(found.ffmpeg?.filters).toEqual(expect.arrayContaining(['scale', 'loudnorm', 'showinfo']))
    expect(found.ffmpeg?.encoders).toEqual(expect.arrayContaining(['libx264', 'aac']))
    expect(found.ffprobe?.version).toBeTruthy()
  })

  test('a setting that is wrong is an error that names it', async () => {
    vi.stubEnv('DROPCARD_FFMPEG', '/nowhere/ffmpeg')
    expect(await refusal(probe({ path: take }, context()))).toEqual({
      code: 'unavailable',
      message: expect.stringContaining('DROPCARD_FFMPEG is set to /nowhere/ffmpeg'),
    })
  })

  test('a program that hangs is stopped and named', async () => {
    const hanging = run({
      path: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      what: 'reading x',
      signal: new AbortController().signal,
      limitMs: 60_000,
      stallMs: 300,
    })
    expect(await refusal(hanging)).toEqual({ code: 'timeout', message: expect.stringContaining('reading x made no progress') })
  })

  test('are read the same way whatever their age', () => {
    expect(everyFrameOptions('libavutil      56. 24.101 / 56. 24.101')).toEqual(['-vsync', '0'])
    expect(everyFrameOptions('libavutil      59. 39.100 / 59. 39.100')).toEqual(['-fps_mode', 'passthrough'])
    expect(parseNames(' ------\n V..... libx264    H.264\n ... scale   V->V  Scale\n T.C zscale V->V x\n  = legend')).toEqual(
      new Set(['libx264', 'scale', 'zscale']),
    )
  })
})

describe('pure readers', () => {
  test('know a kind by its bytes', () => {
    const ts = Buffer.alloc(600)
    for (const n of [0, 188, 376]) ts[n] = 0x47
    expect(kindOf(ts)).toEqual({ demuxer: 'mpegts', container: 'mpegts' })
    expect(kindOf(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'))).toEqual({ refused: expect.stringContaining('a photo') })
    expect(kindOf(Buffer.from('RIFF\0\0\0\0AVI LIST', 'latin1'))).toEqual({ demuxer: 'avi', container: 'avi' })
  })

  test("read ffmpeg's own report", () => {
    const report = parseReport([
      '  Duration: 00:01:02.50, start: 1.400000, bitrate: 1 kb/s',
      '    Stream #0:0[0x100]: Video: hevc (Main 10) ([36][0][0][0] / 0x0024), yuv420p10le(tv, bt2020nc/bt2020/smpte2084), 1920x1080 [SAR 1:1 DAR 16:9], 24 fps, 24 tbr, 90k tbn, 24 tbc',
      '      displaymatrix: rotation of -90.00 degrees',
      '    Stream #0:1[0x101](und): Audio: aac (LC), 44100 Hz, stereo, fltp, 128 kb/s (default)',
    ])
    expect(report.format).toMatchObject({ duration: '62.5', start_time: '1.400000' })
    expect(report.streams).toMatchObject([
      {
        index: 0,
        codec_type: 'video',
        codec_name: 'hevc',
        width: 1920,
        height: 1080,
        pix_fmt: 'yuv420p10le',
        color_transfer: 'smpte2084',
        side_data_list: [{ rotation: -90 }],
      },
      { index: 1, codec_type: 'audio', codec_name: 'aac', sample_rate: '44100', channels: 2 },
    ])
    const read = packetReader()
    expect(['#tb 0: 1/1000', '0, 0, 40, 40, 1234, 0xabc', '0, 40, 80, 40, 99, 0xabc, F=0x0'].map(read)).toEqual([
      null,
      { timeUs: 40_000, durationUs: 40_000, bytes: 1234, key: true },
      { timeUs: 80_000, durationUs: 40_000, bytes: 99, key: false },
    ])
  })

  test('tell a varying rate from the jitter of millisecond times', () => {
    const packets = (times: number[]) => times.map((ms) => ({ timeUs: ms * 1000, durationUs: null, bytes: 1, key: true }))
    expect(rateOf(packets([0, 33, 67, 100, 133, 167, 200, 233, 267, 300]))).toMatchObject({ fps: 30, variable: false, durationUs: 333_000 })
    expect(rateOf(packets([0, 33, 67, 167, 200, 300, 333, 400, 500, 533]))).toMatchObject({ variable: true })
  })
})

/** Width and height from the first frame header of a JPEG. */
function jpegSize(bytes: Buffer): { width: number; height: number } {
  for (let n = 2; n + 9 < bytes.length; n += 2 + bytes.readUInt16BE(n + 2)) {
    const marker = bytes[n + 1] ?? 0
    if (marker === 0xc0 || marker === 0xc2) return { height: bytes.readUInt16BE(n + 5), width: bytes.readUInt16BE(n + 7) }
  }
  throw new Error('expected a JPEG with a frame header')
}
