import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { peek } from '../../../workers/peek/peek.ts'
import { type TaskArgs, type TaskOut, tasks } from '../../../workers/protocol.ts'
import { jpegHeader } from '../../../workers/score/sniff.ts'
import { sampleCard, samplePhotos } from '../../support/card.ts'
import { tempFolder } from '../../support/temp.ts'
import { quiet } from '../score/pictures.ts'
import { cameraJpeg, canonRaw, fujiRaw, preview, tiffRaw } from './made.ts'

const look = async (paths: string[], change: Partial<TaskArgs<'peek.files'>> = {}): Promise<TaskOut<'peek.files'>['files']> =>
  tasks['peek.files'].out.parse(await peek({ paths, outDir: tempFolder('peek'), decodeMissing: false, ...change }, quiet())).files

/** Upright size of a preview, and which of its colours is left and at the top. */
async function shown(path: string | null | undefined): Promise<string> {
  if (path == null) return 'none'
  const { data, info } = await sharp(path).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const colour = (x: number, y: number) => ((data[(y * info.width + x) * 3] ?? 0) > 128 ? 'red' : 'blue')
  return `${info.width}×${info.height} ${colour(3, 3)} ${colour(info.width - 4, 3)} ${colour(3, info.height - 4)}`
}

test('each kind of file shows its time, camera, turn and preview', async () => {
  const dir = tempFolder('card')
  const small = await preview()
  const files: Record<string, Buffer> = {
    'upright.JPG': await cameraJpeg({ thumbnail: small }),
    'turned.JPG': await cameraJpeg({ thumbnail: small, orientation: 6 }),
    'by-an-editor.JPG': await cameraJpeg({ thumbnail: await preview(120, 160), orientation: 6 }),
    'bare.JPG': await cameraJpeg({ width: 3000, height: 2000 }),
    'canon.CR3': await canonRaw(small, 6),
    'fuji.RAF': await fujiRaw(small),
    'olympus.ORF': await tiffRaw('RO', small, 0),
    'panasonic.RW2': await tiffRaw('U\0', small, 0),
    'far.NEF': await tiffRaw('*\0', small, 400_000),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  const found = await look(Object.keys(files).map((name) => join(dir, name)))
  const rows = await Promise.all(found.map(async (file) => [basename(file.path), file.orientation, await shown(file.thumb)]))
  expect(rows).toEqual([
    ['upright.JPG', 1, '160×120 red blue red'],
    ['turned.JPG', 6, '120×160 red red blue'],
    ['by-an-editor.JPG', 6, '120×160 red blue red'],
    ['bare.JPG', 1, 'none'],
    ['canon.CR3', 6, '120×160 red red blue'],
    ['fuji.RAF', 1, '160×120 red blue red'],
    ['olympus.ORF', 8, '120×160 blue blue red'],
    ['panasonic.RW2', 8, '120×160 blue blue red'],
    ['far.NEF', 8, '120×160 blue blue red'],
  ])
  for (const file of found)
    expect([file.path, file.capturedAt, file.camera]).toEqual([file.path, '2026-05-01T10:00:00.250', 'Canon Canon EOS R8'])
})

test('a preview is named after path, size and time, written once, and only where it was asked for', async () => {
  const dir = tempFolder('card')
  const outDir = join(tempFolder('peek'), 'new', 'folder')
  const path = join(dir, 'IMG_0001.JPG')
  writeFileSync(path, await cameraJpeg({ thumbnail: await preview() }))
  utimesSync(path, 1_777_000_000, 1_777_000_000)
  const { size, mtimeMs } = statSync(path)
  const name = `${createHash('sha256').update(`${path}\0${size}\0${mtimeMs}`).digest('hex')}.jpg`
  const [first] = await look([path], { outDir })
  expect(first?.thumb).toBe(join(outDir, name))
  const { ino } = statSync(join(outDir, name))
  expect([await look([path], { outDir }), statSync(join(outDir, name)).ino, readdirSync(outDir)]).toEqual([[first], ino, [name]])
  utimesSync(path, 1_777_000_002, 1_777_000_002)
  expect((await look([path], { outDir }))[0]?.thumb).not.toBe(first?.thumb)
  expect(await look([path], { outDir: null })).toEqual([{ ...first, thumb: null }])
  // A folder that takes nothing costs the preview, not the facts.
  expect(await look([path], { outDir: join(path, 'below a file') })).toEqual([{ ...first, thumb: null }])
  expect(readdirSync(dir)).toEqual(['IMG_0001.JPG'])
})

test('a clip is shown by what its camera wrote beside it', async () => {
  const dir = tempFolder('card')
  for (const folder of ['CLIP', 'THMBNL']) mkdirSync(join(dir, folder))
  const clip = readFileSync(join(sampleCard, 'DCIM', samplePhotos.clips[0]))
  writeFileSync(join(dir, 'MVI_0001.MP4'), clip)
  writeFileSync(join(dir, 'MVI_0001.THM'), await cameraJpeg({ width: 160, height: 120 }))
  writeFileSync(join(dir, 'CLIP', 'C0001.MP4'), clip)
  writeFileSync(join(dir, 'THMBNL', 'C0001T01.JPG'), await preview())
  writeFileSync(join(dir, 'alone.MP4'), clip)
  const [canon, sony, alone] = await look(['MVI_0001.MP4', 'CLIP/C0001.MP4', 'alone.MP4'].map((name) => join(dir, name)))
  expect(canon).toMatchObject({
    capturedAt: '2026-05-01T10:00:00.250',
    camera: 'Canon Canon EOS R8',
    thumb: expect.stringMatching(/\.jpg$/),
  })
  expect([await shown(sony?.thumb), sony?.capturedAt]).toEqual(['160×120 red blue red', null])
  expect(alone).toEqual({ path: join(dir, 'alone.MP4'), capturedAt: null, camera: null, orientation: 1, thumb: null })
})

test('a photo without a preview is decoded small only when that is asked for', async () => {
  const dir = tempFolder('card')
  writeFileSync(join(dir, 'bare.JPG'), await cameraJpeg({ width: 3000, height: 2000, orientation: 6 }))
  writeFileSync(
    join(dir, 'picture.png'),
    await sharp(await preview(900, 600))
      .png()
      .toBuffer(),
  )
  writeFileSync(join(dir, 'raw.NEF'), await tiffRaw('*\0', await preview(2400, 1600), 1_200_000))
  writeFileSync(join(dir, 'cut.JPG'), (await cameraJpeg()).subarray(0, 300))
  const paths = readdirSync(dir).map((name) => join(dir, name))
  expect((await look(paths)).map((file) => file.thumb)).toEqual([null, null, null, null])
  const sizes = await Promise.all((await look(paths, { decodeMissing: true })).map((file) => shown(file.thumb)))
  expect(sizes.map((size) => size.split(' ')[0])).toEqual(['320×480', 'none', '480×320', '320×480'])
})

test('what is no readable photo is null and ends nothing else; no file on the card changes', async () => {
  const dir = tempFolder('card')
  const small = await preview()
  const good = await cameraJpeg({ thumbnail: small })
  const liar = Buffer.from(small)
  // The preview says that it is 65,535 pixels wide.
  liar.writeUInt16BE(65535, liar.indexOf(Buffer.from([0xff, 0xc0])) + 7)
  const odd = Buffer.concat([Buffer.from(dir), Buffer.from('/IMG_\xff\xfe.JPG', 'latin1')])
  writeFileSync(odd, good)
  const files: Record<string, Buffer | string> = {
    'good.JPG': good,
    'page.JPG': '<!doctype html><img src="file:///etc/passwd">',
    'empty.JPG': '',
    'one.JPG': '\xff',
    'liar.JPG': await cameraJpeg({ thumbnail: liar, width: 3000 }),
    'many.JPG': Buffer.concat([good.subarray(0, 2), Buffer.from('ffd8ff'.repeat(40_000), 'hex')]),
    'loop.JPG': Buffer.from('ffd8ffe1002245786966000049492a00080000000100120103000100000009000000080000000000ffd9', 'hex'),
    'box.CR3': Buffer.concat([
      Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom\xff\xff\xff\xffCMT1\0\0\0\x02CMT2', 'latin1'),
      Buffer.alloc(64),
    ]),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  mkdirSync(join(dir, 'folder.JPG'))
  symlinkSync(join(dir, 'good.JPG'), join(dir, 'link.JPG'))
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(dir, 'pipe.JPG')])
  const before = readdirSync(dir).map((name) => [name, statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs])
  const names = [...Object.keys(files), 'folder.JPG', 'link.JPG', 'pipe.JPG', 'gone.JPG']
  const found = await look([...names.map((name) => join(dir, name)), `\0${odd.toString('hex')}`, ''])
  const seen = found.filter((file) => file.thumb !== null).map((file) => file.path)
  expect(seen).toEqual([join(dir, 'good.JPG'), `\0${odd.toString('hex')}`])
  expect(found.filter((file) => file.capturedAt !== null)).toHaveLength(3)
  expect(readdirSync(dir).map((name) => [name, statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs])).toEqual(before)
})

