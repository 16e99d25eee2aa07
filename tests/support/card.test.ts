import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import exifr from 'exifr'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { buildCard, buildSmallCard, bytes, photo, sampleCard, samplePhotos } from './card.ts'

const filesBelow = async (dir: string): Promise<string[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dir.length + 1)
        .replaceAll('\\', '/'),
    )
}

it('keeps the sample card small, credited, whole, and free of places', async () => {
  const files = await filesBelow(sampleCard)
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(sampleCard, file))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(15_000_000)

  const photos = files.filter((file) => file.endsWith('.JPG'))
  expect(photos).toHaveLength(22)
  for (const file of photos) {
    const content = await readFile(join(sampleCard, file))
    expect(await exifr.gps(content), file).toBeUndefined()
    const decode = sharp(content, { failOn: 'warning' }).stats()
    await (file.endsWith(samplePhotos.truncated)
      ? expect(decode, file).rejects.toThrow(/premature end/)
      : expect(decode, file).resolves.toBeDefined())
  }
  const times = await Promise.all(
    samplePhotos.burst.map(async (file) => (await exifr.parse(join(sampleCard, 'DCIM', file))).DateTimeOriginal.getTime()),
  )
  expect(times.map((time) => (time - times[0]) / 1000)).toEqual([0, 15, 19, 27])
  expect((await sharp(join(sampleCard, 'DCIM', samplePhotos.rotated)).metadata()).orientation).toBe(6)

  const credits = await readFile(resolve(sampleCard, '../CREDITS.md'), 'utf8')
  const folders = /`(10\dCANON)\/(?:IMG|MVI)_(\d{4})(?:\.\w+)?`(?:–`(\d{4})\.JPG`)?/g
  const credited = [...credits.matchAll(folders)].flatMap(([, folder, from, to]) =>
    Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, step) => `${folder}/${String(Number(from) + step).padStart(4, '0')}`),
  )
  const present = files
    .filter((file) => /\.(?:JPG|MP4)$/.test(file))
    .map((file) => file.replace(/^DCIM\/(\w+)\/\w{4}(\d{4})\.\w+$/, '$1/$2'))
  expect(credited.sort()).toEqual(present.sort())
})

it('builds cards of copies, drawn photos and any bytes', async () => {
  const home = await mkdtemp(join(tmpdir(), 'card-'))
  try {
    await buildSmallCard(join(home, 'small'))
    expect(await filesBelow(join(home, 'small'))).toHaveLength(9)
    const odd = await buildCard(join(home, 'odd'), {
      '100CANON/IMG_0001.JPG': photo({ seed: 1, orientation: 6, capturedAt: '2026:05:01 10:00:03' }),
      '100CANON/IMG_0002.JPG': photo({ seed: 2, capturedAt: null }),
      '/MISC/EMPTY.TXT': bytes(''),
    })
    const [first, second] = await Promise.all(['1', '2'].map((n) => readFile(join(odd, `DCIM/100CANON/IMG_000${n}.JPG`))))
    if (first === undefined || second === undefined) throw new Error('expected two photos')
    expect(await exifr.parse(first, { reviveValues: false, translateValues: false })).toMatchObject({
      DateTimeOriginal: '2026:05:01 10:00:03',
      Orientation: 6,
    })
    expect((await exifr.parse(second)).DateTimeOriginal).toBeUndefined()
    expect(first.equals(second)).toBe(false)
    expect((await stat(join(odd, 'MISC/EMPTY.TXT'))).mtime).toEqual(new Date('2026-05-01T10:00:00Z'))
  } finally {
    await rm(home, { recursive: true, force: true })
  }
})
