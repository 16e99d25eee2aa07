/**
 * Runs the shipped backbone over the photos of subject-truth.tsv, over changed copies of them, and over products drawn or pasted on backdrops,
 * and writes what subject.py learns from and is measured on:
 *   node models/train/subject-maps.ts OUT MEDIA [changed copies] [drawn] [pasted]
 * OUT.<map>.f32 (rows of one map), OUT.rule.f32 (the hand-made cue map), OUT.tsv (kind, scene, file, truth box, box of the hand-made rule).
 * Every picture is made from a seed: the same call writes the same bytes.
 */
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import sharp, { type Sharp } from 'sharp'
import { openPhoto } from '../../workers/score/open.ts'
import type { Rgb } from '../../workers/score/pixels.ts'
import { fit, previewSide, stretch, thumbSide } from '../../workers/score/renditions.ts'
import { cellMap, cueMap, findSubject } from '../../workers/score/subject.ts'

type Truth = { left: number; top: number; right: number; bottom: number }
type Picture = { rgb: Rgb; truth: Truth | null }

const [out, media, changed = '5', drawn = '300', pasted = '300'] = process.argv.slice(2)
if (out === undefined || media === undefined) throw new Error('usage: subject-maps.ts OUT MEDIA [changed] [drawn] [pasted]')
const side = 224
const maps = ['map32', 'map64', 'map96', 'map320', 'map1280']

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const table = (await readFile(join(import.meta.dirname, 'subject-truth.tsv'), 'utf8')).trim().split('\n').slice(1)
const rows = table.map((line) => {
  const [file = '', left = '', top = '', right = '', bottom = '', scene = '', , plain = '0'] = line.split('\t')
  const truth = left === '' ? null : { left: +left / 100, top: +top / 100, right: +right / 100, bottom: +bottom / 100 }
  return { file, scene, truth, isPlain: plain === '1' }
})
const backbone = await ort.InferenceSession.create(join(import.meta.dirname, '..', 'oidv4-backbone.onnx'), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
})
const files = new Map([...maps, 'rule'].map((name) => [name, createWriteStream(`${out}.${name}.f32`)]))
const lines: string[] = []

async function put(kind: string, scene: string, file: string, { rgb, truth }: Picture): Promise<void> {
  const small = await fit(rgb, thumbSide)
  const square = await stretch(rgb, side, side)
  const n = side * side
  const x = new Float32Array(3 * n)
  for (let i = 0; i < n; i++) for (let c = 0; c < 3; c++) x[c * n + i] = (square.data[3 * i + c] ?? 0) / 127.5 - 1
  const found = await backbone.run({ x: new ort.Tensor('float32', x, [1, 3, side, side]) })
  for (const name of maps) {
    const data = found[name]?.data
    if (!(data instanceof Float32Array)) throw new Error(`the backbone has no output ${name}`)
    files.get(name)?.write(Buffer.from(data.slice().buffer))
  }
  files.get('rule')?.write(Buffer.from(Float32Array.from(cueMap(cellMap(small))).buffer))
  const { box } = findSubject(cellMap(small))
  const t = truth === null ? ['', '', '', ''] : [truth.left, truth.top, truth.right, truth.bottom]
  lines.push([kind, scene, file, ...t, box.x, box.y, box.x + box.w, box.y + box.h].join('\t'))
}

const raw = (rgb: Rgb) => sharp(rgb.data, { raw: { width: rgb.width, height: rgb.height, channels: 3 } })
const plainRgb = async (image: Sharp): Promise<Rgb> => {
  const { data, info } = await image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { data: new Uint8Array(data), width: info.width, height: info.height }
}

