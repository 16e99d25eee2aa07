import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildCard, bytes, photo } from '../../support/card.ts'
import { startEngine, type TestEngine } from '../../support/engine.ts'
import { manifestLine, manifestText } from '../../support/manifest.ts'
import { tempFolder } from '../../support/temp.ts'

async function backupOf(it: TestEngine, dir: string, card: string): Promise<{ disk: string; manifest: string }> {
  const disk = join(dir, 'backup')
  await it.call('offload.start', { path: card, backups: [disk] })
  await it.call('engine.settle', {})
  const folder = join(disk, 'manifests')
  return { disk, manifest: join(folder, readdirSync(folder).toSorted().at(-1) ?? '') }
}
const find = (disk: string, name: string): string => {
  const entry = readdirSync(disk, { recursive: true, withFileTypes: true }).find((one) => one.name === name)
  if (entry === undefined) throw new Error(`expected ${name} on ${disk}`)
  return join(entry.parentPath, entry.name)
}
const names = (files: { path: string }[]): string[] => files.map((one) => one.path.split('/').at(-1) ?? '')

test('a disk is checked against its manifest alone: moved, damaged, shortened, missing, replaced by a link, and what came later', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'), 'offload')
  const card = await buildCard(
    join(dir, 'card'),
    Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`100CANON/IMG_000${n}.JPG`, photo({ seed: n })])),
  )
  await buildCard(card, { '100CANON/IMG_0001.XMP': bytes('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>') })
  const made = await backupOf(it, dir, card)
  // Another computer, another library, another place.
  const disk = join(dir, 'moved disk')
  renameSync(made.disk, disk)
  const file = made.manifest.replace(made.disk, disk)
  const other = await startEngine(join(dir, 'other library'), 'offload')
  const good = await other.call('manifest.verify', { path: file })
  expect(good).toMatchObject({ manifests: [file], at: disk, listed: 6, identical: 6, damaged: [], missing: [], unchecked: [], extra: [] })
  expect(good.bytes).toBeGreaterThan(5000)

  const rotten = find(disk, 'IMG_0001.JPG')
  const content = readFileSync(rotten)
  content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1
  for (const name of ['IMG_0001.JPG', 'IMG_0002.JPG']) chmodSync(find(disk, name), 0o644)
  writeFileSync(rotten, content)
  truncateSync(find(disk, 'IMG_0002.JPG'), 100)
  rmSync(find(disk, 'IMG_0003.JPG'))
  const linked = find(disk, 'IMG_0004.JPG')
  renameSync(linked, join(dir, 'aside.jpg'))
  symlinkSync(join(dir, 'aside.jpg'), linked)
  cpSync(find(disk, 'IMG_0005.JPG'), join(linked, '..', 'later.jpg'))
  writeFileSync(join(linked, '..', '.DS_Store'), '')
  // The folder of the disk says the same as the file.
  for (const path of [file, disk, join(disk, 'manifests')]) {
    const bad = await other.call('manifest.verify', { path })
    expect([bad.identical, names(bad.damaged), names(bad.missing), names(bad.extra)]).toEqual([
      2,
      ['IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0004.JPG'],
      ['IMG_0003.JPG'],
      ['later.jpg'],
    ])
    expect(bad.damaged.map((one) => one.because)).toEqual([
      expect.stringContaining('its bytes are not those'),
      expect.stringMatching(/^it has 100 bytes instead of \d+$/),
      'a link or a folder lies where the file was',
    ])
  }
})

test('a folder that is a link out of the disk is not followed; --at moves the start; other checksums are computed or named', async () => {
  const dir = tempFolder()
  const it = await startEngine(null, 'offload')
  const disk = join(dir, 'disk')
  mkdirSync(join(disk, 'ascmhl'), { recursive: true })
  mkdirSync(join(dir, 'outside'))
  writeFileSync(join(dir, 'outside', 'secret'), 'abc')
  symlinkSync(join(dir, 'outside'), join(disk, 'way'))
  writeFileSync(join(disk, 'a.mov'), 'abc')
  writeFileSync(join(disk, 'b.mov'), 'abcd')
  const md5 = createHash('md5').update('abc').digest('hex')
  const sha1 = createHash('sha1').update('abc').digest('hex')
  writeFileSync(
    join(disk, 'ascmhl', '0001.mhl'),
    `<hashlist version="2.0"><hashes>
      <hash><path size="3">a.mov</path><md5>${md5}</md5></hash><hash><path size="4">b.mov</path><xxh64>00</xxh64></hash>
      <hash><path size="3">way/secret</path><sha1>${sha1}</sha1></hash></hashes></hashlist>`,
  )
  const report = await it.call('manifest.verify', { path: disk })
  expect([report.at, report.identical, report.damaged.map((one) => one.because), names(report.unchecked)]).toEqual([
    disk,
    1,
    ['its folder is a link that leads out of this disk'],
    ['b.mov'],
  ])
  const lines = [manifestLine('secret', 'abc')]
  writeFileSync(join(dir, 'loose.mhl'), await manifestText(lines))
  expect(await it.call('manifest.verify', { path: join(dir, 'loose.mhl'), at: join(dir, 'outside') })).toMatchObject({
    identical: 1,
    missing: [],
  })
  expect(await it.call('manifest.verify', { path: join(dir, 'loose.mhl') })).toMatchObject({
    identical: 0,
    missing: [{ path: join(dir, 'secret') }],
  })
})

test('what is no manifest is refused with the next step; one bad manifest among others is named, the rest is checked', async () => {
  const dir = tempFolder()
  const it = await startEngine(null, 'offload')
  const refused = async (path: string) => {
    const reply = await it.engine.call('manifest.verify', { path })
    return reply.ok ? 'read' : [reply.error.code, reply.error.next !== null]
  }
  mkdirSync(join(dir, 'manifests'))
  const bad = join(dir, 'manifests', 'b.mhl')
  writeFileSync(bad, Buffer.from([0xff, 0xfe, 0x00]))
  expect([await refused(join(dir, 'nowhere')), await refused(bad)]).toEqual([
    ['not-found', true],
    ['unreadable', true],
  ])
  mkdirSync(join(dir, 'empty'))
  expect(await refused(join(dir, 'empty'))).toEqual(['not-found', true])
  writeFileSync(join(dir, 'photo'), 'abc')
  const lines = [manifestLine('photo', 'abc')]
  writeFileSync(join(dir, 'manifests', 'a.mhl'), await manifestText(lines))
  expect(await it.call('manifest.verify', { path: dir })).toMatchObject({
    identical: 1,
    damaged: [{ path: bad, because: expect.stringContaining('UTF-8') }],
  })
})

test('a check that takes long can be stopped', async () => {
  const dir = tempFolder()
  const it = await startEngine(null, 'offload')
  const lines = Array.from({ length: 400 }, (_, n) => manifestLine(`${n}`, 'abc'))
  for (const { path } of lines) writeFileSync(join(dir, path), 'abc')
  writeFileSync(join(dir, 'all.mhl'), await manifestText(lines))
  let stopped = false
  it.engine.on('progress', ({ done }) => {
    if (done < 3 || stopped) return
    stopped = true
    void it.call('verify.stop', {})
  })
  expect(await it.engine.call('manifest.verify', { path: dir })).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  expect(await it.call('manifest.verify', { path: dir })).toMatchObject({ identical: 400 })
})
