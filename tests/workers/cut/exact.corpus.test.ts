import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measureLoudness } from '../../../workers/cut/clip/loudness.ts'
import { clip } from '../../../workers/cut/clip.ts'
import { readMp4 } from '../../../workers/cut/container/boxes.ts'
import { needFfmpeg } from '../../../workers/cut/ffmpeg/tools.ts'
import { probe } from '../../../workers/cut/probe.ts'
import { corpus, corpusReason } from '../../support/corpus.ts'
import { lateBy, offBy, picturesOf } from './exact.ts'
import { context, makeFolder, wanted } from './made.ts'

const root = join(corpus ?? '', 'dev/clips')
const clips = corpus === null ? [] : globSync('**/*.{mp4,MP4,mov,MOV,avi,AVI,mts,MTS,ts,3gp,webm}', { cwd: root }).sort()

describe.skipIf(corpus === null)(`real videos${corpus === null ? ` (${corpusReason})` : ''}`, () => {
  let at: Awaited<ReturnType<typeof makeFolder>>
  beforeAll(async () => {
    at = await makeFolder()
  })
  afterAll(() => at[Symbol.asyncDispose]())

  test('are there', () => {
    expect(clips.length).toBeGreaterThan(0)
  })

  test.each(clips)('%s: first and last picture are the ones asked for, sound within 20 ms, at −14 LUFS, no edit list', async (file) => {
    const path = join(root, file)
    const info = await probe({ path }, context())
    const inUs = Math.round(info.durationUs * 0.31)
    const outUs = Math.round(Math.min(inUs + 2_500_000, info.durationUs * 0.97))
    const made = await clip(
      wanted({ path, inUs, outUs, channel: 'plain', outPath: at.path(`${basename(file)}.mp4`), posterPath: null }),
      context(),
    )
    const step = 1e6 / Math.min(60, Math.max(10, info.fps ?? 30))
    expect(Math.abs(made.durationUs - (outUs - inUs))).toBeLessThanOrEqual(step / 2 + 1000)
    const [take, pictures] = [await picturesOf(path), await picturesOf(made.path)]
    const { first, last } = offBy(take, pictures, inUs / 1e6)
    expect({ first, last, start: pictures.times[0] }).toEqual({ first: 0, last: 0, start: 0 })
    const report = await readMp4(made.path)
    expect(report.tracks.every((track) => track.editLists === 0)).toBe(true)
    if (!report.tracks.some((track) => track.kind === 'audio')) return
    for (const place of [0.05, Math.max(0.05, made.durationUs / 1e6 - 0.45)])
      expect(Math.abs((await lateBy(path, made.path, inUs / 1e6, place)) ?? 0)).toBeLessThanOrEqual(20)
    const { integrated = -99, truePeak = 0 } =
      (await measureLoudness(await needFfmpeg(), {
        input: ['-i', `file:${made.path}`],
        map: '0:a',
        filters: [],
        bytes: made.bytes,
        signal: new AbortController().signal,
      })) ?? {}
    // Room noise is left as it is, and what cannot be brought there is told.
    if (integrated > -45 && !made.notes.some((note) => note.includes('LUFS'))) {
      expect(Math.abs(integrated + 14)).toBeLessThan(0.7)
      expect(truePeak).toBeLessThanOrEqual(-1)
    }
  })
})
