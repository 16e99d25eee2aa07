/**
 * Recall of near-duplicates and false pairs of the likeness descriptor:
 *   node models/train/likeness-eval.ts FOLDER…
 * Positives: every 12th photo against edited versions of itself. Negatives: all pairs of different photos that do not share a time-stamped folder
 * of one scene (folders named in SERIES are left out). Thresholds are read at 0.1 % and 0.01 % false pairs.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { likenessOf } from '../../workers/score/learned.ts'
import { openModels } from '../../workers/score/models.ts'
import { openPhoto } from '../../workers/score/open.ts'
import type { Rgb } from '../../workers/score/pixels.ts'
import { fit } from '../../workers/score/renditions.ts'
import { modelsDir } from '../load.ts'

const models = await openModels(modelsDir)
const describe = async (rgb: Rgb): Promise<Float32Array> => (await likenessOf(models, rgb)) ?? new Float32Array()
const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0)

const raw = (rgb: Rgb) => sharp(rgb.data, { raw: { width: rgb.width, height: rgb.height, channels: 3 } })
const done = async (image: Sharp): Promise<Rgb> => {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}
const part = (rgb: Rgb, x: number, y: number, share: number) =>
  raw(rgb).extract({
    left: Math.round(x * rgb.width),
    top: Math.round(y * rgb.height),
    width: Math.round(share * rgb.width),
    height: Math.round(share * rgb.height),
  })
const edits: Record<string, (rgb: Rgb) => Promise<Rgb>> = {
  'JPEG 60': async (rgb) => done(sharp(await raw(rgb).jpeg({ quality: 60 }).toBuffer())),
  '+1 EV': (rgb) => done(raw(rgb).linear(1.6, 0)),
  'blur 3': (rgb) => done(raw(rgb).blur(3 * (rgb.width / 1024))),
  'shift 8 %': (rgb) => done(part(rgb, 0.08, 0.04, 0.92)),
  'zoom 80 %': (rgb) => done(part(rgb, 0.1, 0.1, 0.8)),
  'rotate 4°': async (rgb) => {
    const turned = await done(raw(rgb).rotate(4, { background: '#808080' }))
    return done(part(turned, 0.07, 0.07, 0.86))
  },
  'crop + EV + blur': async (rgb) =>
    done(
      raw(await done(part(rgb, 0.05, 0.05, 0.88)))
        .linear(1.35, 0)
        .blur(2 * (rgb.width / 1024)),
    ),
}

const all: Float32Array[] = []
const recalls: Record<string, number[]> = {}
let seen = 0
for (const folder of process.argv.slice(2)) {
  for (const name of (await readdir(folder, { recursive: true })).filter((n) => /\.jpe?g$/i.test(n)).toSorted()) {
    if (/orientation|Issue|gainmap|CMYK|pcb/i.test(name)) continue
    try {
      const rgb = await fit((await openPhoto(join(folder, name))).rgb, 1024)
      const own = await describe(rgb)
      all.push(own)
      if (seen++ % 12 !== 0) continue
      for (const [edit, make] of Object.entries(edits)) {
        const values = recalls[edit] ?? []
        values.push(cosine(own, await describe(await make(rgb))))
        recalls[edit] = values
      }
    } catch (cause) {
      console.error(`left out ${name}: ${cause instanceof Error ? cause.message : 'unknown error'}`)
    }
  }
}
const negatives = Float64Array.from(all.flatMap((a, i) => all.slice(i + 1).map((b) => cosine(a, b)))).sort()
const cut = (share: number): number => negatives[Math.floor((1 - share) * (negatives.length - 1))] ?? 1
for (const share of [0.01, 0.001, 0.0001]) {
  const threshold = cut(share)
  const recall = Object.entries(recalls).map(
    ([edit, values]) => `${edit} ${(values.filter((v) => v > threshold).length / values.length).toFixed(2)}`,
  )
  console.log(`${share * 100} % of ${negatives.length} false pairs: cosine > ${threshold.toFixed(3)}: ${recall.join(' · ')}`)
}
