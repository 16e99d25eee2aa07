import { readFile, writeFile } from 'node:fs/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Packet } from '../../../workers/cut/container/packet.ts'
import { readSampleTable } from '../../../workers/cut/container/sample-table.ts'
import { tools } from '../../../workers/cut/ffmpeg/tools.ts'
import { probe } from '../../../workers/cut/probe.ts'
import { context, make, makeFolder } from './made.ts'

let at: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  at = await makeFolder()
})
afterAll(() => at[Symbol.asyncDispose]())

const source = ['-f', 'lavfi', '-i', 'testsrc=s=160x90:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2:r=48000']
const coded = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '12', '-pix_fmt', 'yuv420p', '-c:a', 'aac']

/** What another reader says of the same packets, in the order they are shown. */
async function byProgram(path: string): Promise<Packet[]> {
  const { ffprobe } = await tools()
  const entries = 'packet=pts_time,duration_time,size,flags'
  const { stdout } = await execa(ffprobe?.path ?? '', [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    entries,
    '-of',
    'csv=p=0',
    path,
  ])
  return stdout
    .split('\n')
    .map((line) => line.split(','))
    .filter(([, , , flags]) => flags?.[1] !== 'D')
    .map(([time, duration, bytes, flags]) => ({
      timeUs: Math.round(Number(time) * 1e6),
      durationUs: Math.round(Number(duration) * 1e6),
      bytes: Number(bytes),
      key: flags?.startsWith('K') === true,
    }))
    .sort((a, b) => a.timeUs - b.timeUs)
}

describe('the sample tables of an MP4', () => {
  test.each<[string, string[]]>([
    ['pictures out of order and an edit list', []],
    ['no edit list', ['-use_editlist', '0']],
    ['video that begins after the sound', ['-itsoffset', '0.5']],
    ['a lossless cut with hidden pictures in front', ['cut']],
  ])('say what ffprobe says: %s', async (name, options) => {
    const path = at.path(`${name.replaceAll(' ', '-')}.mp4`)
    if (options[0] === 'cut') {
      const whole = await make(at.path('whole.mp4'), ...source, ...coded)
      await make(path, '-ss', '0.7', '-i', whole, '-t', '1', '-c', 'copy')
    } else if (options[0] === '-itsoffset') await make(path, ...options, ...source.slice(0, 4), ...source.slice(4), ...coded)
    else await make(path, ...source, ...coded, ...options)
    const table = await readSampleTable(path, 0)
    expect(table?.toSorted((a, b) => a.timeUs - b.timeUs)).toEqual(await byProgram(path))
  })

  test('are not trusted where they are not the whole truth: fragments, a file cut short, sizes larger than the file, sound', async () => {
    const plain = await make(at.path('plain.mp4'), ...source, ...coded, '-movflags', '+faststart')
    const bytes = await readFile(plain)
    const short = at.path('short.mp4')
    await writeFile(short, bytes.subarray(0, Math.round(bytes.length * 0.7)))
    const swollen = Buffer.from(bytes)
    const sizes = swollen.indexOf('stsz')
    for (let n = 0; n < 20; n++) swollen.writeUInt32BE(0x7fffffff, sizes + 16 + n * 4)
    const large = at.path('large.mp4')
    await writeFile(large, swollen)
    const fragments = await make(at.path('fragments.mp4'), ...source, ...coded, '-movflags', '+frag_keyframe+empty_moov')
    expect(await readSampleTable(plain, 0)).toHaveLength(50)
    for (const [path, track] of [
      [short, 0],
      [large, 0],
      [fragments, 0],
      [plain, 1],
      [plain, 7],
      [at.path('missing.mp4'), 0],
    ] as const)
      expect(await readSampleTable(path, track), path).toBeNull()
  })
})

test('a mirrored picture, the curve of HDR and every sound track are told', async () => {
  const path = await make(at.path('mirrored.mp4'), ...source, '-map', '0:v', '-map', '1:a', '-map', '1:a', ...coded)
  const bytes = await readFile(path)
  // The matrix of the first track header (version 0) stands 40 bytes behind its version; its first number becomes −1.
  bytes.writeInt32BE(-0x10000, bytes.indexOf('tkhd') + 44)
  await writeFile(path, bytes)
  expect(await probe({ path }, context())).toMatchObject({ mirrored: true, audioTracks: 2, hdr: false, hdrTransfer: null })
  const wide = ['-c:v', 'libx264', '-preset', 'veryfast', '-color_primaries', 'bt2020', '-colorspace', 'bt2020nc']
  const bright = await make(at.path('hdr.mp4'), ...source.slice(0, 4), ...wide, '-color_trc', 'smpte2084')
  expect(await probe({ path: bright }, context())).toMatchObject({
    mirrored: false,
    audioTracks: 0,
    audio: null,
    hdr: true,
    hdrTransfer: 'pq',
  })
  const dim = await make(at.path('wide.mp4'), ...source.slice(0, 4), ...wide, '-color_trc', 'bt709')
  expect(await probe({ path: dim }, context())).toMatchObject({ hdr: false, hdrTransfer: null })
})
