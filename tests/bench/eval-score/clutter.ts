import { cut, random } from '../../../models/train/degrade.ts'
import { evenSurfaces, handIn, onBusy, onSweep, strewn, sweeps, thingIn } from '../../../models/train/intrude.ts'
import { decoys, type SkinPhoto, skinPhotos } from '../../../models/train/skin-scenes.ts'
import { findHand } from '../../../workers/score/measures/hand.ts'
import type { Rgb } from '../../../workers/score/pixels.ts'
import { fit, thumbSide } from '../../../workers/score/renditions.ts'
import { type Cells, cellMap } from '../../../workers/score/subject.ts'
import { type Looked, look, reading } from './looked.ts'
import { share, shown, type Tally } from './statistics.ts'

const kinds = ['clean', 'hand', 'other', 'strewn', 'busy', 'real hand', 'real, nobody', 'real, people'] as const
type Kind = (typeof kinds)[number]
/** `stage`: which of the scene's sweeps; pairs are made on the same one, so that nothing but the clutter differs. */
export type Cluttered = { scene: string; stage: number; kind: Kind; looked: Looked; byColour: boolean }

/** What frames are cluttered with: skin, things of its colours, other surfaces; all from photos of one side of the split. */
export type Clutter = { skins: Rgb[]; others: Rgb[]; photos: SkinPhoto[] }

export async function clutterOf(media: string, heldOut: boolean): Promise<Clutter> {
  const photos = (await skinPhotos(media, (rgb) => fit(rgb, 960))).filter((one) => one.heldOut === heldOut)
  const nobody = photos.filter(({ kind }) => kind === 'none')
  return {
    photos,
    skins: photos.flatMap(({ rgb, boxes }) => boxes.map((box) => cut(rgb, box))),
    others: [...nobody.flatMap((photo) => decoys(photo, 2)), ...evenSurfaces(), ...evenSurfaces()],
  }
}

const row = async (scene: string, stage: number, kind: Kind, rgb: Rgb): Promise<Cluttered> => ({
  scene,
  stage,
  kind,
  looked: await look(rgb, 90, true),
  byColour: findHand(chromaRule(cellMap(await fit(rgb, thumbSide)))) !== null,
})

/** A thing with the surface of this scene on two sweeps, alone and not alone. */
export async function clutteredOf(scene: string, rgb: Rgb, { skins, others, photos }: Clutter, seed: number): Promise<Cluttered[]> {
  const next = random(seed)
  const rows: Cluttered[] = []
  const surface = await fit(rgb, 960)
  const surfaces = photos.filter(({ kind }) => kind === 'none').map((one) => one.rgb)
  const pick = (list: readonly Rgb[]): Rgb => list[Math.floor(list.length * next())] ?? surface
  for (let k = 0; k < 2; k++) {
    const paint = sweeps[Math.floor((k === 0 ? 0 : 4) + (k === 0 ? 4 : 6) * next())] ?? [255, 255, 255]
    const stage = onSweep(surface, paint, seed + k).rgb
    rows.push(await row(scene, k, 'clean', stage))
    rows.push(await row(scene, k, 'hand', handIn(stage, pick(skins), seed + k).rgb))
    rows.push(await row(scene, k, 'other', thingIn(stage, pick(others), seed + k).rgb))
    rows.push(await row(scene, k, 'strewn', strewn(stage, surfaces, seed + k)))
    if (k === 0) rows.push(await row(scene, k, 'busy', onBusy(surface, pick(surfaces), seed + k)))
  }
  return rows
}

/** Real photos with a bare hand, without anybody, and with people further off; `most` of the latter two. */
export async function realOf({ photos }: Clutter, most: number): Promise<Cluttered[]> {
  const rows: Cluttered[] = []
  for (const { file, kind, rgb } of photos) {
    if (kind === 'skin' || (kind !== 'hand' && rows.length >= most)) continue
    rows.push(await row(file, 0, kind === 'hand' ? 'real hand' : kind === 'none' ? 'real, nobody' : 'real, people', rgb))
  }
  return rows
}

