import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { clipsMisuse } from '../../../main/hosts/cli/clips.ts'
import { readMp4 } from '../../../workers/cut/container/boxes.ts'
import { dropcard } from '../../support/cli.ts'
import { startEngine } from '../../support/engine.ts'
import { cardOfTakes } from '../../support/takes.ts'
import { tempFolder } from '../../support/temp.ts'

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])
const made = (folder: string): string[] => names(folder).filter((name) => name.endsWith('.mp4'))
const parts = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map(String)
        .filter((name) => name.endsWith('.part'))
    : []

test('a batch of 20 takes killed with -9 in the middle, twice, then run again: every clip once, nothing half done, nothing made twice', async () => {
  const library = tempFolder()
  const card = await cardOfTakes(tempFolder(), 20, 2, '160x90')
  const { call, close } = await startEngine(library)
  await call('offload.start', { path: card })
  await call('engine.settle', {})
  const clipIds = []
  for (const take of (await call('clip.takes', {})).takes) {
    const { clips } = await call('clip.set', { assetId: take.assetId, clipId: null, range: { inUs: 100_000, outUs: 1_300_000 } })
    clipIds.push(...clips.filter((clip) => clip.by === 'person').map((clip) => clip.id))
  }
  await call('clip.choose', { sets: [{ clipIds, choice: 'approved' }] })
  await close()

  const out = join(library, 'exports', 'plain')
  const run = (until: number | null) =>
    dropcard(
      ['clips', '--library', library, '--channel', 'plain', '--json'],
      until === null ? {} : { killWhen: () => made(out).length >= until },
    )
  for (const until of [4, 11]) {
    const life = await run(until)
    expect([until, life.signal]).toEqual([until, 'SIGKILL'])
  }
  const first = new Map(
    made(out).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]),
  )
  expect(first.size).toBeGreaterThanOrEqual(11)

  const last = await run(null)
  const report = z.object({ files: z.array(z.object({ path: z.string() })), refused: z.array(z.unknown()) }).parse(last.json)
  expect([last.code, report.refused, report.files.length]).toEqual([0, [], 20])
  const expected = Array.from({ length: 20 }, (_, n) => `MVI_${String(n + 1).padStart(4, '0')}-1-plain.mp4`)
  expect(made(out)).toEqual(expected)
  expect(names(out).length).toBe(40)
  // What was there was not made again.
  for (const [name, sha] of first)
    expect([
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]).toEqual([name, sha])
  for (const name of expected) {
    const { tracks, indexInFront } = await readMp4(join(out, name))
    const video = tracks.find((track) => track.kind === 'video')
    expect([name, indexInFront, Math.abs((video?.seconds ?? 0) - 1.2) < 0.05]).toEqual([name, true, true])
  }
  expect([parts(library), names(join(library, 'renditions', 'exports'))]).toEqual([[], []])
  const db = new DatabaseSync(join(library, 'dropcard.sqlite'), { readOnly: true })
  try {
    const rows = db.prepare('select state, count(*) as n, count(distinct file) as files from clip_export group by state').all()
    expect(rows.map((row) => ({ ...row }))).toEqual([{ state: 'done', n: 20, files: 20 }])
    expect(db.prepare("select count(*) as n from job where state in ('queued', 'running')").get()).toMatchObject({ n: 0 })
  } finally {
    db.close()
  }
}, 480_000)

test('clips of files: planned first, one bad file does not end the batch, a second run makes nothing again, a card is never written to', async () => {
  const dir = tempFolder()
  const card = await cardOfTakes(join(dir, 'card'), 1, 3, '160x90')
  const video = join(card, 'DCIM', '100MADE', 'MVI_0001.MP4')
  const bad = join(dir, 'bad.mp4')
  const out = join(dir, 'out')
  const args = ['clips', bad, video, '--channel', 'plain', '--channel', 'etsy', '--min', '1', '--max', '2', '--most', '1', '--json']
  const seen = z.object({
    clips: z.array(
      z.object({
        outputs: z.array(z.object({ channel: z.string(), path: z.string(), state: z.string() })),
        refused: z.array(z.object({ channel: z.string(), because: z.string() })),
      }),
    ),
    refused: z.array(z.object({ source: z.string(), because: z.string() })),
  })
  const run = async (...more: string[]) => {
    const ended = await dropcard([...args, '--out', out, ...more])
    const { clips, refused } = seen.parse(ended.json)
    return {
      code: ended.code,
      outputs: clips.flatMap((clip) => clip.outputs.map((one) => `${one.channel} ${one.state}`)),
      rules: clips.flatMap((clip) => clip.refused.map((one) => one.channel)),
      refused: refused.map((one) => one.source),
    }
  }
  const dry = await run('--dry-run')
  expect([dry, existsSync(out)]).toEqual([{ code: 2, outputs: ['plain planned'], rules: ['etsy'], refused: [bad] }, false])
  expect(await run()).toEqual({ code: 2, outputs: ['plain made'], rules: ['etsy'], refused: [bad] })
  const before = readFileSync(join(out, 'MVI_0001-1-plain.mp4'))
  expect(await run()).toEqual({ code: 2, outputs: ['plain have'], rules: ['etsy'], refused: [bad] })
  expect([made(out), before.equals(readFileSync(join(out, 'MVI_0001-1-plain.mp4')))]).toEqual([['MVI_0001-1-plain.mp4'], true])
  // Another look is another file.
  expect((await run('--aspect', '1:1')).outputs).toEqual(['plain made'])
  expect([made(out), parts(out)]).toEqual([['MVI_0001-1-plain-2.mp4', 'MVI_0001-1-plain.mp4'], []])

  const onCard = await dropcard(['clips', video, '--out', join(card, 'clips'), '--json'])
  expect([onCard.code, onCard.json, existsSync(join(card, 'clips'))]).toEqual([
    1,
    { error: expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(/^Nothing is written to a card/) }) },
    false,
  ])
}, 240_000)

test('wrong use of clips is named, and ends with 1 and one document', async () => {
  const usual = { channel: [], most: 3, min: 5, max: 15, reframe: 'follow' }
  expect([
    clipsMisuse([], usual),
    clipsMisuse(['a.mp4'], { ...usual, library: 'l' }),
    clipsMisuse(['a.mp4'], usual),
    clipsMisuse(['a.mp4'], { ...usual, out: 'o', all: true }),
    clipsMisuse(['a.mp4'], { ...usual, out: 'o', min: 9, max: 3 }),
    clipsMisuse(['a.mp4'], { ...usual, out: 'o', title: true }),
    clipsMisuse([], { ...usual, library: 'l', price: '12' }),
    clipsMisuse(['a.mp4'], { ...usual, out: 'o', title: 'Mug', qr: 'https://example.com' }),
    clipsMisuse([], { ...usual, library: 'l', title: true, all: true }),
  ]).toEqual([
    'name either videos or --library <dir>',
    'name either videos or --library <dir>',
    '--out <dir> is needed for videos',
    '--all goes with --library',
    '--min is longer than --max',
    '--title needs its text',
    '--price takes no text with --library: it comes from the product',
    null,
    null,
  ])
  const ended = await dropcard(['clips', 'a.mp4', '--json'])
  expect([ended.code, ended.json]).toEqual([
    1,
    { error: expect.objectContaining({ code: 'invalid-input', message: 'error: --out <dir> is needed for videos' }) },
  ])
})
