/** Real and made series for `eval-bursts.ts`: the truth table of the corpus, and one clean frame among defective ones. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { assetId } from '../../main/contract/ids.ts'
import { type BurstFrame, groupBursts } from '../../main/core/domain/burst.ts'
import { weigh } from '../../main/core/domain/score.ts'
import { suggest } from '../../main/core/domain/suggestion.ts'
import { modelsDir } from '../../models/load.ts'
import { openPhoto } from '../../workers/score/open.ts'
import { photo } from '../../workers/score/photo.ts'
import { fit } from '../../workers/score/renditions.ts'
import { type Picture, random } from './made-products.ts'
import { share } from './shares.ts'

export const raw = (p: Picture): Sharp => sharp(p.data, { raw: { width: p.width, height: p.height, channels: 3 } })
async function frameOf(path: string, name: string, change: Partial<BurstFrame> = {}): Promise<BurstFrame> {
  const out = await photo(
    { path, modelsDir, thumbPath: null, previewPath: null, subjectAt: null },
    { signal: new AbortController().signal, progress: () => undefined },
  )
  const { info } = out
  return {
    id: assetId.parse(createHash('sha256').update(path).digest('hex')),
    name,
    capturedAt: info.capturedAt,
    camera: [info.cameraMake, info.cameraModel, info.cameraSerial].filter((one) => one !== null).join(' ') || null,
    orientation: info.orientation,
    focalMm: info.focalMm,
    exposureS: info.exposureS,
    fNumber: info.fNumber,
    iso: info.iso,
    width: info.width,
    height: info.height,
    phash: out.phash,
    embedding: out.embedding,
    sketch: out.sketch,
    score: weigh(out.measures).score,
    taste: 0,
    measures: out.measures,
    ...change,
  }
}

/** Every line of TRUTH-bursts.tsv. */
export async function truth(media: string): Promise<{ lines: string[]; holds: boolean }> {
  const sets = [
    { folder: 'dev/bursts/focus-stack/examples/depthmap', best: /pcb_00[34]/ },
    { folder: 'dev/bursts/focus-stack/examples/pcb', best: /./ },
    { folder: 'dev/photos/exif-orientation-examples', best: /./, only: /Landscape/ },
  ]
  const lines: string[] = []
  let all = true
  for (const { folder, best, only } of sets) {
    const names = (await readdir(join(media, folder))).filter((name) => /\.jpe?g$/i.test(name) && (only?.test(name) ?? true)).toSorted()
    const frames: BurstFrame[] = []
    for (const name of names) frames.push(await frameOf(join(media, folder, name), name))
    const stacks = groupBursts(frames)
    const cover = frames.find(({ id }) => id === stacks[0]?.cover)?.name ?? ''
    const ok = stacks.length === 1 && best.test(cover)
    all &&= ok
    lines.push(
      `${ok ? 'holds' : 'FAILS'}  ${folder}: ${names.length} frames in ${stacks.length} stack(s), ${stacks[0]?.kind ?? ''}, cover ${cover}`,
    )
  }
  return { lines, holds: all }
}