test('damaged in any place, a photo still ends in a record, and what it shows is a picture of sane size', async () => {
  const dir = tempFolder('card')
  const whole = [
    await cameraJpeg({ thumbnail: await preview(), orientation: 6 }),
    await canonRaw(await preview(), 3),
    await tiffRaw('RO', await preview(), 9),
  ]
  let state = 7
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const paths = Array.from({ length: 240 }, (_, index) => {
    const bytes = Buffer.from(whole[index % whole.length] ?? '')
    // Most of what can go wrong lies in the first bytes: headers, offsets, lengths.
    for (let hit = 0; hit < 12; hit++) bytes[next(hit < 9 ? 700 : bytes.length)] = next(256)
    const path = join(dir, `${index}.bin`)
    writeFileSync(path, index % 5 === 0 ? bytes.subarray(0, next(bytes.length)) : bytes)
    return path
  })
  const found = await look(paths)
  expect(found.map((file) => file.path)).toEqual(paths)
  const shownAtAll = found.filter((file) => file.thumb !== null)
  expect(shownAtAll.length).toBeGreaterThan(60)
  for (const { thumb } of shownAtAll) {
    const bytes = readFileSync(thumb ?? '')
    expect(bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff')
    expect(bytes.length).toBeLessThan(200_100)
    const header = jpegHeader(bytes)
    expect(Math.max(header?.width ?? Infinity, header?.height ?? Infinity)).toBeLessThanOrEqual(2048)
  }
})

test('a look that is called off stops', async () => {
  const stop = new AbortController()
  stop.abort()
  await expect(peek({ paths: ['a', 'b'], outDir: null, decodeMissing: false }, { signal: stop.signal, progress() {} })).rejects.toThrow(
    /abort/i,
  )
})
