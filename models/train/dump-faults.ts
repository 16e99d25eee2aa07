/**
 * Makes the training set of the fault model: every scene at up to three sizes, some two dozen known faults each, re-encoded, opened and read with
 * the product's own code:
 *   node models/train/dump-faults.ts OUT FOLDER   →   OUT.f32 (one row of signs a picture) and OUT.tsv (what was done to it)
 */
import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { read } from '../../workers/score/analyse.ts'
import { openPhoto } from '../../workers/score/open.ts'
import type { Rgb } from '../../workers/score/pixels.ts'
import { fit, previewSide, thumbSide } from '../../workers/score/renditions.ts'
import { cellMap, findSubject } from '../../workers/score/subject.ts'
import { atMost, cut, encoded, exposed, gaussian, moved, noisy, random } from './degrade.ts'
import { findScenes, type Scene } from './scenes.ts'

/** What was done, in pixels and 8-bit steps; 0 = nothing. */
type Done = { kind: string; sigma: number; motion: number; degrees: number; noise: number; ev: number; quality: number }

const windowPixels = 3.1e6

async function forms(scene: Scene): Promise<{ name: string; rgb: Rgb }[]> {
  const { rgb } = await openPhoto(scene.path)
  const share = Math.min(1, Math.sqrt(windowPixels / scene.pixels))
  const edge = (1 - share) / 2
  const out = [{ name: 'native', rgb: cut(rgb, { x: edge, y: edge, w: share, h: share }) }]
  if (scene.pixels > 3.6e6) out.push({ name: 'reduced', rgb: await atMost(rgb, 2e6) })
  if (scene.pixels > 1.4e6) out.push({ name: 'small', rgb: await atMost(rgb, 0.7e6) })
  return out
}

function plan(seed: number): Done[] {
  const next = random(seed)
  const between = (a: number, b: number): number => a + (b - a) * next()
  const grain = (): string => ['white', 'coarse', 'smoothed'][Math.floor(3 * next())] ?? 'white'
  const one = (kind: string, some: Partial<Done>): Done => {
    const done = { kind, sigma: 0, motion: 0, degrees: 0, noise: 0, ev: 0, quality: 0, ...some }
    return { ...done, quality: done.quality || Math.round(between(78, 96)) }
  }
  const [turn, length] = [() => between(0, 180), () => 3 * (25 / 3) ** next()]
  return [
    one('clean', {}),
    one('clean', {}),
    ...[0.6, 0.9, 1.4, 2, 3, 4.2].map((s) => one('blur', { sigma: s * between(0.9, 1.1) })),
    ...[4, 7, 11, 16, 23].map((l) => one('motion', { motion: l * between(0.85, 1.1), degrees: turn() })),
    ...[2.5, 5, 8, 13].map((n) => one(`noise-${grain()}`, { noise: n * between(0.85, 1.15) })),
    one(`blur-${grain()}`, { sigma: between(0.8, 2), noise: between(3, 12) }),
    one(`blur-${grain()}`, { sigma: between(2, 4.2), noise: between(3, 12) }),
    one(`motion-${grain()}`, { motion: length(), degrees: turn(), noise: between(3, 9) }),
    one('light', { ev: between(-2.2, -0.4) }),
    one('light', { ev: between(0.4, 2) }),
    one('light', { ev: between(-1.5, 1), sigma: between(0.8, 3.5) }),
    one('light', { ev: between(-1.5, 1), motion: length(), degrees: turn() }),
    one('squeezed', { quality: Math.round(between(35, 75)) }),
    one('squeezed', { quality: Math.round(between(35, 75)), sigma: between(0.7, 3) }),
  ]
}

async function make(rgb: Rgb, done: Done, seed: number): Promise<Rgb> {
  let out = rgb
  if (done.sigma > 0) out = await gaussian(out, done.sigma)
  if (done.motion > 0) out = await moved(out, done.motion, done.degrees)
  if (done.ev !== 0) out = exposed(out, done.ev)
  if (done.noise > 0)
    out = await noisy(
      out,
      done.noise,
      done.kind.endsWith('coarse') ? 'coarse' : done.kind.endsWith('smoothed') ? 'smoothed' : 'white',
      seed,
    )
  const { data, info } = await sharp(await encoded(out, done.quality))
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

const [out, folder] = process.argv.slice(2)
if (out === undefined || folder === undefined) throw new Error('usage: dump-faults.ts OUT FOLDER')
sharp.concurrency(1)
const rows: Float32Array[] = []
const lines = ['scene\tcamera\theld_out\tform\tkind\tsigma\tmotion\tdegrees\tnoise\tev\tquality']
for (const [s, scene] of (await findScenes(folder, 0.25e6)).entries()) {
  for (const [f, { name, rgb }] of (await forms(scene)).entries()) {
    for (const [v, done] of plan(1000 * s + f).entries()) {
      const picture = await make(rgb, done, 100_000 * s + 100 * f + v)
      const preview = await fit(picture, previewSide)
      const small = await fit(preview, thumbSide)
      rows.push(read(picture, preview, small, findSubject(cellMap(small))).signs)
      const { kind, sigma, motion, degrees, noise, ev, quality } = done
      lines.push([scene.name, scene.camera, scene.heldOut ? 1 : 0, name, kind, sigma, motion, degrees, noise, ev, quality].join('\t'))
    }
  }
  console.log(`${s + 1} ${scene.name}: ${rows.length} rows`)
}
await writeFile(`${out}.f32`, Buffer.concat(rows.map((row) => Buffer.from(row.buffer))))
await writeFile(`${out}.tsv`, `${lines.join('\n')}\n`)
console.log(`${rows.length} pictures, ${rows[0]?.length ?? 0} signs each`)