/** The usual rule for skin (Cb 77–127, Cr 133–173), by the mean colour of each cell. */
function chromaRule({ colour }: Cells): Float32Array {
  return Float32Array.from({ length: colour.length / 3 }, (_, i) => {
    const [r, g, b] = [colour[3 * i] ?? 0, colour[3 * i + 1] ?? 0, colour[3 * i + 2] ?? 0]
    const [cb, cr] = [128 - 0.169 * r - 0.331 * g + 0.5 * b, 128 + 0.5 * r - 0.419 * g - 0.081 * b]
    return Number(cb >= 77 && cb <= 127 && cr >= 133 && cr <= 173)
  })
}

const saysHand = ({ looked }: Cluttered): boolean => looked.measures['clutter']?.because === 'a hand is in the frame'

export function clutterTable(rows: readonly Cluttered[]): void {
  const made = rows.filter(({ kind }) => !kind.startsWith('real'))
  console.log(
    `\nClutter and hands: a thing on a neutral and on a coloured sweep, alone and not alone: ${new Set(made.map(({ scene }) => scene)).size} scenes, ${made.length} pictures. Share of pairs in the right order [95 % over scenes]`,
  )
  const value = (one: Cluttered, name: string): number => (name === 'laplacian' ? -1 : 1) * reading(one.looked, name)
  const pairs = (kind: Kind, name: string): string => {
    const scenes = new Map<string, Tally>()
    for (const clean of made.filter((one) => one.kind === 'clean')) {
      const other = made.find((one) => one.kind === kind && one.scene === clean.scene && one.stage === clean.stage)
      if (!other) continue
      const by = value(clean, name) - value(other, name)
      const { right, asked } = scenes.get(clean.scene) ?? { right: 0, asked: 0 }
      scenes.set(clean.scene, { right: right + (by > 0 ? 1 : by === 0 ? 0.5 : 0), asked: asked + 1 })
    }
    return shown(share([...scenes.values()]))
  }
  for (const kind of ['hand', 'other', 'strewn', 'busy'] as const)
    for (const name of ['clutter', 'score', 'laplacian'])
      console.log(`  clean > ${kind.padEnd(10)} ${name.padEnd(10)} ${pairs(kind, name)}${name === 'laplacian' ? ' (baseline)' : ''}`)
  const lost = made.filter(({ kind }) => kind === 'clean').map(({ looked }) => -(looked.points['clutter'] ?? 0))
  console.log(
    `  a clean sweep loses: nothing in ${lost.filter((v) => v < 0.05).length} of ${lost.length}, most ${Math.max(...lost).toFixed(1)} points`,
  )
  const tally = (list: readonly Cluttered[], says: (one: Cluttered) => boolean): string => {
    const scenes = Map.groupBy(list, ({ scene }) => scene)
    return shown(share([...scenes.values()].map((some) => ({ right: some.filter(says).length, asked: some.length }))))
  }
  console.log('  "a hand is in the frame" is said of (by the head; by the usual colour rule)')
  for (const kind of kinds) {
    const list = rows.filter((one) => one.kind === kind)
    if (list.length > 0)
      console.log(
        `    ${kind.padEnd(14)} ${String(list.length).padStart(4)} pictures  ${tally(list, saysHand)}   ${tally(list, ({ byColour }) => byColour)}`,
      )
  }
  const [right, all] = [
    rows.filter((one) => one.kind.endsWith('hand') && saysHand(one)).length,
    rows.filter((one) => one.kind !== 'real, people' && saysHand(one)).length,
  ]
  console.log(`    said rightly in ${right} of ${all} (people further off left out)`)
  for (const one of rows.filter((r) => r.kind.startsWith('real,') && saysHand(r))) console.log(`    ${one.kind}: said of ${one.scene}`)
}
