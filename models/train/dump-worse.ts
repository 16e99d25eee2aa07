/**
 * Photos and the same photos made worse on purpose, as the quality head sees them:
 *   node models/train/dump-worse.ts OUT FOLDER
 * OUT.worse.f32: for each scene one row as it is and one row a fault; OUT.worse.txt: the faults in that order. Scenes of camera models that are
 * held out for measuring (scenes.ts) are left alone. Faults are made at 512 px, the scale at which crowds were asked.
 */
import { writeFile } from 'node:fs/promises'
import { openPhoto } from '../../workers/score/open.ts'
import type { Rgb } from '../../workers/score/pixels.ts'
import { fit } from '../../workers/score/renditions.ts'
import { encoded, exposed, gaussian, moved, noisy } from './degrade.ts'
import { openSight, pixelsOf } from './look.ts'
import { findScenes } from './scenes.ts'

const side = 512
const faults: Record<string, (rgb: Rgb, seed: number) => Promise<Rgb> | Rgb> = {
  'blur 1.5': (rgb) => gaussian(rgb, 1.5),
  'blur 3': (rgb) => gaussian(rgb, 3),
  'motion 7': (rgb, seed) => moved(rgb, 7, seed % 180),
  'motion 15': (rgb, seed) => moved(rgb, 15, (seed * 7) % 180),
  'noise 8': (rgb, seed) => noisy(rgb, 8, 'white', seed),
  'noise 20': (rgb, seed) => noisy(rgb, 20, 'white', seed),
  'blur 2 noise 12': async (rgb, seed) => noisy(await gaussian(rgb, 2), 12, 'white', seed),
  'dark 1.5': (rgb) => exposed(rgb, -1.5),
  'dark 3 noise 6': (rgb, seed) => noisy(exposed(rgb, -3), 6, 'white', seed),
  'bright 1': (rgb) => exposed(rgb, 1),
  'bright 2': (rgb) => exposed(rgb, 2),
  'jpeg 12': async (rgb) => pixelsOf(await encoded(rgb, 12)),
}

const [out, folder] = process.argv.slice(2)
if (out === undefined || folder === undefined) throw new Error('usage: dump-worse.ts OUT FOLDER')
const see = await openSight()
const rows: Float32Array[] = []
const scenes = (await findScenes(folder, 0.15e6)).filter(({ heldOut }) => !heldOut)
for (const scene of scenes) {
  const own = await fit((await openPhoto(scene.path)).rgb, side)
  const seed = Number.parseInt(scene.sha256.slice(0, 6), 16)
  rows.push((await see(own)).input)
  for (const make of Object.values(faults)) rows.push((await see(await make(own, seed))).input)
}
await writeFile(`${out}.worse.f32`, Buffer.concat(rows.map((row) => Buffer.from(row.buffer))))
await writeFile(`${out}.worse.txt`, `${Object.keys(faults).join('\n')}\n`)
console.log(`${scenes.length} scenes, ${Object.keys(faults).length} faults`)
