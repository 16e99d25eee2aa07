import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { AssetView } from '../../../main/contract/views.ts'
import { readMarks } from '../../../workers/marks/marks.ts'
import { parsePacket } from '../../../workers/marks/packet.ts'
import { buildCard, bytes, fixture, photo } from '../../support/card.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

const notes = (attributes: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" ${attributes}/></rdf:RDF></x:xmpmeta>`
const said = (path: string) => readMarks(parsePacket(readFileSync(path)))

test('ratings come in with the originals, go out beside them, and follow other programs both ways; originals stay as they are', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'))
  const rated = await sharp(readFileSync(await one(dir)))
    .withXmp(notes('xmp:Rating="3" xmp:Label="Green"'))
    .toBuffer()
  const card = await buildCard(join(dir, 'card'), {
    '100CANON/IMG_0001.JPG': bytes(rated),
    '100CANON/IMG_0002.JPG': fixture('101CANON/IMG_0005.JPG'),
    '100CANON/IMG_0002.CR2': bytes('not a real sensor'),
    '100CANON/IMG_0003.JPG': photo({ seed: 7 }),
    '100CANON/IMG_0003.XMP': bytes(notes('xmp:Rating="-1" crs:Exposure2012="+0.35"')),
  })
  const run = async (): Promise<Map<string, AssetView>> => {
    await it.call('marks.sync', {})
    await it.call('engine.settle', {})
    return new Map((await it.call('asset.list', {})).assets.map((asset) => [asset.name, asset]))
  }
  // All in one folder, as on a day's shoot.
  await it.call('settings.set', { template: '{card}/{name}' })
  await it.call('offload.start', { path: card })
  await it.call('engine.settle', {})
  const first = await run()
  expect(first.get('IMG_0001.JPG')).toMatchObject({ rating: 3, label: 'green', decision: 'undecided' })
  expect(first.get('IMG_0002.JPG')).toMatchObject({ rating: null, label: null })
  expect(first.get('IMG_0003.JPG')).toMatchObject({ decision: 'reject' })
  const stored = async (name: string) => (await it.call('asset.get', { assetId: id(first, name) })).storedAt
  const folder = dirname(await stored('IMG_0001.JPG'))
  const before = Object.fromEntries(
    readdirSync(folder).map((name) => [name, [readFileSync(join(folder, name), 'base64'), statSync(join(folder, name)).mtimeMs]]),
  )

  // Nothing is written until it is asked for.
  await it.call('rating.set', { sets: [{ assetIds: [id(first, 'IMG_0002.JPG')], rating: 5, label: 'blue' }] })
  await run()
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(before).toSorted())
  await it.call('settings.set', { marks: 'sidecars' })
  await it.call('decision.set', { sets: [{ assetIds: [id(first, 'IMG_0002.JPG'), id(first, 'IMG_0003.JPG')], decision: 'pick' }] })
  await run()
  const beside = (name: string): string => join(folder, name)
  expect(said(beside('IMG_0002.xmp'))).toMatchObject({ rating: 5, label: 'Blue', pick: 1 })
  // The notes that came with the card are an original; ours start from them.
  expect(said(beside('IMG_0003.JPG.xmp'))).toMatchObject({ pick: 1 })
  expect(readFileSync(beside('IMG_0003.JPG.xmp'), 'utf8')).toContain('+0.35')

  // Another program changes its mind; one undo takes that back, here and there.
  writeFileSync(
    beside('IMG_0002.xmp'),
    readFileSync(beside('IMG_0002.xmp'), 'utf8').replace('Rating="5"', 'Rating="1" crs:Texture="12" xmlns:crs="urn:x"'),
  )
  writeFileSync(beside('IMG_0001.JPG.xmp'), notes('xmp:Rating="2"'))
  const changed = await run()
  expect([changed.get('IMG_0002.JPG')?.rating, changed.get('IMG_0001.JPG')?.rating]).toEqual([1, 2])
  await it.call('decision.undo', {})
  expect((await run()).get('IMG_0002.JPG')).toMatchObject({ rating: 5, decision: 'pick' })
  expect(said(beside('IMG_0002.xmp')).rating).toBe(5)
  expect(readFileSync(beside('IMG_0002.xmp'), 'utf8')).toContain('Texture')

  const out = join(dir, 'out')
  await mkdir(out)
  const asked = [...first.values()].map((asset) => asset.id)
  const report = await it.call('marks.export', { assetIds: asked, path: out })
  expect(report).toMatchObject({ written: 3, refused: [], stopped: false })
  expect(readdirSync(out).toSorted()).toEqual(['IMG_0001.JPG', 'IMG_0002.CR2', 'IMG_0002.JPG', 'IMG_0002.xmp', 'IMG_0003.JPG'])
  expect(readFileSync(join(out, 'IMG_0002.JPG'), 'latin1')).toContain('Rating="5"')
  const twice = await it.call('marks.export', { assetIds: asked.slice(0, 1), path: out })
  expect(twice.written).toBe(1)
  expect(readdirSync(out)).toContain(`${first.get('IMG_0001.JPG') === undefined ? '' : 'IMG_0001~2.JPG'}`)
  expect(await it.engine.call('marks.export', { assetIds: asked, path: join(dir, 'library', 'originals') })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input' },
  })

  const { text } = await it.call('list.write', { assetIds: asked })
  expect((await it.call('list.read', { text })).assetIds.toSorted()).toEqual(asked.toSorted())
  const odd = await it.call('list.read', { text: 'C:\\shoot\\img_0002.cr2; IMG_0003\r\nDSC_9999.JPG\n' })
  expect(odd).toEqual({ assetIds: [id(first, 'IMG_0002.JPG'), id(first, 'IMG_0003.JPG')], unknown: ['DSC_9999.JPG'] })

  for (const [name, was] of Object.entries(before))
    expect([name, readFileSync(join(folder, name), 'base64'), statSync(join(folder, name)).mtimeMs]).toEqual([name, ...was])
  expect((await it.call('library.verify', {})).damaged).toEqual([])
})