/** A crop that keeps most of the subject, perhaps mirrored, with other light and tint. */
async function change({ rgb, truth }: Picture, next: () => number): Promise<Picture> {
  for (let tries = 0; tries < 40; tries++) {
    const w = 0.45 + 0.55 * next()
    const h = Math.min(1, Math.max(0.4, w * (0.75 + 0.5 * next())))
    const x = (1 - w) * next()
    const y = (1 - h) * next()
    const seen = truth && {
      left: Math.max(0, (truth.left - x) / w),
      top: Math.max(0, (truth.top - y) / h),
      right: Math.min(1, (truth.right - x) / w),
      bottom: Math.min(1, (truth.bottom - y) / h),
    }
    if (truth && seen) {
      const kept = Math.max(0, seen.right - seen.left) * w * Math.max(0, seen.bottom - seen.top) * h
      if (kept < 0.8 * (truth.right - truth.left) * (truth.bottom - truth.top)) continue
    }
    const rect = {
      left: Math.floor(x * rgb.width),
      top: Math.floor(y * rgb.height),
      width: Math.max(8, Math.floor(w * rgb.width)),
      height: Math.max(8, Math.floor(h * rgb.height)),
    }
    const isMirrored = next() < 0.5
    let image = raw(rgb)
      .extract(rect)
      .linear([0.75 + 0.5 * next(), 0.75 + 0.5 * next(), 0.75 + 0.5 * next()], [0, 0, 0])
    if (isMirrored) image = image.flop()
    return {
      rgb: await plainRgb(image),
      truth: seen && isMirrored ? { ...seen, left: 1 - seen.right, right: 1 - seen.left } : seen,
    }
  }
  return { rgb, truth }
}

const previews = new Map<string, Rgb>()
for (const { file } of rows) {
  try {
    previews.set(file, await fit((await openPhoto(join(media, file))).rgb, previewSide / 2))
  } catch (cause) {
    console.error(`left out ${file}: ${cause instanceof Error ? cause.message : 'unknown error'}`)
  }
}
const subjects = rows.filter(({ truth, file }) => truth !== null && previews.has(file))
const empty = rows.filter(({ truth, file }) => truth === null && previews.has(file))
const previewOf = (file: string): Rgb => {
  const found = previews.get(file)
  if (!found) throw new Error(`no preview of ${file}`)
  return found
}

for (const { file, scene, truth } of subjects) {
  const whole = { rgb: previewOf(file), truth }
  await put('photo', scene, file, whole)
  const next = random(scene.length * 7919 + file.length * 31 + lines.length)
  for (let i = 0; i < Number(changed); i++) await put('changed', scene, file, await change(whole, next))
}

const hex = (next: () => number, least = 0, most = 255): string =>
  `#${[0, 1, 2]
    .map(() =>
      Math.round(least + (most - least) * next())
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`

/** A product-like silhouette in a box of 100 x 100: vase, bottle, mug, box, plate, shoe, ring, stack. */
function silhouette(next: () => number): string {
  const kind = Math.floor(next() * 8)
  const n = (least: number, most: number): number => least + (most - least) * next()
  if (kind === 0) {
    const [a, b, c] = [n(10, 35), n(0, 15), n(15, 40)]
    return `M${a},0 L${100 - a},0 C${100 - a},25 ${100 - b},35 ${100 - b},60 S${100 - c},95 ${100 - c},100 L${c},100 C${c},95 ${b},85 ${b},60 S${a},25 ${a},0 Z`
  }
  if (kind === 1) {
    const [neck, shoulder] = [n(34, 42), n(25, 45)]
    return `M${neck},0 H${100 - neck} V${shoulder - 12} Q100,${shoulder} 100,${shoulder + 12} V94 Q100,100 90,100 H10 Q0,100 0,94 V${shoulder + 12} Q0,${shoulder} ${neck},${shoulder - 12} Z`
  }
  if (kind === 2) return `M0,0 H72 V15 Q100,12 100,45 T72,80 V92 Q72,100 60,100 H12 Q0,100 0,92 Z M72,28 V66 Q86,62 86,46 T72,28 Z`
  if (kind === 3) {
    const k = n(10, 35)
    return `M0,${k} L${n(20, 45)},0 L100,${k * 0.7} V${100 - k * 0.4} L${n(50, 70)},100 L0,${100 - k} Z`
  }
  if (kind === 4) return 'M0,50 A50,50 0 1 1 100,50 A50,50 0 1 1 0,50 Z'
  if (kind === 5) return 'M0,30 Q20,25 30,40 T65,60 Q95,66 100,85 V100 H45 Q40,90 30,100 H0 Z M0,30 V0 Q14,8 24,2 L34,40 Z'
  if (kind === 6) return 'M0,50 A50,50 0 1 1 100,50 A50,50 0 1 1 0,50 Z M18,50 A32,32 0 1 0 82,50 A32,32 0 1 0 18,50 Z'
  const [a, b] = [n(0, 20), n(0, 20)]
  return `M${a},0 H${100 - b} V30 H${a} Z M${b},34 H100 V64 H${b} Z M0,68 H${100 - a} V100 H0 Z`
}

