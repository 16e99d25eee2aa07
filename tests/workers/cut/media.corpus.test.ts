import { globSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clip } from '../../../workers/cut/clip.ts'
import { readMp4 } from '../../../workers/cut/container/boxes.ts'
import { find } from '../../../workers/cut/find.ts'
import { preview } from '../../../workers/cut/preview.ts'
import { probe } from '../../../workers/cut/probe.ts'
import { shots } from '../../../workers/cut/shots.ts'
import { Refusal } from '../../../workers/protocol.ts'
import { corpus, corpusReason } from '../../support/corpus.ts'
import { context, makeFolder, wanted } from './made.ts'

const root = join(corpus ?? '', 'dev')
const endings = '*.{mp4,MP4,mov,MOV,avi,AVI,mts,MTS,ts,3gp,webm}'
const clips = corpus === null ? [] : globSync(`clips/**/${endings}`, { cwd: root }).sort()
const hostile =
  corpus === null
    ? []
    : [...globSync(`hostile/**/${endings}`, { cwd: root }), 'hostile/generated/MP4X0001.JPG', 'hostile/generated/IMG_0001.JPG'].sort()

type Ending<T> = { kind: 'done'; out: T } | { kind: 'refused'; code: string; because: string }
const ending = <T>(task: Promise<T>): Promise<Ending<T>> =>
  task.then(
    (out): Ending<T> => ({ kind: 'done', out }),
    (error: unknown): Ending<T> => {
      if (error instanceof Refusal) return { kind: 'refused', code: error.code, because: error.message }
      throw error
    },
  )

describe.skipIf(corpus === null)(`real videos${corpus === null ? ` (${corpusReason})` : ''}`, () => {
  let at: Awaited<ReturnType<typeof makeFolder>>
  beforeAll(async () => {
    at = await makeFolder()
  })
  afterAll(() => at[Symbol.asyncDispose]())

  test('are there', () => {
    expect(clips.length).toBeGreaterThan(20)
    expect(hostile.length).toBeGreaterThan(15)
  })

  test.each(clips)('%s becomes a clip on the frame, without edit list', async (file) => {
    const path = join(root, file)
    const info = await probe({ path }, context())
    const step = 1e6 / (info.fps ?? 30)
    const inUs = Math.round(info.durationUs * 0.3)
    const outUs = Math.round(Math.min(inUs + 1_500_000, info.durationUs * 0.95))
    const outPath = at.path(`${basename(file)}.mp4`)
    const made = await clip(
      wanted({ path, inUs, outUs, channel: 'plain', outPath, posterPath: at.path(`${basename(file)}.jpg`) }),
      context(),
    )
    expect(Math.abs(made.durationUs - (outUs - inUs))).toBeLessThanOrEqual(Math.max(step, 1e6 / 24) / 2 + 1000)
    expect(Math.abs(made.width / made.height / (info.width / info.height) - 1)).toBeLessThan(0.02)
    const report = await readMp4(outPath)
    expect(report.tracks.every((track) => track.editLists === 0)).toBe(true)
    expect(report.indexInFront).toBe(true)
    expect((await stat(at.path(`${basename(file)}.jpg`))).size).toBeGreaterThan(500)
  })

  test.each(hostile)('%s ends in a result or a named refusal, and leaves no half file', async (file) => {
    const path = join(root, file)
    const name = basename(file)
    const folder = at.path(`hostile-${name}`)
    const paths = { thumbPath: join(folder, 't.jpg'), previewPath: join(folder, 'p.jpg'), proxyPath: join(folder, 'x.mp4') }
    const endings: Ending<unknown>[] = [
      await ending(probe({ path }, context())),
      await ending(shots({ path }, context())),
      await ending(find({ path, minUs: 1_000_000, maxUs: 5_000_000, most: 2, modelsDir: null }, context())),
      await ending(preview({ path, atUs: 500_000, ...paths }, context())),
      await ending(
        clip(wanted({ path, inUs: 0, outUs: 100_000, channel: 'plain', outPath: join(folder, 'c.mp4'), posterPath: null }), context()),
      ),
    ]
    for (const end of endings) if (end.kind === 'refused') expect(end.because).toMatch(/\w+.*\w+/)
    const left = await readdir(folder).catch(() => [])
    expect(left.filter((entry) => entry.endsWith('.part'))).toEqual([])
    for (const entry of left) expect((await stat(join(folder, entry))).size).toBeGreaterThan(200)
    if (/TEXT0001|CONC0001|JPGX0001|MVI_0001/.test(name))
      expect(endings.map((end) => end.kind === 'refused' && end.code)).toEqual(Array(5).fill('unsupported'))
    if (name === 'MVI_0004.MP4' && endings[0]?.kind === 'done')
      expect(endings[0].out).toMatchObject({ warnings: [expect.stringContaining('says it lasts 9.0 s')] })
    if (name === 'MVI_0010.MP4' && endings[0]?.kind === 'done') expect(endings[0].out).toMatchObject({ durationUs: 9_000_000 })
  })
})
