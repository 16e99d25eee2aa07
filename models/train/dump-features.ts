/**
 * Runs the product's own reading and networks over folders of photos and writes what the heads are trained on:
 *   node models/train/dump-features.ts OUT FOLDER…
 * OUT.objects.f32: rows of 3,984 raw features (likeness descriptor). OUT.quality.f32: two rows of `qualityLength` a photo, as it is and mirrored.
 * OUT.txt: one path a line. Training sees exactly what scoring sees, because it is the same code.
 */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { qualityLength } from '../../workers/score/quality.ts'
import { openLook } from './look.ts'

const [out, ...folders] = process.argv.slice(2)
if (out === undefined || folders.length === 0) throw new Error('usage: dump-features.ts OUT FOLDER…')
const look = await openLook()
const features: Float32Array[] = []
const inputs: Float32Array[] = []
const kept: string[] = []
for (const folder of folders) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.jpe?g$/i.test(name)).toSorted()
  for (const name of names) {
    try {
      const { objects, asIs, mirrored } = await look(join(folder, name))
      features.push(objects)
      inputs.push(asIs, mirrored)
      kept.push(join(folder, name))
    } catch (cause) {
      console.error(`left out ${name}: ${cause instanceof Error ? cause.message : 'unknown error'}`)
    }
  }
}
const write = (path: string, rows: Float32Array[]) => writeFile(path, Buffer.concat(rows.map((row) => Buffer.from(row.buffer))))
await write(`${out}.objects.f32`, features)
await write(`${out}.quality.f32`, inputs)
await writeFile(`${out}.txt`, `${kept.join('\n')}\n`)
console.log(`${kept.length} photos, ${qualityLength} values each, mirrored too`)