/** Backdrop: white or coloured sweep, gradient, or a piece of a photo without a subject, soft or sharp. */
async function backdrop(width: number, height: number, next: () => number): Promise<Buffer> {
  const kind = next()
  if (kind < 0.55) {
    const base = next() < 0.5 ? hex(next, 215, 255) : hex(next, 20, 235)
    const other = next() < 0.5 ? base : hex(next, 30, 255)
    const grain = Array.from({ length: next() < 0.3 ? 30 : 0 }, (_, i) => {
      const y = (i / 30) * height
      return `<rect y="${y}" width="${width}" height="${(height / 30) * next()}" fill="#000" opacity="${0.12 * next()}"/>`
    }).join('')
    return sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><linearGradient id="g" x2="${next()}" y2="1"><stop stop-color="${base}"/><stop offset="1" stop-color="${other}"/></linearGradient><rect width="100%" height="100%" fill="url(#g)"/>${grain}</svg>`,
      ),
    )
      .png()
      .toBuffer()
  }
  const rgb = previewOf(empty[Math.floor(next() * empty.length)]?.file ?? '')
  const w = Math.max(16, Math.floor(rgb.width * (0.4 + 0.6 * next())))
  const h = Math.max(16, Math.floor(rgb.height * (0.4 + 0.6 * next())))
  let image = raw(rgb)
    .extract({ left: Math.floor((rgb.width - w) * next()), top: Math.floor((rgb.height - h) * next()), width: w, height: h })
    .resize({ width, height, fit: 'fill' })
  if (next() < 0.6) image = image.blur(1 + 14 * next())
  return image.png().toBuffer()
}

/** Where something of this aspect lies: from 4 % to 60 % of the frame, off centre more often than not. */
function spot(width: number, height: number, aspect: number, next: () => number) {
  const area = 0.04 + 0.56 * next() ** 1.5
  let w = Math.sqrt(area * width * height * aspect)
  let h = w / aspect
  const shrink = Math.min(1, (0.96 * width) / w, (0.96 * height) / h)
  w *= shrink
  h *= shrink
  return { w: Math.round(w), h: Math.round(h), x: Math.round((width - w) * next()), y: Math.round((height - h) * next()) }
}

async function place(
  ground: Buffer,
  width: number,
  height: number,
  cut: Buffer,
  at: { w: number; h: number; x: number; y: number },
): Promise<Picture> {
  const image = sharp(ground).composite([{ input: cut, left: at.x, top: at.y }])
  const flat = await image.jpeg({ quality: 88 }).toBuffer()
  return {
    rgb: await plainRgb(sharp(flat)),
    truth: { left: at.x / width, top: at.y / height, right: (at.x + at.w) / width, bottom: (at.y + at.h) / height },
  }
}

for (let i = 0; i < Number(drawn); i++) {
  const next = random(100_000 + i)
  const [width, height] = next() < 0.6 ? [600, 450] : next() < 0.5 ? [450, 600] : [520, 520]
  const at = spot(width, height, 0.45 + 1.2 * next(), next)
  const paint = hex(next)
  const shape = silhouette(next)
  const marks = Array.from({ length: Math.floor(30 * next()) }, () =>
    next() < 0.5
      ? `<rect x="${100 * next()}" y="${100 * next()}" width="${60 * next()}" height="${1 + 5 * next()}" fill="${hex(next)}"/>`
      : `<circle cx="${100 * next()}" cy="${100 * next()}" r="${1 + 6 * next()}" fill="${hex(next)}"/>`,
  ).join('')
  const cut = await sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${at.w}" height="${at.h}" viewBox="0 0 100 100" preserveAspectRatio="none"><linearGradient id="s"><stop stop-color="#fff" stop-opacity=".35"/><stop offset=".5" stop-opacity="0"/><stop offset="1" stop-opacity=".5"/></linearGradient><clipPath id="c"><path clip-rule="evenodd" d="${shape}"/></clipPath><path fill-rule="evenodd" d="${shape}" fill="${paint}"/><g clip-path="url(#c)">${marks}<rect width="100" height="100" fill="url(#s)"/></g></svg>`,
    ),
  )
    .png()
    .toBuffer()
  await put('drawn', `drawn-${i}`, `drawn-${i}`, await place(await backdrop(width, height, next), width, height, cut, at))
}

