import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClipId } from '../../../main/contract/ids.ts'
import { type ClipSettings, usualLook } from '../../../main/contract/views.ts'
import { buildCard, fixture, samplePhotos } from '../../support/card.ts'
import { startEngine, type TestEngine } from '../../support/engine.ts'
import { cardOfTakes } from '../../support/takes.ts'
import { tempFolder } from '../../support/temp.ts'

const files = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).sort() : [])

/** A library of small takes, each with a clip of its own that a person set: nothing has to be searched for. */
async function libraryOf(takes: number, seconds: number): Promise<{ engine: TestEngine; dir: string; card: string; clips: ClipId[] }> {
  const dir = tempFolder()
  const card = await cardOfTakes(tempFolder(), takes, seconds)
  const engine = await startEngine(dir)
  await engine.call('offload.start', { path: card })
  await engine.call('engine.settle', {})
  const clips: ClipId[] = []
  for (const take of (await engine.call('clip.takes', {})).takes) {
    const set = await engine.call('clip.set', { assetId: take.assetId, clipId: null, range: { inUs: 200_000, outUs: 1_400_000 } })
    const own = set.clips.find((clip) => clip.by === 'person')
    if (own !== undefined) clips.push(own.id)
  }
  expect(clips.length).toBe(takes)
  return { engine, dir, card, clips }
}

const states = async (engine: TestEngine): Promise<string[]> =>
  (await engine.call('clip.exports', {})).map((one) => `${one.channel} ${one.state}`).sort()

describe('what new takes become by themselves', () => {
  it('waits for a person, is made when the clip is approved, and one undo takes the approval back', async () => {
    const dir = tempFolder()
    const hot = tempFolder()
    const card = await buildCard(tempFolder(), { '100CANON/MVI_0002.MP4': fixture(samplePhotos.clips[0]) })
    const engine = await startEngine(dir)
    const clips: ClipSettings = {
      look: usualLook,
      auto: {
        plain: { on: true, most: 1, approval: true, folder: hot },
        etsy: { on: true, most: 1, approval: true, folder: null },
        'facebook-reels': { on: false, most: 1, approval: false, folder: null },
      },
    }
    await engine.call('settings.set', { clips })
    const onCard = { ...clips, auto: { plain: { on: true, most: 1, approval: true, folder: join(card, 'clips') } } }
    expect(await engine.engine.call('settings.set', { clips: onCard })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', message: `Nothing is written to a card, and this folder is on one: ${card}` },
    })
    await engine.call('offload.start', { path: card })
    await engine.call('engine.settle', {})

    const { takes, counts } = await engine.call('clip.takes', {})
    const [take] = takes
    const [clip] = take?.clips ?? []
    if (take === undefined || clip === undefined) throw new Error('expected a take with a clip')
    expect([takes.length, take.name, take.analysis, take.chapters, clip.choice, clip.name]).toEqual([
      1,
      'MVI_0002.MP4',
      'ready',
      [take.assetId],
      'undecided',
      'MVI_0002, 1',
    ])
    expect(counts).toEqual({ takes: 1, clips: take.clips.length, approved: 0, rejected: 0, undecided: take.clips.length, live: 0 })
    expect([await states(engine), files(hot)]).toEqual([['etsy waiting', 'plain waiting'], []])

    await engine.call('clip.choose', { sets: [{ clipIds: [clip.id], choice: 'rejected' }] })
    expect((await engine.call('clip.exports', {})).map((one) => [one.state, one.because])).toEqual([
      ['cancelled', 'the clip was rejected'],
      ['cancelled', 'the clip was rejected'],
    ])
    const undone = await engine.call('decision.undo', {})
    expect([undone.what, await states(engine)]).toEqual(['MVI_0002.MP4 clip turned down', ['etsy waiting', 'plain waiting']])

    // Etsy is called off by hand, so that one encode is enough here.
    const etsy = (await engine.call('clip.exports', {})).find((one) => one.channel === 'etsy')
    expect(await engine.call('clip.cancel', { exportIds: etsy === undefined ? null : [etsy.id] })).toEqual({ cancelled: 1 })
    expect((await engine.call('clip.choose', { sets: [{ clipIds: [clip.id], choice: 'approved' }] })).changed).toEqual([clip.id])
    await engine.call('engine.settle', {})
    expect([await states(engine), files(hot)]).toEqual([
      ['etsy cancelled', 'plain done'],
      ['MVI_0002-1-plain.jpg', 'MVI_0002-1-plain.mp4'],
    ])
    const [act] = await engine.call('decision.history', {})
    expect([act?.what, act?.by]).toEqual(['MVI_0002.MP4 clip approved', 'person'])
    await engine.call('decision.undo', {})
    expect((await engine.call('clip.takes', { choice: 'approved' })).takes).toEqual([])
    await engine.call('decision.redo', {})
    expect((await engine.call('clip.takes', { choice: 'approved' })).takes.map((one) => one.clips[0]?.choice)).toEqual(['approved'])
    // What was made stays made, and is not made again.
    expect(await states(engine)).toEqual(['etsy cancelled', 'plain done'])
  }, 180_000)
})

