/**
 * Near-duplicates, products on one backdrop, the truth table of the corpus, forced-defect bursts:
 *   node tests/bench/eval-bursts.ts [quick]
 * Needs the corpus. Everything is split by picture: thresholds of the descriptor are read on one half of the photos and reported on the other; the
 * rules of the second look (same-scene.ts) are fixed in the code.
 *
 * Products: `made-products.ts` renders bottles, jars, cups and boxes with labels cut from the corpus' photos on four backdrops under one light, with
 * contact shadow, lens-soft edges, hand-held jitter, exposure, noise and JPEG. Pairs on one backdrop: other products; one shape with another label or
 * colour; one product turned by 30–60°; and, as positives, one product shot twice by hand.
 */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { cosine } from '../../main/core/domain/likeness.ts'
import { holds, sameness, sceneMemory } from '../../main/core/domain/same-scene.ts'
import { modelsDir } from '../../models/load.ts'
import { likenessOf } from '../../workers/score/learned.ts'
import { openModels } from '../../workers/score/models.ts'
import { openPhoto } from '../../workers/score/open.ts'
import { lumaDown } from '../../workers/score/pixels.ts'
import { fit } from '../../workers/score/renditions.ts'
import { sketch } from '../../workers/score/sketch.ts'
import { corpus } from '../support/corpus.ts'
import { forcedDefects, raw, truth } from './eval-series.ts'
import { type Backdrop, type Picture, type Product, photograph, random, type Shot, still } from './made-products.ts'
import { count, share } from './shares.ts'

type Seen = { id: string; of: string; embedding: Float32Array | null; sketch: Uint8Array; width: number; height: number }
export type BurstsReport = { lines: string[]; truthHolds: boolean }

async function describer(): Promise<(picture: Picture, of: string) => Promise<Seen>> {
  const models = await openModels(modelsDir)
  return async (picture, of) => {
    const whole = await fit(picture, 1024)
    const small = await fit(whole, 480)
    return {
      id: createHash('sha256').update(whole.data).digest('hex'),
      of,
      embedding: await likenessOf(models, whole),
      sketch: sketch(small, lumaDown(whole, 1)),
      width: whole.width,
      height: whole.height,
    }
  }
}

async function done(image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data: new Uint8Array(data), width: info.width, height: info.height }
}
const part = (p: Picture, x: number, y: number, size: number): Sharp =>
  raw(p).extract({
    left: Math.round(x * p.width),
    top: Math.round(y * p.height),
    width: Math.round(size * p.width),
    height: Math.round(size * p.height),
  })
const edits: Record<string, (p: Picture) => Promise<Picture>> = {
  '+1.5 EV': (p) => done(raw(p).linear(1.6, 0)),
  'blur 3': (p) => done(raw(p).blur(Math.max(0.3, (3 * p.width) / 1024))),
  'shift 8 %': (p) => done(part(p, 0.08, 0.04, 0.92)),
  'zoom 80 %': (p) => done(part(p, 0.1, 0.1, 0.8)),
  'rotate 4°': async (p) => done(part(await done(raw(p).rotate(4, { background: '#808080' })), 0.07, 0.07, 0.86)),
  'crop + EV + blur': async (p) =>
    done(
      raw(await done(part(p, 0.05, 0.05, 0.88)))
        .linear(1.35, 0)
        .blur(Math.max(0.3, (2 * p.width) / 1024)),
    ),
}

