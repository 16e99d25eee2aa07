/**
 * How soon the first photos of a card are seen, in the real window: from the moment the engine tells it that a card is here to the first thumbnail
 * painted, to all of those in view, and to the line that says what would be copied.
 *   node tests/bench/first-thumbs.bench.ts [--files 2000] [--runs 3] [--mb 6]
 * Goal: the first thumbnail within 1 s of the card being noticed. Reference in the same run: a bare read of the same previews (open, 128 KiB, close,
 * one file after the other). The files are real photos with an Exif preview, made long with a hole, so the card reads from memory: what is measured
 * is the program, not a card reader.
 */
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { type OpenApp, openApp } from '../e2e/support/app.ts'
import desktop from '../e2e/support/desktop.ts'
import { machine, median, spread } from './offload-card.ts'

const { values } = parseArgs({
  options: { files: { type: 'string', default: '2000' }, runs: { type: 'string', default: '3' }, mb: { type: 'string', default: '6' } },
})
const files = Number(values.files)
/** As many as the window asks for at once. */
const peeked = 24
const fixtures = resolve(import.meta.dirname, '../fixtures/card/DCIM/100CANON')

/** The Exif segment a camera writes: maker, time, and a preview of 160 × 120 in the second directory (Exif 3.0, 4.5.5). */
async function exif(photo: Buffer, index: number): Promise<Buffer> {
  const preview = await sharp(photo).resize(160, 120, { fit: 'cover' }).jpeg({ quality: 75 }).toBuffer()
  const at = new Date(Date.UTC(2026, 4, 1, 9, 0, index)).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':')
  const texts = [Buffer.from('Canon\0'), Buffer.from('EOS R8\0\0'), Buffer.from(`${at}\0`)]
  const entry = (tag: number, type: number, count: number, value: number): Buffer => {
    const line = Buffer.alloc(12)
    line.writeUInt16LE(tag, 0)
    line.writeUInt16LE(type, 2)
    line.writeUInt32LE(count, 4)
    line.writeUInt32LE(value, 8)
    return line
  }
  const directory = (entries: Buffer[], next: number): Buffer => {
    const count = Buffer.alloc(2)
    count.writeUInt16LE(entries.length)
    const link = Buffer.alloc(4)
    link.writeUInt32LE(next)
    return Buffer.concat([count, ...entries, link])
  }
  // Sizes of the directories: 8 + (2 + 3·12 + 4) + (2 + 2·12 + 4), then the texts, then the preview.
  const [second, textsAt] = [50, 80]
  const previewAt = textsAt + texts.reduce((sum, one) => sum + one.length, 0)
  const [make = texts[0], model = texts[0], time = texts[0]] = texts
  const tiff = Buffer.concat([
    Buffer.from('49492a0008000000', 'hex'),
    directory(
      [
        entry(0x010f, 2, make?.length ?? 0, textsAt),
        entry(0x0110, 2, model?.length ?? 0, textsAt + (make?.length ?? 0)),
        entry(0x0132, 2, time?.length ?? 0, textsAt + (make?.length ?? 0) + (model?.length ?? 0)),
      ],
      second,
    ),
    directory([entry(0x0201, 4, 1, previewAt), entry(0x0202, 4, 1, preview.length)], 0),
    ...texts,
    preview,
  ])
  const head = Buffer.from('ffe100004578696600' + '00', 'hex')
  head.writeUInt16BE(tiff.length + 8, 2)
  return Buffer.concat([head, tiff])
}

async function buildCard(path: string): Promise<void> {
  const photos: { exif: Buffer; rest: Buffer }[] = []
  for (const name of (await readdir(fixtures)).filter((one) => one.endsWith('.JPG') && one !== 'IMG_0010.JPG').slice(0, 8)) {
    const small = await sharp(await readFile(join(fixtures, name)))
      .resize(1200, 1200, { fit: 'inside' })
      .jpeg({ quality: 80 })
      .toBuffer()
    photos.push({ exif: await exif(small, photos.length), rest: small.subarray(2) })
  }
  for (let n = 0; n < files; n += 1) {
    const folder = join(path, 'DCIM', `${100 + Math.floor(n / 1000)}CANON`)
    if (n % 1000 === 0) await mkdir(folder, { recursive: true })
    const photo = photos[n % photos.length]
    if (photo === undefined) throw new Error('expected photos on the sample card, came none')
    const name = join(folder, `IMG_${String((n % 1000) + 1).padStart(4, '0')}.JPG`)
    await writeFile(name, Buffer.concat([Buffer.from([0xff, 0xd8]), photo.exif, photo.rest, Buffer.from(`frame ${n}`)]))
    await truncate(name, Number(values.mb) * 1e6 + n)
  }
}

