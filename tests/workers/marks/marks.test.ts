import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { packetIn } from '../../../workers/marks/jpeg.ts'
import { read } from '../../../workers/marks/read.ts'
import { write } from '../../../workers/marks/write.ts'
import type { Marks, TaskArgs } from '../../../workers/protocol.ts'
import { ending, jpeg, quiet, scene, temporary } from '../score/pictures.ts'

const at = '2026-03-01T10:00:00Z'
const marks = (change: Partial<Marks> = {}): Marks => ({
  rating: null,
  pick: null,
  label: null,
  title: null,
  description: null,
  creator: null,
  rights: null,
  keywords: [],
  ...change,
})
const put = (path: string, change: Partial<Marks>, more: Partial<TaskArgs<'marks.write'>> = {}) =>
  write({ source: path, outPath: path, how: 'sidecar', base: null, marks: marks(change), at, ...more }, quiet())
const marksOf = async (path: string) => (await read({ paths: [path] }, quiet())).files[0]

/** What Lightroom, darktable and others leave: attributes and elements, several descriptions, edits, keywords, another prefix for a namespace. */
const foreign = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xap="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure2012="+0.35" crs:HasSettings="True">
<xap:Rating>2</xap:Rating><crs:ToneCurvePV2012><rdf:Seq><rdf:li>0, 0</rdf:li><rdf:li>255, 255</rdf:li></rdf:Seq></crs:ToneCurvePV2012></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="48,12.5N">
<dc:subject><rdf:Bag><rdf:li>mug</rdf:li></rdf:Bag></dc:subject><dc:title><rdf:Alt><rdf:li xml:lang="de">Becher</rdf:li><rdf:li xml:lang="x-default">Mug &amp; saucer</rdf:li></rdf:Alt></dc:title></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

let exiftool = true
try {
  execFileSync('exiftool', ['-ver'])
} catch {
  exiftool = false
}
const independent = (path: string): Record<string, unknown> =>
  JSON.parse(execFileSync('exiftool', ['-json', '-n', '-G1', '-struct', path], { encoding: 'utf8' }))[0]

