import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { modelsDir } from '../../../models/load.ts'
import { tasks } from '../../../workers/protocol.ts'
import { measuresVersion, modelString } from '../../../workers/score/models.ts'
import { photo } from '../../../workers/score/photo.ts'
import { ending, grainy, jpeg, scene, score, temporary } from './pictures.ts'

describe('score.photo', () => {
  test('one decode gives facts, measures, hash, descriptor, and two plain JPEGs without metadata', async () => {
    await using temp = await temporary()
    const bytes = await sharp(await jpeg(scene({ width: 3200, height: 2400 })))
      .withExif({
        IFD0: { Make: 'Maker', Model: 'Model 7' },
        IFD2: { DateTimeOriginal: '2024:03:31 02:30:00', SubSecTimeOriginal: '12', FocalLength: '50/1', ISOSpeedRatings: '200' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
      })
      .jpeg()
      .toBuffer()
    const path = await temp.put('IMG_0001.JPG', bytes)
    const [thumbPath, previewPath] = [join(temp.dir, 'deep', 'thumb.jpg'), join(temp.dir, 'deep', 'preview.jpg')]
    const out = tasks['score.photo'].out.parse(await score(path, { thumbPath, previewPath }))
    expect(out.info).toMatchObject({
      format: 'jpeg',
      width: 3200,
      height: 2400,
      orientation: 1,
      capturedAt: '2024-03-31T02:30:00.120',
      cameraModel: 'Model 7',
      focalMm: 50,
    })
    expect(Object.keys(out.measures).toSorted()).toEqual(
      [
        'clutter',
        'colour-cast',
        'compression',
        'contrast',
        'detail',
        'exposure',
        'focus',
        'framing',
        'motion',
        'noise',
        'quality',
        'resolution',
      ].toSorted(),
    )
    for (const { value, confidence, because } of Object.values(out.measures)) {
      expect(value >= 0 && value <= 1 && confidence >= 0 && confidence <= 1 && because.length > 3).toBe(true)
    }
    expect([out.degraded, out.warnings]).toEqual([[], []])
    expect(out.model).toBe(await modelString(modelsDir))
    expect(Math.hypot(...(out.embedding ?? []))).toBeCloseTo(1, 5)
    const made = await Promise.all([thumbPath, previewPath].map((made) => sharp(made).metadata()))
    expect(made.map(({ width, height, exif, icc, format }) => ({ width, height, exif, icc, format }))).toEqual([
      { width: 480, height: 360, exif: undefined, icc: undefined, format: 'jpeg' },
      { width: 2048, height: 1536, exif: undefined, icc: undefined, format: 'jpeg' },
    ])
    expect((await readdir(join(temp.dir, 'deep'))).toSorted()).toEqual(['preview.jpg', 'thumb.jpg'])
    expect(await readFile(path)).toEqual(bytes)
  })

  test('what is wrong with a photo lowers the measure that names it', async () => {
    await using temp = await temporary()
    const clean = await jpeg(scene())
    const of = async (name: string, bytes: Buffer) => (await score(await temp.put(name, bytes))).measures
    const sharpOne = await of('sharp.jpg', clean)
    const soft = await of('soft.jpg', await sharp(clean).blur(4).jpeg().toBuffer())
    const noisy = await of('noisy.jpg', await grainy(scene(), 18))
    const dark = await of('dark.jpg', await sharp(clean).linear(0.12, 0).jpeg().toBuffer())
    const squeezed = await of('squeezed.jpg', await jpeg(scene(), 12))
    const drop = (name: string, measures: typeof sharpOne) => (sharpOne[name]?.value ?? 0) - (measures[name]?.value ?? 1)
    expect({
      focus: drop('focus', soft) > 0.3,
      detail: drop('detail', soft) > 0.05,
      noise: drop('noise', noisy) > 0.3,
      exposure: drop('exposure', dark) > 0.3,
      compression: drop('compression', squeezed) > 0.5,
      words: soft['focus']?.because,
    }).toEqual({
      focus: true,
      detail: true,
      noise: true,
      exposure: true,
      compression: true,
      words: expect.stringMatching(/soft|out of focus/),
    })
  })

  test('a white sweep is not overexposed, a blown subject is', async () => {
    await using temp = await temporary()
    const of = async (name: string, svg: Buffer) => (await score(await temp.put(name, await jpeg(svg)))).measures['exposure']
    const sweep = await of('sweep.jpg', scene())
    const grey = await of('grey.jpg', scene({ backdrop: '#8d8d8d' }))
    const blown = await of('blown.jpg', scene({ backdrop: '#5d5d5d', vase: '#fffffe', stripe: '#ffffff' }))
    expect(sweep?.value).toBeGreaterThan(0.9)
    expect(Math.abs((sweep?.value ?? 0) - (grey?.value ?? 0))).toBeLessThan(0.1)
    expect(blown?.value).toBeLessThan(0.3)
    expect(blown?.because).toMatch(/blown out/)
  })

  test('orientation, colour space and file type change neither the picture nor its score by much', async () => {
    await using temp = await temporary()
    const upright = await jpeg(scene())
    const base = await score(await temp.put('a.jpg', upright))
    const turned = await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 92 }).toBuffer()
    const variants = {
      'turned.jpg': turned,
      'cmyk.jpg': await sharp(upright).toColourspace('cmyk').jpeg({ quality: 92 }).toBuffer(),
      'deep.png': await sharp(upright).toColourspace('rgb16').png().toBuffer(),
      'clear.webp': await sharp(upright).ensureAlpha(1).webp({ quality: 92 }).toBuffer(),
      'p3.jpg': await sharp(upright).withIccProfile('p3').jpeg({ quality: 92 }).toBuffer(),
      'plain.tif': await sharp(upright).tiff().toBuffer(),
    }
    for (const [name, bytes] of Object.entries(variants)) {
      const out = await score(await temp.put(name, bytes))
      const cosine = out.embedding?.reduce((sum, v, i) => sum + v * (base.embedding?.[i] ?? 0), 0) ?? 0
      expect({ name, width: out.info.width, height: out.info.height, alike: cosine > 0.9 }).toEqual({
        name,
        width: 1600,
        height: 1200,
        alike: true,
      })
      expect(Math.abs((out.measures['focus']?.value ?? 0) - (base.measures['focus']?.value ?? 0))).toBeLessThan(0.12)
    }
    const grey = await score(await temp.put('grey.jpg', await sharp(upright).greyscale().jpeg().toBuffer()))
    expect(grey.info.width).toBe(1600)
  })

  test('what is not a decodable photo ends in a refusal that says why, and never hangs', async () => {
    await using temp = await temporary()
    const good = await jpeg(scene({ width: 800, height: 600 }))
    const huge = Buffer.from(good)
    const frame = huge.indexOf(Buffer.from([0xff, 0xc0]))
    huge.writeUInt16BE(65500, frame + 5)
    huge.writeUInt16BE(65500, frame + 7)
    await mkdir(join(temp.dir, 'folder.JPG'))
    execFileSync('mkfifo', [join(temp.dir, 'pipe.JPG')])
    const cases: Record<string, string> = {
      [await temp.put('empty.jpg', '')]: 'damaged',
      [await temp.put('one.jpg', 'x')]: 'damaged',
      [await temp.put('page.jpg', '<!DOCTYPE html><html><body>sold out</body></html>')]: 'unsupported',
      [await temp.put('drawing.jpg', scene())]: 'unsupported',
      [await temp.put('film.jpg', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.alloc(64)]))]: 'unsupported',
      [await temp.put('huge.jpg', huge)]: 'too-large',
      [await temp.put('head.jpg', good.subarray(0, 300))]: 'damaged',
      [join(temp.dir, 'folder.JPG')]: 'unsupported',
      [join(temp.dir, 'pipe.JPG')]: 'unsupported',
      [join(temp.dir, 'gone.JPG')]: 'missing',
    }
    for (const [path, expected] of Object.entries(cases)) expect([path, await ending(score(path))]).toEqual([path, expected])
  })

  test('RAW files are scored from the preview inside; without one the refusal says what to do', async () => {
    await using temp = await temporary()
    const preview = await jpeg(scene({ width: 1600, height: 1200 }))
    const thumbnail = await jpeg(scene({ width: 400, height: 300 }))
    const raf = Buffer.concat([
      Buffer.from('FUJIFILMCCD-RAW 0201'),
      Buffer.alloc(500),
      thumbnail,
      Buffer.alloc(99),
      preview,
      Buffer.alloc(5000, 7),
    ])
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(5000)])
    const out = await score(await temp.put('DSCF0001.RAF', raf))
    expect([out.info.format, out.info.width, out.info.height, out.warnings]).toEqual([
      'raw',
      1600,
      1200,
      ['Scored from the preview inside the file.'],
    ])
    await expect(score(await temp.put('IMG_0001.HEIC', heic))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/convert it to JPEG/),
    })
  })

  test('a cut-off photo is scored with a warning and less confidence', async () => {
    await using temp = await temporary()
    const whole = await jpeg(scene())
    const full = await score(await temp.put('whole.jpg', whole))
    const cut = await score(await temp.put('cut.jpg', whole.subarray(0, Math.floor(whole.length * 0.55))))
    expect(cut.warnings.join()).toMatch(/incomplete: about \d+ % of the picture is missing/)
    expect(cut.measures['complete']?.value).toBeLessThan(0.5)
    for (const name of ['focus', 'exposure', 'quality'])
      expect(cut.measures[name]?.confidence).toBeLessThan(full.measures[name]?.confidence ?? 0)
  })

  test('without models, or with a tampered one, photos are still scored and the loss has a name', async () => {
    await using temp = await temporary()
    const path = await temp.put('a.jpg', await jpeg(scene()))
    const none = await score(path, { modelsDir: join(temp.dir, 'nowhere') })
    expect([none.embedding, none.measures['quality'], none.model]).toEqual([null, undefined, measuresVersion])
    expect(none.degraded.join()).toMatch(/list of models in .* is missing/)
    const dir = join(temp.dir, 'models')
    await mkdir(dir)
    for (const name of await readdir(modelsDir))
      if (/\.(json|onnx|safetensors)$/.test(name)) await copyFile(join(modelsDir, name), join(dir, name))
    const weights = await readFile(join(dir, 'general-backbone.onnx'))
    weights[1000] = (weights[1000] ?? 0) ^ 1
    await writeFile(join(dir, 'general-backbone.onnx'), weights)
    const tampered = await score(path, { modelsDir: dir })
    expect(tampered.degraded).toEqual([expect.stringMatching(/^model general-backbone is not the one expected/)])
    expect([tampered.embedding?.length, tampered.measures['quality']]).toEqual([192, undefined])
  })

  test('an aborted task stops with a refusal between its steps', async () => {
    await using temp = await temporary()
    const path = await temp.put('a.jpg', await jpeg(scene()))
    const abort = new AbortController()
    abort.abort()
    const previewPath = join(temp.dir, 'preview.jpg')
    const work = photo({ path, modelsDir, thumbPath: null, previewPath, subjectAt: null }, { signal: abort.signal, progress() {} })
    expect(await ending(work)).toBe('timeout')
    expect(await readdir(temp.dir)).toEqual(['a.jpg'])
  })
})