test('the notes that were written beside an original go to the trash with it and come back, also beside another name', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'))
  await it.call('settings.set', { template: '{card}/{name}', marks: 'sidecars' })
  const offload = async (folder: string, seed: number): Promise<Map<string, AssetView>> => {
    await it.call('offload.start', { path: await buildCard(join(dir, folder), { '100CANON/IMG_0001.JPG': photo({ seed }) }) })
    await it.call('engine.settle', {})
    return new Map((await it.call('asset.list', {})).assets.map((asset) => [asset.name, asset]))
  }
  const photoId = id(await offload('card', 1), 'IMG_0001.JPG')
  await it.call('rating.set', { sets: [{ assetIds: [photoId], rating: 4 }] })
  await it.call('marks.sync', {})
  await it.call('engine.settle', {})
  const home = async () => (await it.call('asset.get', { assetId: photoId })).storedAt
  const at = await home()
  const text = readFileSync(`${at}.xmp`, 'utf8')
  expect(said(`${at}.xmp`).rating).toBe(4)

  await it.call('asset.remove', { assetIds: [photoId] })
  expect([existsSync(at), existsSync(`${at}.xmp`)]).toEqual([false, false])
  expect((await it.call('trash.list', {})).trash).toMatchObject([{ id: photoId }])
  await it.call('asset.restore', { assetIds: [photoId] })
  expect(readFileSync(`${at}.xmp`, 'utf8')).toBe(text)

  // Its name was taken meanwhile, by a photo with notes of its own.
  await it.call('asset.remove', { assetIds: [photoId] })
  const other = [...(await offload('card', 9)).values()].find((asset) => asset.id !== photoId)
  await it.call('rating.set', { sets: [{ assetIds: other === undefined ? [] : [other.id], rating: 2 }] })
  await it.call('marks.sync', {})
  await it.call('engine.settle', {})
  await it.call('asset.restore', { assetIds: [photoId] })
  const now = await home()
  expect([now === at, readFileSync(`${now}.xmp`, 'utf8') === text, said(`${at}.xmp`).rating]).toEqual([false, true, 2])
  // Nobody changed anything, so nothing is taken over.
  const acts = (await it.call('decision.history', {})).length
  await it.call('marks.sync', {})
  await it.call('engine.settle', {})
  expect((await it.call('decision.history', {})).length).toBe(acts)
})

const id = (assets: ReadonlyMap<string, AssetView>, name: string) => {
  const found = assets.get(name)
  if (found === undefined) throw new Error(`expected ${name}`)
  return found.id
}

async function one(dir: string): Promise<string> {
  const card = await buildCard(join(dir, 'single'), { '100CANON/IMG_0001.JPG': fixture('101CANON/IMG_0004.JPG') })
  const path = join(card, 'DCIM', '100CANON', 'IMG_0001.JPG')
  return existsSync(path) ? path : join(card, basename(path))
}