async function nearDuplicates(media: string, every: number, describe: (p: Picture, of: string) => Promise<Seen>): Promise<string[]> {
  const list = async (folder: string): Promise<string[]> =>
    (await readdir(join(media, folder), { recursive: true }))
      .filter((name) => /\.jpe?g$/i.test(name) && !/orientation|Issue|gainmap|CMYK/i.test(name))
      .toSorted()
      .map((name) => join(media, folder, name))
  const paths = [...(await list('dev/photos')), ...(await list('live-in-the-wild'))].filter((_, i) => i % every === 0)
  const originals: Seen[] = []
  const pairs: { edit: string; a: Seen; b: Seen }[] = []
  for (const path of paths) {
    const picture = await openPhoto(path).catch(() => null)
    if (picture === null || Math.min(picture.rgb.width, picture.rgb.height) < 200) continue
    const base = await fit(picture.rgb, 1024)
    const own = await describe(base, path)
    originals.push(own)
    if (originals.length % 3 !== 1) continue
    for (const [edit, make] of Object.entries(edits)) pairs.push({ edit, a: own, b: await describe(await make(base), path) })
  }
  const memory = sceneMemory()
  const agree = (a: Seen, b: Seen): number => memory.align(a, b)?.agree ?? cosine(a.embedding, b.embedding) ?? 0
  const cos = (a: Seen, b: Seen): number => cosine(a.embedding, b.embedding) ?? 0
  const lines: string[] = [
    `Near-duplicates: ${originals.length} photos, every third edited in ${Object.keys(edits).length} ways; negatives: all pairs of other photos`,
  ]
  for (const [name, of, floor] of [
    ['descriptor', cos, -1],
    ['descriptor, then laid on each other', (a: Seen, b: Seen) => (cos(a, b) < 0.35 ? 0 : agree(a, b)), 0],
  ] as const) {
    const negatives: number[] = []
    for (const [i, a] of originals.entries()) for (const b of originals.slice(i + 1)) negatives.push(of(a, b))
    const sorted = Float64Array.from(negatives).sort()
    for (const level of [0.001, 0.0001]) {
      const cut = Math.max(floor, sorted[Math.ceil((1 - level) * sorted.length) - 1] ?? 1)
      const recalls = Object.keys(edits).map((edit) => {
        const own = pairs.filter((pair) => pair.edit === edit)
        return `${edit} ${share(count(own, ({ a, b }) => of(a, b) > cut))}`
      })
      lines.push(`${name}, ${100 * level} % of ${negatives.length} false pairs (> ${cut.toFixed(3)}):`, ...recalls.map((one) => `  ${one}`))
    }
  }
  return lines
}

type Pair = { kind: string; backdrop: number; a: Seen; b: Seen }