describe('an export', () => {
  it('says first what it will do, makes each clip once, leaves other files alone and nothing half done behind', async () => {
    const { engine, dir, card, clips } = await libraryOf(2, 3)
    const out = tempFolder()
    writeFileSync(join(out, 'MVI_0001-1-plain.mp4'), 'somebody else')
    const wish = { clipIds: clips, channels: ['plain', 'etsy'], look: { ...usualLook, title: true }, folder: out }
    const plan = await engine.call('clip.exportPlan', wish)
    expect(plan.make.map((one) => [one.file, one.seconds, one.notes])).toEqual([
      ['MVI_0001-1-plain.mp4', 1.2, ['the take belongs to no product: no title, price or code']],
      ['MVI_0002-1-plain.mp4', 1.2, ['the take belongs to no product: no title, price or code']],
    ])
    expect(plan.refused.map((one) => [one.name, one.channel, one.rule, one.because])).toEqual([
      ['MVI_0001, 1', 'etsy', 'length', '1.2 s is too short for Etsy, which takes 5 to 15 s'],
      ['MVI_0002, 1', 'etsy', 'length', '1.2 s is too short for Etsy, which takes 5 to 15 s'],
    ])
    // Nothing was written by planning.
    expect([files(out), await states(engine)]).toEqual([['MVI_0001-1-plain.mp4'], []])

    const shares: number[] = []
    engine.engine.on('export.progress', ({ share }) => shares.push(share))
    const asked = await engine.call('clip.export', wish)
    expect([asked.exports.length, asked.refused.length]).toEqual([2, 2])
    await engine.call('clip.export', wish)
    await engine.call('engine.settle', {})
    expect(files(out)).toEqual([
      'MVI_0001-1-plain-2.jpg',
      'MVI_0001-1-plain-2.mp4',
      'MVI_0001-1-plain.mp4',
      'MVI_0002-1-plain.jpg',
      'MVI_0002-1-plain.mp4',
    ])
    expect(readFileSync(join(out, 'MVI_0001-1-plain.mp4'), 'utf8')).toBe('somebody else')
    expect([shares.every((one) => one >= 0 && one <= 1), shares.includes(1)]).toEqual([true, true])
    const done = await engine.call('clip.exports', {})
    expect(done.map((one) => [one.state, one.auto, one.notes[0]])).toEqual(
      Array(2).fill(['done', false, 'the take belongs to no product: no title, price or code']),
    )
    const { files: where } = await engine.call('clip.exported', { exportIds: done.map((one) => one.id) })
    expect(where.map((one) => existsSync(one.path))).toEqual([true, true])
    // A moving preview goes beside the clip that is there already, byte for byte; asked for without one nothing is made again.
    await engine.call('clip.export', { ...wish, channels: ['plain'], look: { ...wish.look, preview: false } })
    await engine.call('clip.export', { ...wish, clipIds: clips.slice(1), channels: ['plain'], look: { ...wish.look, preview: true } })
    await engine.call('engine.settle', {})
    expect(files(out).filter((name) => !name.startsWith('MVI_0001'))).toEqual([
      'MVI_0002-1-plain.jpg',
      'MVI_0002-1-plain.mp4',
      'MVI_0002-1-plain.webp',
    ])
    const moving = readFileSync(join(out, 'MVI_0002-1-plain.webp'))
    expect([moving.toString('latin1', 0, 4), moving.toString('latin1', 8, 12), moving.includes('ANIM')]).toEqual(['RIFF', 'WEBP', true])
    // Staged files and masters are gone once everything is where it was asked for.
    expect([files(join(dir, 'renditions', 'exports')), files(join(dir, 'cache', 'masters'))]).toEqual([[], []])

    // There already; made again only when somebody took it away, and under the same name.
    const again = await engine.call('clip.exportPlan', wish)
    expect([again.make.length, again.have.map((one) => one.file)]).toEqual([0, ['MVI_0001-1-plain-2.mp4', 'MVI_0002-1-plain.mp4']])
    rmSync(join(out, 'MVI_0002-1-plain.mp4'))
    await engine.call('clip.export', wish)
    await engine.call('engine.settle', {})
    expect(files(out)).toContain('MVI_0002-1-plain.mp4')

    // A card is never written to, whether the folder is there or not; nor a folder whose disk is gone.
    const refusal = async (folder: string) => (await engine.call('clip.exportPlan', { ...wish, folder })).refused[0]?.because
    expect([
      await refusal(join(card, 'DCIM', '100MADE')),
      await refusal(join(card, 'clips', 'new')),
      await refusal(join(out, 'gone')),
    ]).toEqual([
      expect.stringMatching(/^nothing is written to a card/),
      expect.stringMatching(/^nothing is written to a card/),
      expect.stringMatching(/^the folder is not there/),
    ])
    expect(await engine.engine.call('clip.export', { ...wish, channels: ['telegraph'] })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', message: 'There is no channel called telegraph' },
    })
  }, 180_000)

  it('is stopped while it is made, named when its original is gone, and tried again, while the others go on', async () => {
    const { engine, dir, clips } = await libraryOf(3, 2)
    const out = tempFolder()
    await mkdir(join(out, 'x'))
    const [, second] = (await engine.call('clip.takes', {})).takes
    const stored = second === undefined ? '' : (await engine.call('asset.get', { assetId: second.assetId })).storedAt
    const wish = { clipIds: clips, channels: ['plain'], look: usualLook, folder: out }
    const { exports } = await engine.call('clip.export', wish)
    const bytes = readFileSync(stored)
    rmSync(stored, { force: true })
    await engine.call('engine.settle', {})
    const ended = (await engine.call('clip.exports', {})).toReversed()
    expect(ended.map((one) => one.state)).toEqual(['done', 'refused', 'done'])
    expect(ended[1]?.because).toMatch(/\w+ \w+/)
    expect((await engine.call('engine.settle', {})).failed.map((one) => one.what)).toEqual(['MVI_0002.MP4 for plain'])
    writeFileSync(stored, bytes)
    expect(await engine.call('clip.retry', {})).toEqual({ retried: 1 })
    await engine.call('engine.settle', {})
    expect([await states(engine), exports.length]).toEqual([['plain done', 'plain done', 'plain done'], 3])

    const stopped = new Promise<void>((resolve) => {
      engine.engine.on('export.progress', ({ exportId }) => {
        void engine.call('clip.cancel', { exportIds: [exportId] }).then(() => resolve())
      })
    })
    await engine.call('clip.export', { ...wish, look: { ...usualLook, aspect: '9:16' } })
    await stopped
    await engine.call('engine.settle', {})
    const after = await states(engine)
    expect(after.filter((one) => one === 'plain cancelled').length).toBeGreaterThanOrEqual(1)
    expect([...files(out), ...files(dir)].filter((name) => name.endsWith('.part'))).toEqual([])
  }, 180_000)
})