describe('marks', () => {
  test('a new sidecar says what was asked, and says it again when it is read', async () => {
    await using temp = await temporary()
    const path = join(temp.dir, 'IMG_1.xmp')
    const said = {
      rating: 4,
      pick: 1,
      label: 'Green',
      title: 'Blue <mug> & "lid"',
      creator: 'Ada',
      rights: '© Ada',
      keywords: ['mug', 'blue'],
    } as const
    await put(path, { ...said, keywords: [...said.keywords] })
    expect(await marksOf(path)).toEqual({ path, because: null, marks: marks({ ...said, keywords: ['mug', 'blue'] }) })
    await put(path, { rating: 0, pick: -1, label: '', keywords: ['blue', 'sale'] })
    expect((await marksOf(path))?.marks).toMatchObject({
      rating: 0,
      pick: -1,
      label: null,
      title: said.title,
      keywords: ['mug', 'blue', 'sale'],
    })
    expect(readdirSync(temp.dir)).toEqual(['IMG_1.xmp'])
  })

  test('what others wrote stays: edits, places, other languages, the prefix and form they chose', async () => {
    await using temp = await temporary()
    const path = await temp.put('IMG_2.xmp', Buffer.from(foreign))
    expect((await marksOf(path))?.marks).toMatchObject({ rating: 2, title: 'Mug & saucer', keywords: ['mug'] })
    await put(path, { rating: 5, pick: 1, title: 'Ours is not wanted', keywords: ['table'] })
    const text = readFileSync(path, 'utf8')
    expect((await marksOf(path))?.marks).toMatchObject({ rating: 5, pick: 1, title: 'Mug & saucer', keywords: ['mug', 'table'] })
    for (const kept of ['<xap:Rating>5</xap:Rating>', 'crs:Exposure2012="+0.35"', '255, 255', 'exif:GPSLatitude="48,12.5N"', 'Becher'])
      expect(text).toContain(kept)
    expect(text.match(/Rating/g)).toHaveLength(2)
  })

  test('a copy of a JPEG takes marks; the original and every other byte of the picture stay', async () => {
    await using temp = await temporary()
    for (const bytes of [
      await jpeg(scene()),
      await sharp(await jpeg(scene()))
        .withExif({ IFD0: { Make: 'Test' } })
        .withXmp(foreign)
        .jpeg()
        .toBuffer(),
    ]) {
      const source = await temp.put('IMG_3.JPG', bytes)
      const out = join(temp.dir, `copy-${bytes.length}.jpg`)
      await put(source, { rating: 3, pick: 1, label: 'Red' }, { outPath: out, how: 'embedded' })
      expect(readFileSync(source).equals(bytes)).toBe(true)
      const copy = readFileSync(out)
      expect((await marksOf(out))?.marks).toMatchObject({ rating: 3, pick: 1, label: 'Red' })
      const pixels = (one: Buffer) => sharp(one).raw().toBuffer()
      expect((await pixels(copy)).equals(await pixels(bytes))).toBe(true)
      const without = (one: Buffer): Buffer => {
        const packet = packetIn(one)
        const from = packet === null ? 0 : one.indexOf(packet)
        return packet === null ? one : Buffer.concat([one.subarray(0, from - 33), one.subarray(from + packet.length)])
      }
      expect(without(copy).equals(without(bytes))).toBe(true)
      expect(await ending(put(source, { rating: 1 }, { outPath: out, how: 'embedded' }))).toBe('changed')
      expect(readFileSync(out).equals(copy)).toBe(true)
    }
  })

  test('hostile notes are refused by name and stay as they are', async () => {
    await using temp = await temporary()
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${foreign.replace('+0.35', '&b;')}`
    const cases: [string, Buffer, string][] = [
      ['bomb.xmp', Buffer.from(bomb), 'unsupported'],
      ['utf16.xmp', Buffer.from(`\uFEFF${foreign}`, 'utf16le'), 'unsupported'],
      ['cut.xmp', Buffer.from(foreign.slice(0, 400)), 'damaged'],
      ['other.xmp', Buffer.from('<svg/>'), 'damaged'],
      ['big.xmp', Buffer.alloc(9 * 2 ** 20, 32), 'too-large'],
    ]
    for (const [name, bytes, code] of cases) {
      const path = await temp.put(name, bytes)
      expect([name, await ending(put(path, { rating: 1 }))]).toEqual([name, code])
      expect(readFileSync(path).equals(bytes)).toBe(true)
      expect(await marksOf(path)).toMatchObject({ marks: null, because: expect.stringMatching(/\w/) })
    }
    const text = await temp.put('IMG_4.JPG', Buffer.from('not a picture'))
    expect(await ending(put(text, { rating: 1 }, { outPath: join(temp.dir, 'x.jpg'), how: 'embedded' }))).toBe('unsupported')
    const wild = await temp.put('wild.xmp', Buffer.from(foreign.replace('>2<', '>9<')))
    expect((await marksOf(wild))?.marks?.rating).toBe(null)
  })

  test.skipIf(!exiftool)('exiftool, an independent reader, reads the same and finds what others wrote [needs exiftool]', async () => {
    await using temp = await temporary()
    const sidecar = await temp.put('IMG_5.xmp', Buffer.from(foreign))
    await put(sidecar, { rating: 5, pick: -1, label: 'Purple', description: 'From the market', keywords: ['table'] })
    const source = await temp.put(
      'IMG_5.JPG',
      await sharp(await jpeg(scene()))
        .withXmp(foreign)
        .jpeg()
        .toBuffer(),
    )
    const out = join(temp.dir, 'copy.jpg')
    await put(source, { rating: 4, pick: 1, label: 'Blue' }, { outPath: out, how: 'embedded' })
    expect(independent(sidecar)).toMatchObject({
      'XMP-xmp:Rating': 5,
      'XMP-xmp:Label': 'Purple',
      'XMP-xmpDM:Pick': -1,
      'XMP-crs:Exposure2012': '+0.35',
      'XMP-dc:Subject': ['mug', 'table'],
      'XMP-dc:Description': 'From the market',
      'XMP-dc:Title': 'Mug & saucer',
    })
    expect(independent(out)).toMatchObject({
      'XMP-xmp:Rating': 4,
      'XMP-xmp:Label': 'Blue',
      'XMP-xmpDM:Pick': 1,
      'XMP-crs:HasSettings': true,
    })
    // And the other way round: what it writes is read.
    execFileSync('exiftool', ['-overwrite_original', '-XMP-xmp:Rating=1', '-XMP-xmp:Label=Yellow', sidecar])
    expect((await marksOf(sidecar))?.marks).toMatchObject({ rating: 1, label: 'Yellow', pick: -1, keywords: ['mug', 'table'] })
  })
})