async function products(media: string, each: number, describe: (p: Picture, of: string) => Promise<Seen>): Promise<string[]> {
  const folder = join(media, 'dev/photos/metadata-extractor-images/jpg')
  const names = (await readdir(folder)).filter((name) => /\.jpe?g$/i.test(name) && !/Issue|gainmap|CMYK/i.test(name)).toSorted()
  const label = async (k: number): Promise<Picture> =>
    done(
      sharp(join(folder, names[k % names.length] ?? ''), { failOn: 'none' })
        .resize({ width: 400, height: 300, fit: 'cover' })
        .toColourspace('srgb'),
    )
  const pairs: Pair[] = []
  for (const [b, kind] of (['white', 'grey', 'paper', 'surface'] as const).entries()) {
    const backdrop: Backdrop = { kind, hue: [0.1, 0.3, 0.58, 0.9][b] ?? 0, surface: await label(20 + 13 * b) }
    const tries: { base: Seen; hand: Seen; turned: Seen; group: string }[] = []
    for (let k = 0; k < each; k++) {
      const next = random(1000 * b + k + 1)
      // The last third are variants of the first ones: the same shape with another label, or with the same label in another colour.
      const first = Math.ceil((2 * each) / 3)
      const twin = k >= first ? (k - first) >> 1 : k
      const own = random(1000 * b + twin + 500)
      const [hue, light, size] = [own(), 0.4 + 0.5 * own(), 0.8 + 0.4 * own()]
      const isRecoloured = k >= first && (k - first) % 2 === 1
      const product: Product = {
        shape: 100 * b + twin,
        label: await label(7 + 24 * b + (k >= first && !isRecoloured ? k : twin)),
        hue: k >= first ? (hue + 0.33) % 1 : hue,
        light,
        size,
      }
      const yaw = 0.2 * next()
      const jitter = (wide: number): Shot => ({
        ...still,
        seed: b * 9973 + k * 31 + wide,
        shiftX: (next() - 0.5) * 0.02 * wide,
        shiftY: (next() - 0.5) * 0.015 * wide,
        zoom: 1 + (next() - 0.5) * 0.03 * (wide - 1),
        degrees: (next() - 0.5) * 1.5 * (wide - 1),
        ev: (next() - 0.5) * 0.25 * (wide - 1),
        blur: next() * 0.4 * (wide - 1),
      })
      const of = `${b}-${k}`
      tries.push({
        base: await describe(await photograph(product, backdrop, yaw, jitter(1)), of),
        hand: await describe(await photograph(product, backdrop, yaw, jitter(3)), of),
        turned: await describe(await photograph(product, backdrop, yaw + 0.52 + 0.52 * next(), jitter(1)), of),
        group: k < first ? `p${k}` : `${isRecoloured ? 'colour' : 'label'}-of-p${twin}`,
      })
    }
    for (const [i, one] of tries.entries()) {
      pairs.push({ kind: 'the same, shot twice by hand', backdrop: b, a: one.base, b: one.hand })
      pairs.push({ kind: 'the same, turned 30–60°', backdrop: b, a: one.base, b: one.turned })
      for (const other of tries.slice(i + 1)) {
        const variant = other.group.endsWith(`-of-${one.group}`) || one.group.split('-of-')[1] === other.group.split('-of-')[1]
        const how =
          !variant || (one.group.split('-of-')[1] === undefined && !other.group.includes('-of-'))
            ? 'another product'
            : other.group.startsWith('colour') && !one.group.includes('-of-')
              ? 'one shape and label, another colour'
              : 'one shape, another label'
        for (const [x, y] of [
          [one.base, other.base],
          [one.base, other.hand],
          [one.hand, other.base],
        ] as const)
          pairs.push({ kind: how, backdrop: b, a: x, b: y })
      }
    }
  }
  const memory = sceneMemory()
  const lines = [`Products on one backdrop: 4 backdrops × ${each} products × 3 photos`]
  for (const [kind, own] of Map.groupBy(pairs, (pair) => pair.kind)) {
    const by = (test: (pair: Pair) => boolean): string => share(count(own, test))
    const cos = (pair: Pair): number => cosine(pair.a.embedding, pair.b.embedding) ?? 0
    const passes = (pair: Pair, rule: keyof typeof sameness): boolean => {
      const found = memory.align(pair.a, pair.b)
      return cos(pair) > 0.45 && (found === null || holds(found, sameness[rule]))
    }
    lines.push(
      `${kind}:`,
      `  descriptor alone (> .66)      ${by((pair) => cos(pair) > 0.66)}`,
      `  joined, seconds apart (far)   ${by((pair) => passes(pair, 'far'))}`,
      `  one may stand for the other   ${by((pair) => passes(pair, 'retake'))}`,
    )
  }
  return lines
}

/** Everything, as lines to print; `quick` = a quarter of the pictures. */
export async function evalBursts(quick = false): Promise<BurstsReport> {
  const media = corpus
  if (media === null) return { lines: ['The media corpus is not on this machine: nothing measured.'], truthHolds: true }
  sharp.concurrency(1)
  sharp.cache(false)
  const describe = await describer()
  const table = await truth(media)
  return {
    lines: [
      ...table.lines,
      ...(await forcedDefects(media, quick ? 12 : 40)),
      ...(await nearDuplicates(media, quick ? 6 : 2, describe)),
      ...(await products(media, quick ? 6 : 18, describe)),
    ],
    truthHolds: table.holds,
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { lines, truthHolds } = await evalBursts(process.argv[2] === 'quick')
  for (const line of lines) console.log(line)
  if (!truthHolds) process.exitCode = 1
}