/** The same previews without us. */
async function bareRead(path: string, most: number): Promise<number> {
  const folder = join(path, 'DCIM/100CANON')
  const names = (await readdir(folder)).toSorted().slice(0, most)
  const began = performance.now()
  for (const name of names) {
    const file = await open(join(folder, name))
    await file.read(Buffer.allocUnsafe(131_072), 0, 131_072, 0)
    await file.close()
  }
  return performance.now() - began
}

/** Runs in the page, as text: notes on the page's own clock when it was told of the card, and when what was painted. */
const watch = `(() => {
  const notes = { told: null, first: null, all: null, plan: null, shown: 0 }
  window.__notes = notes
  window.dropcard.on('cards.changed', ({ cards }) => { if (cards.length > 0) notes.told ??= performance.now() })
  const look = () => {
    const box = document.querySelector('.peek')
    if (box !== null) {
      const images = [...box.querySelectorAll('img')]
      const seen = images.filter((one) => one.getBoundingClientRect().top < box.getBoundingClientRect().bottom)
      const drawn = seen.filter((one) => one.complete && one.naturalWidth > 0)
      notes.shown = seen.length
      // The next frame is the one that shows it.
      if (drawn.length > 0 && notes.first === null) requestAnimationFrame(() => { notes.first ??= performance.now() })
      if (seen.length > 0 && drawn.length === seen.length && notes.all === null) requestAnimationFrame(() => { notes.all ??= performance.now() })
    }
    if (notes.plan === null && /to copy \\(/.test(document.body.textContent)) notes.plan = performance.now()
    requestAnimationFrame(look)
  }
  look()
})()`

type Notes = { told: number | null; first: number | null; all: number | null; plan: number | null; shown: number; origin: number }

/** Asked for now and then; the page's own policy forbids what waitForFunction does. */
async function noted(page: OpenApp['page']): Promise<Notes> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
    const notes = await page.evaluate<Notes>('({ ...window.__notes, origin: performance.timeOrigin })')
    if (notes.all !== null && notes.plan !== null) return notes
  }
  throw new Error('expected thumbnails and a plan within a minute')
}

const stop = await desktop()
const work = await mkdtemp(join(tmpdir(), 'dropcard-first-'))
try {
  console.log(`machine   ${machine()}`)
  const [outside, volumes] = [join(work, 'EOS_DIGITAL'), join(work, 'volumes')]
  await mkdir(volumes)
  await buildCard(outside)
  console.log(`input     ${files} photos of ${values.mb} MB (a hole after the picture), Exif preview 160 × 120, from memory`)
  const [first, all, plan, inserted, bare]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []]
  // The first run warms up and is not counted.
  for (let n = 0; n <= Number(values.runs); n += 1) {
    await using dropcard = await openApp({ env: { DROPCARD_VOLUMES: volumes } })
    const { page } = dropcard
    await page.getByRole('heading', { name: 'Insert a card' }).waitFor()
    await page.evaluate(watch)
    const began = Date.now()
    await rename(outside, join(volumes, 'EOS_DIGITAL'))
    const notes = await noted(page)
    await rename(join(volumes, 'EOS_DIGITAL'), outside)
    if (notes.told === null || notes.first === null || notes.all === null || notes.plan === null)
      throw new Error('expected every moment to be noted')
    const read = await bareRead(outside, peeked)
    if (n === 0) continue
    first.push(notes.first - notes.told)
    all.push(notes.all - notes.told)
    plan.push(notes.plan - notes.told)
    inserted.push(notes.origin + notes.first - began)
    bare.push(read)
    console.log(
      `run ${n}     first ${(notes.first - notes.told).toFixed(0)} ms, all ${notes.shown} in view ${(notes.all - notes.told).toFixed(0)} ms, plan ${(notes.plan - notes.told).toFixed(0)} ms`,
    )
  }
  console.log(`first     ${spread(first)} ms from notice to the first thumbnail painted, goal 1000`)
  console.log(`in view   ${spread(all)} ms to all that are in view`)
  console.log(`plan      ${spread(plan)} ms to "… to copy"`)
  console.log(`inserted  ${spread(inserted)} ms from insertion to the first thumbnail (the mounted volumes are looked at every 2 s)`)
  console.log(
    `reference ${spread(bare)} ms for a bare read of the same ${peeked} previews; the first thumbnail takes ${(median(first) / median(bare)).toFixed(1)} times as long`,
  )
} finally {
  await rm(work, { recursive: true, force: true })
  await stop()
}
