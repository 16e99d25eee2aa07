import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { channels, type Destination } from '../../../../workers/cut/channels/index.ts'
import { clip } from '../../../../workers/cut/clip.ts'
import { readMp4 } from '../../../../workers/cut/container/boxes.ts'
import { needFfmpeg } from '../../../../workers/cut/ffmpeg/tools.ts'
import { context, makeFolder, refusal, wanted } from '../made.ts'
import { ask, darkTake, movingTake, standIn } from './takes.ts'

let at: Awaited<ReturnType<typeof makeFolder>>
const sources = { moving: '', dark: '' }
beforeAll(async () => {
  at = await makeFolder()
  sources.moving = await movingTake(at)
  sources.dark = await darkTake(at)
}, 120_000)
afterAll(() => at[Symbol.asyncDispose]())
afterEach(() => vi.unstubAllEnvs())

describe('every channel', () => {
  test('takes what was made for it from one master of its shape, and the master is made once', async () => {
    const folder = at.path('channels')
    const stamps = new Map<string, number>()
    const looks = await Promise.all(
      (Object.keys(channels) as Destination[]).map(async (channel) => ({
        channel,
        shape: channels[channel].render.frame.kind === 'fill' ? '9x16' : '1x1',
      })),
    )
    for (const { channel, shape } of looks) {
      const masterPath = join(folder, `master-${shape}.mp4`)
      const made = await ask({
        ...{ path: sources.moving, outPath: join(folder, `${channel}.mp4`), channel, masterPath, outUs: 5_000_000, reframe: 'center' },
        ...(shape === '1x1' ? { aspect: '1:1' as const } : {}),
      })
      const master = await stat(masterPath)
      expect(stamps.get(shape) ?? master.mtimeMs).toBe(master.mtimeMs)
      stamps.set(shape, master.mtimeMs)
      const report = await readMp4(made.path)
      expect(report.tracks.map(({ kind, editLists }) => [kind, editLists])).toEqual(
        channels[channel].rules.audio === 'removed'
          ? [['video', 0]]
          : [
              ['video', 0],
              ['audio', 0],
            ],
      )
      expect(report.tracks[0]?.samples).toBe(150)
    }
    expect(stamps.size).toBe(2)
    const again = await ask({
      path: sources.moving,
      outPath: join(folder, 'again.mp4'),
      channel: 'plain',
      masterPath: join(folder, 'master-1x1.mp4'),
      aspect: '1:1',
      outUs: 4_000_000,
      reframe: 'center',
    })
    expect(again.durationUs).toBe(4_000_000)
    expect((await stat(join(folder, 'master-1x1.mp4'))).mtimeMs).not.toBe(stamps.get('1x1'))
  }, 200_000)

  test('gets silence where it wants sound and none is wanted, or is there', async () => {
    const masterPath = at.path('silent-master.mp4')
    const silent = await ask({
      path: sources.moving,
      outPath: at.path('silent.mp4'),
      channel: 'facebook-reels',
      sound: 'silent',
      masterPath,
      reframe: 'center',
    })
    expect((await readMp4(silent.path)).tracks.map(({ kind }) => kind)).toEqual(['video', 'audio'])
    const plain = await ask({ path: sources.moving, outPath: at.path('silent-plain.mp4'), sound: 'silent', outUs: 1_000_000 })
    expect((await readMp4(plain.path)).tracks.map(({ kind }) => kind)).toEqual(['video'])
  }, 120_000)

  test("an archive copy holds the take's own packets from the keyframe before, and says so", async () => {
    const made = await ask({
      path: sources.moving,
      outPath: at.path('archive.mp4'),
      channel: 'archive',
      inUs: 2_000_000,
      outUs: 4_000_000,
      posterPath: at.path('archive.jpg'),
    })
    expect(made).toMatchObject({
      crop: 'whole',
      earlierUs: 500_000,
      because: 'a lossless copy for keeping, not for publishing: starts 0.50 s earlier, at the keyframe before',
    })
    const { path: ffmpeg } = await needFfmpeg()
    const md5 = async (path: string) => {
      const { stdout } = await execa(ffmpeg, ['-v', 'error', '-i', path, '-map', '0:v', '-f', 'framemd5', '-'])
      return stdout.split('\n').flatMap((line) => (line.startsWith('0,') ? [line.split(',').at(-1)?.trim()] : []))
    }
    const [whole, copy] = [await md5(sources.moving), await md5(made.path)]
    expect(copy.length).toBeGreaterThanOrEqual(75)
    expect(whole.slice(45, 45 + 70)).toEqual(copy.slice(0, 70))
  })
})

describe('a clip that ends early', () => {
  test('is cancelled within a second wherever it is, and leaves nothing, not even in the folder for temporary files', async () => {
    vi.stubEnv('TMPDIR', at.folder)
    for (const after of [0, 0.1, 0.5]) {
      const stop = new AbortController()
      let asked = 0
      const progress = (done: number, total: number) => {
        if (done / total >= after && !stop.signal.aborted) {
          asked = performance.now()
          stop.abort(new Error('stopped by the user'))
        }
      }
      const before = await readdir(at.folder)
      const input = wanted({
        path: sources.moving,
        inUs: 0,
        outUs: 6_000_000,
        channel: 'plain',
        outPath: at.path('never.mp4'),
        posterPath: at.path('never.jpg'),
      })
      await expect(clip(input, { signal: stop.signal, progress })).rejects.toThrow('stopped by the user')
      expect(asked).toBeGreaterThan(0)
      expect(await readdir(at.folder)).toEqual(before)
    }
  }, 120_000)

  test('says that the disk is full, in the words of what is to be done', async () => {
    const fail = 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1'
    await standIn(at, 'full', (real) => `case "$*" in *libx264*) ${fail};; *) exec ${real};; esac`)
    expect(await refusal(ask({ path: sources.dark, outPath: at.path('full.mp4'), outUs: 1_000_000 }))).toMatchObject({
      code: 'no-space',
      message: expect.stringContaining('the disk is full: free some space and try again'),
    })
    expect((await readdir(at.folder)).filter((name) => name.startsWith('full.mp4'))).toEqual([])
  })

  test('tells how far it is, never backwards', async () => {
    const shares = context()
    await clip(
      wanted({
        path: sources.dark,
        inUs: 0,
        outUs: 4_000_000,
        channel: 'plain',
        outPath: at.path('far.mp4'),
        posterPath: at.path('far.jpg'),
      }),
      shares,
    )
    expect(shares.shares).toEqual(shares.shares.toSorted((a, b) => a - b))
    expect(shares.shares.at(-1)).toBe(1)
    expect(shares.shares.length).toBeGreaterThan(10)
    expect((await readFile(at.path('far.jpg'))).length).toBeGreaterThan(300)
  })
})