/** One clean frame among defective ones, as a burst: is it the cover? Defects: blur, motion, exposure both ways, noise, JPEG. */
export async function forcedDefects(media: string, bursts: number): Promise<string[]> {
  const folder = join(media, 'dev/photos/metadata-extractor-images/jpg')
  const names = (await readdir(folder)).filter((name) => /\.jpe?g$/i.test(name) && !/Issue|gainmap|CMYK/i.test(name)).toSorted()
  const dir = await mkdtemp(join(tmpdir(), 'dropcard-eval-'))
  let [hits, all, together] = [0, 0, 0]
  const rejects = { strict: [0, 0, 0], balanced: [0, 0, 0], generous: [0, 0, 0] }
  const missed: string[] = []
  try {
    for (const [i, name] of names.filter((_, k) => k % Math.max(1, Math.floor(names.length / bursts)) === 0).entries()) {
      const opened = await openPhoto(join(folder, name)).catch(() => null)
      if (opened === null || Math.min(opened.rgb.width, opened.rgb.height) < 700) continue
      const base = await fit(opened.rgb, 1600)
      // Brightening a dark photo is no defect: only those that are exposed about right to begin with.
      const light = await sharp(base.data, { raw: { width: base.width, height: base.height, channels: 3 } })
        .greyscale()
        .stats()
      const mean = light.channels[0]?.mean ?? 0
      if (mean < 90 || mean > 150) continue
      const next = random(i + 1)
      const line = Math.floor(5 + 14 * next())
      const made: Record<string, Sharp> = {
        clean: raw(base),
        blur: raw(base).blur(1.5 + 2.5 * next()),
        motion: raw(base)
          .convolve({ width: 3, height: 3, kernel: [0, 0, 0, 1, 1, 1, 0, 0, 0] })
          .blur(0.6 + line / 8),
        dark: raw(base).linear(0.5 + 0.15 * next(), 0),
        bright: raw(base).linear(1.6 + 0.5 * next(), 0),
        soft: raw(base).blur(1 + next()),
      }
      const clean = Math.floor(next() * Object.keys(made).length)
      const order = Object.entries(made)
      const [first] = order.splice(0, 1)
      if (first !== undefined) order.splice(clean, 0, first)
      const frames: BurstFrame[] = []
      for (const [k, [defect, image]] of order.entries()) {
        const path = join(dir, `${i}-${defect}.jpg`)
        const w = Math.floor(base.width * 0.97)
        const h = Math.floor(base.height * 0.97)
        const moved = sharp(await image.png({ compressionLevel: 1 }).toBuffer()).extract({
          left: Math.floor(next() * (base.width - w)),
          top: Math.floor(next() * (base.height - h)),
          width: w,
          height: h,
        })
        await writeFile(path, await moved.jpeg({ quality: 92 }).toBuffer())
        const time = new Date(Date.UTC(2026, 4, 1, 10, i) + 400 * k).toISOString().slice(0, 23)
        frames.push(
          await frameOf(path, `${defect}`, { capturedAt: time, camera: 'made', exposureS: 0.01, fNumber: 8, iso: 100, focalMm: 50 }),
        )
        await rm(path, { force: true })
      }
      const stacks = groupBursts(frames)
      const holding = stacks.find((stack) => stack.members.some((id) => frames.find((f) => f.id === id)?.name === 'clean'))
      const cover = frames.find(({ id }) => id === holding?.cover)?.name ?? 'none'
      all++
      together += stacks.length === 1 ? 1 : 0
      for (const feel of ['strict', 'balanced', 'generous'] as const) {
        const counts = rejects[feel]
        const found = suggest(stacks, frames, feel)
        for (const { id, name: defect } of frames) {
          const isReject = found.get(id)?.suggestion === 'reject'
          if (isReject && defect !== 'clean') counts[0] = (counts[0] ?? 0) + 1
          if (isReject) counts[1] = (counts[1] ?? 0) + 1
          if (defect !== 'clean') counts[2] = (counts[2] ?? 0) + 1
        }
      }
      if (cover === 'clean') hits++
      else missed.push(`${name}: ${cover}`)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return [
    `Forced defects (one clean among blur, motion, soft, under- and overexposed; 3 % jitter): clean on top ${share({ hits, of: all })}; in one stack ${share({ hits: together, of: all })}`,
    ...Object.entries(rejects).map(
      ([feel, [right = 0, made = 0, wanted = 0]]) =>
        `  proposed for rejection, ${feel}: of these defective ${share({ hits: right, of: made })}; of the defective found ${share({ hits: right, of: wanted })}`,
    ),
    ...missed.slice(0, 10).map((one) => `  on top instead: ${one}`),
  ]
}
