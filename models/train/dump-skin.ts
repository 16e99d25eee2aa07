/**
 * Runs the shipped backbone over the photos of skin-truth.tsv, changed copies of them, and made scenes with and without a hand, and writes what
 * skin.py learns from and is measured on:
 *   node models/train/dump-skin.ts OUT MEDIA
 * OUT.f32: for each picture the maps of workers/score/skin.ts and its signs of colour; OUT.i8: for each of 784 cells 1 = skin, 0 = none, -1 = not known;
 * OUT.tsv: kind, file of the skin or decoy, held out, what was made. Every picture is made from a seed.
 */
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { openBackbone } from '../../workers/score/features.ts'
import type { Rgb } from '../../workers/score/pixels.ts'
import { fit, stretch, thumbSide } from '../../workers/score/renditions.ts'
import { skinColours, skinMaps } from '../../workers/score/skin.ts'
import { cellMap, grid } from '../../workers/score/subject.ts'
import { cut, exposed, gaussian, random, tinted } from './degrade.ts'
import { evenSurfaces, handIn, onSweep, strewn, sweeps, thingIn } from './intrude.ts'
import { decoys, type SkinPhoto, skinPhotos } from './skin-scenes.ts'

const [out, media] = process.argv.slice(2)
if (out === undefined || media === undefined) throw new Error('usage: dump-skin.ts OUT MEDIA')
const bytes = await readFile(join(import.meta.dirname, '..', 'oidv4-backbone.onnx'))
const backbone = await openBackbone(ort, 'oidv4-backbone', bytes, 224, 'signed')
const [values, labels] = [createWriteStream(`${out}.f32`), createWriteStream(`${out}.i8`)]
const lines: string[] = []
const cells = grid * grid

async function put(kind: string, file: string, heldOut: boolean, made: string, rgb: Rgb, label: Int8Array): Promise<void> {
  const { maps } = await backbone.look(await stretch(rgb, 224, 224))
  for (const [name] of skinMaps) {
    const map = maps[name]
    if (!map) throw new Error(`the backbone gives no ${name}`)
    values.write(Buffer.from(map.slice().buffer))
  }
  values.write(Buffer.from(skinColours(cellMap(await fit(rgb, thumbSide))).buffer))
  labels.write(Buffer.from(label))
  lines.push([kind, file, Number(heldOut), made].join('\t'))
}

/** Cells in the boxes are skin; of other cells of such a photo nothing is known. */
function labelOf({ kind, boxes }: Pick<SkinPhoto, 'kind' | 'boxes'>): Int8Array {
  const label = new Int8Array(cells).fill(kind === 'none' ? 0 : -1)
  for (const { x, y, w, h } of boxes)
    for (let i = 0; i < cells; i++) {
      const [u, v] = [((i % grid) + 0.5) / grid, (Math.floor(i / grid) + 0.5) / grid]
      if (u > x && u < x + w && v > y && v < y + h) label[i] = 1
    }
  return label
}

function labelOfCover(cover: Float32Array, { width, height }: Rgb): Int8Array {
  const [sum, n] = [new Float64Array(cells), new Float64Array(cells)]
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const cell = Math.floor((y * grid) / height) * grid + Math.floor((x * grid) / width)
      sum[cell] = (sum[cell] ?? 0) + (cover[i] ?? 0)
      n[cell] = (n[cell] ?? 0) + 1
    }
  return Int8Array.from(sum, (s, i) => (s > 0.6 * (n[i] ?? 1) ? 1 : s < 0.05 * (n[i] ?? 1) ? 0 : -1))
}

const lit = (rgb: Rgb, next: () => number): Rgb => tinted(exposed(rgb, 1.4 * next() - 0.8), [0.85 + 0.35 * next(), 1, 0.75 + 0.45 * next()])

async function changed({ rgb, ...photo }: SkinPhoto, next: () => number): Promise<{ rgb: Rgb; label: Int8Array }> {
  const [w, h] = [0.5 + 0.5 * next(), 0.5 + 0.5 * next()]
  const [x, y] = [(1 - w) * next(), (1 - h) * next()]
  const boxes = photo.boxes.map((b) => ({ x: (b.x - x) / w, y: (b.y - y) / h, w: b.w / w, h: b.h / h }))
  const piece = lit(cut(rgb, { x, y, w, h }), next)
  return { rgb: next() < 0.3 ? await gaussian(piece, 1 + 2 * next()) : piece, label: labelOf({ kind: photo.kind, boxes }) }
}

const photos = await skinPhotos(media, (rgb) => fit(rgb, 960))
const bare = photos.filter(({ boxes }) => boxes.length > 0)
const empty = photos.filter(({ kind }) => kind === 'none')
const next = random(41)
for (const photo of photos) {
  await put(photo.kind, photo.file, photo.heldOut, 'as shot', photo.rgb, labelOf(photo))
  if (photo.kind === 'people') continue
  for (let k = 0; k < (photo.kind === 'none' ? 1 : 10); k++) {
    const { rgb, label } = await changed(photo, next)
    await put(photo.kind, photo.file, photo.heldOut, 'changed', rgb, label)
  }
}
console.error(`${lines.length} photos and copies`)

/** Made scenes, each side of the split from its own photos: a thing on a sweep or a photo without people; clean, with a hand, with something else. */
const none = new Int8Array(cells)
for (const heldOut of [false, true]) {
  const skins = bare.filter((one) => one.heldOut === heldOut).flatMap(({ rgb, boxes }) => boxes.map((box) => cut(rgb, box)))
  const grounds = empty.filter((one) => one.heldOut === heldOut)
  const others = [...grounds.flatMap((photo) => decoys(photo, 2)), ...[1, 2, 3, 4, 5].flatMap(evenSurfaces)]
  console.error(
    `${heldOut ? 'held out' : 'training'}: ${skins.length} pieces of skin, ${others.length} decoys, ${grounds.length} backdrops`,
  )
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(list.length * next())]
    if (one === undefined) throw new Error('expected some')
    return one
  }
  for (let k = 0; k < (heldOut ? 80 : 200); k++) {
    const seed = 1000 * k + Number(heldOut)
    const ground = pick(grounds)
    const surface = next() < 0.3 ? pick(others) : ground.rgb
    const stage = next() < 0.7 ? onSweep(surface, pick(sweeps), seed).rgb : ground.rgb
    const clean = lit(stage, next)
    await put('made', ground.file, heldOut, 'clean', clean, none)
    const hand = handIn(stage, lit(pick(skins), next), seed)
    await put('made', ground.file, heldOut, 'hand', lit(hand.rgb, next), labelOfCover(hand.cover, hand.rgb))
    await put('made', ground.file, heldOut, 'other', lit(thingIn(stage, pick(others), seed).rgb, next), none)
    if (k % 3 === 0)
      await put(
        'made',
        ground.file,
        heldOut,
        'strewn',
        lit(
          strewn(
            stage,
            grounds.slice(0, 40).map(({ rgb }) => rgb),
            seed,
          ),
          next,
        ),
        none,
      )
  }
}
values.end()
labels.end()
await writeFile(`${out}.tsv`, `${lines.join('\n')}\n`)
console.error(`${lines.length} pictures`)
