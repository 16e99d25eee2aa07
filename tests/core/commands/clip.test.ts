import { describe, expect, it } from 'vitest'
import type { AssetId, ClipId } from '../../../main/contract/ids.ts'
import { buildCard, fixture, samplePhotos } from '../../support/card.ts'
import { startEngine, type TestEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

async function take(): Promise<{ engine: TestEngine; id: AssetId; photo: AssetId; dir: string }> {
  const dir = tempFolder()
  const card = await buildCard(tempFolder(), {
    '100CANON/IMG_0001.JPG': fixture(samplePhotos.small[0]),
    '100CANON/MVI_0002.MP4': fixture(samplePhotos.clips[0]),
  })
  const engine = await startEngine(dir)
  await engine.call('offload.start', { path: card })
  await engine.call('engine.settle', {})
  const { assets } = await engine.call('asset.list', {})
  const find = (kind: string): AssetId => {
    const found = assets.find((one) => one.kind === kind)
    if (found === undefined) throw new Error(`expected a ${kind}`)
    return found.id
  }
  return { engine, id: find('clip'), photo: find('photo'), dir }
}

describe("a person's in and out", () => {
  it('goes before what was found, is the one that is published, survives, can be taken away, and must be a range of a take', async () => {
    const { engine, id, photo, dir } = await take()
    const before = await engine.call('asset.get', { assetId: id })
    const score = before.score
    const set = (range: { inUs: number; outUs: number } | null, clipId: ClipId | null) =>
      engine.call('clip.set', { assetId: id, clipId, range })

    const [first, ...found] = (await set({ inUs: 500_000, outUs: 3_000_000 }, null)).clips
    expect(first).toMatchObject({ by: 'person', score: null, inUs: 500_000, outUs: 3_000_000, components: {} })
    expect(found).toEqual(before.clips)
    // What the take is worth was measured, and setting a clip measures nothing.
    expect((await engine.call('asset.get', { assetId: id })).score).toBe(score)

    await engine.call('decision.set', { sets: [{ assetIds: [id, photo], decision: 'pick' }] })
    const published = async () => (await engine.call('product.list', {})).flatMap((product) => product.clips)
    expect(await published()).toEqual([first?.id])

    const moved = (await set({ inUs: 1_000_000, outUs: 3_000_000 }, first?.id ?? null)).clips
    expect(moved.map(({ by, inUs }) => [by, inUs])).toEqual([['person', 1_000_000], ...found.map(({ by, inUs }) => [by, inUs])])
    expect(await published()).toEqual([moved[0]?.id])

    const refused = async (assetId: AssetId, inUs: number, outUs: number) => {
      const reply = await engine.engine.call('clip.set', { assetId, clipId: null, range: { inUs, outUs } })
      return reply.ok ? null : `${reply.error.code}: ${reply.error.message}`
    }
    expect([
      await refused(id, -1, 2_000_000),
      await refused(id, 0, 3_600_000_000),
      await refused(id, 1_000_000, 1_100_000),
      await refused(photo, 0, 1_000_000),
    ]).toEqual([
      expect.stringMatching(/^invalid-input: Expected a range inside of the take/),
      expect.stringMatching(/^invalid-input: Expected a range inside of the take/),
      'invalid-input: A clip is at least half a second long; this one is 0.10 s',
      'invalid-input: Only a clip has an in and an out; this is a photo',
    ])
    const unknown = await engine.engine.call('clip.set', { assetId: id, clipId: 'nothing' as ClipId, range: null })
    expect(unknown).toMatchObject({ ok: false, error: { code: 'not-found' } })

    await engine.close()
    const again = await startEngine(dir)
    expect((await again.call('asset.get', { assetId: id })).clips).toEqual(moved)
    const back = await again.call('clip.set', { assetId: id, clipId: moved[0]?.id ?? null, range: null })
    expect(back.clips).toEqual(before.clips)
    expect((await again.call('product.list', {})).flatMap((product) => product.clips)).toEqual(
      before.clips.slice(0, 1).map((clip) => clip.id),
    )
  }, 120_000)

  it('is in the history: taken back, done again, taken away and brought back like every other act', async () => {
    const { engine, id } = await take()
    const found = (await engine.call('asset.get', { assetId: id })).clips
    const mine = async () =>
      (await engine.call('asset.get', { assetId: id })).clips.flatMap(({ by, inUs, outUs }) => (by === 'person' ? [[inUs, outUs]] : []))
    const set = (clipId: ClipId | null, range: { inUs: number; outUs: number } | null) =>
      engine.call('clip.set', { assetId: id, clipId, range })
    const first = (await set(null, { inUs: 500_000, outUs: 3_000_000 })).clips[0]?.id ?? null
    const second = (await set(first, { inUs: 1_000_000, outUs: 3_000_000 })).clips[0]?.id ?? null
    await engine.call('rating.set', { sets: [{ assetIds: [id], rating: 4 }] })
    await set(second, null)
    expect(await mine()).toEqual([])
    const turn = async (way: 'decision.undo' | 'decision.redo') => {
      const { what, changed } = await engine.call(way, {})
      return [what, changed.length, await mine()]
    }
    expect([await turn('decision.undo'), await turn('decision.undo'), await turn('decision.undo'), await turn('decision.undo')]).toEqual([
      ['MVI_0002.MP4 back to the clip that was found', 1, [[1_000_000, 3_000_000]]],
      ['MVI_0002.MP4 given 4 stars', 1, [[1_000_000, 3_000_000]]],
      ['MVI_0002.MP4 given its own in and out', 1, [[500_000, 3_000_000]]],
      ['MVI_0002.MP4 given its own in and out', 1, []],
    ])
    expect((await engine.call('asset.get', { assetId: id })).clips).toEqual(found)
    expect([await turn('decision.redo'), await turn('decision.redo')].map(([, , ranges]) => ranges)).toEqual([
      [[500_000, 3_000_000]],
      [[1_000_000, 3_000_000]],
    ])
    // The same range again is the same clip, and changes nothing.
    expect((await set(second, { inUs: 1_000_000, outUs: 3_000_000 })).clips[0]?.id).toBe(second)
    expect((await engine.call('decision.history', {})).filter(({ undone }) => !undone)).toHaveLength(2)
  }, 120_000)
})