/** Cuts the subject of a photo with a plain backdrop out of it by colour. */
async function cutOut(rgb: Rgb, truth: Truth, w: number, h: number): Promise<Buffer> {
  const rect = {
    left: Math.floor(truth.left * rgb.width),
    top: Math.floor(truth.top * rgb.height),
    width: Math.max(8, Math.floor((truth.right - truth.left) * rgb.width)),
    height: Math.max(8, Math.floor((truth.bottom - truth.top) * rgb.height)),
  }
  const border: number[][] = [[], [], []]
  for (let k = 0; k < 400; k++) {
    const x = Math.min(rgb.width - 1, Math.floor(((k % 100) / 100) * rgb.width))
    const y = k < 200 ? Math.floor(0.02 * rgb.height) : Math.floor((0.02 + 0.6 * ((k % 200) / 200)) * rgb.height)
    const i = 3 * (y * rgb.width + (k < 200 ? x : k < 300 ? 2 : rgb.width - 3))
    for (let c = 0; c < 3; c++) border[c]?.push(rgb.data[i + c] ?? 0)
  }
  const paint = border.map((values) => values.toSorted((a, b) => a - b)[200] ?? 0)
  const cut = new Uint8Array(4 * rect.width * rect.height)
  for (let y = 0; y < rect.height; y++) {
    for (let x = 0; x < rect.width; x++) {
      const i = 3 * ((rect.top + y) * rgb.width + rect.left + x)
      const o = 4 * (y * rect.width + x)
      let far = 0
      for (let c = 0; c < 3; c++) {
        cut[o + c] = rgb.data[i + c] ?? 0
        far = Math.max(far, Math.abs((rgb.data[i + c] ?? 0) - (paint[c] ?? 0)))
      }
      cut[o + 3] = Math.min(255, Math.max(0, (far - 24) * 10))
    }
  }
  return sharp(cut, { raw: { width: rect.width, height: rect.height, channels: 4 } })
    .resize({ width: w, height: h, fit: 'fill' })
    .png()
    .toBuffer()
}

const plain = subjects.filter(({ isPlain }) => isPlain)
for (let i = 0; i < Number(pasted); i++) {
  const next = random(500_000 + i)
  const from = plain[i % plain.length]
  if (!from?.truth) break
  const rgb = previewOf(from.file)
  const [width, height] = next() < 0.6 ? [600, 450] : [450, 600]
  const aspect = ((from.truth.right - from.truth.left) * rgb.width) / ((from.truth.bottom - from.truth.top) * rgb.height)
  const at = spot(width, height, aspect, next)
  const cut = await cutOut(rgb, from.truth, at.w, at.h)
  await put('pasted', from.scene, from.file, await place(await backdrop(width, height, next), width, height, cut, at))
}

await Promise.all([...files.values()].map((file) => new Promise((done) => file.end(done))))
await writeFile(`${out}.tsv`, `${lines.join('\n')}\n`)
console.log(`${lines.length} pictures`)
