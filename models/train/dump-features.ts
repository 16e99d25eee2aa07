/**
 * Runs the product's own reading and networks over folders of photos and writes what the heads are trained on:
 *   node models/train/dump-features.ts OUT FOLDER…   →   OUT.f32 (rows of 2 × 3,984 features + readings) and OUT.txt (one path a line)
 * Training sees exactly what scoring sees, because it is the same code.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { read } from '../../workers/score/analyse.ts'
import { openBackbone } from '../../workers/score/features.ts'
import { openPhoto } from '../../workers/score/open.ts'
import { readingVector } from '../../workers/score/readings.ts'
import { fit, previewSide, stretch, thumbSide } from '../../workers/score/renditions.ts'
import { findSubject } from '../../workers/score/subject.ts'

const [out, ...folders] = process.argv.slice(2)
if (out === undefined || folders.length === 0) throw new Error('usage: dump-features.ts OUT FOLDER…')
const models = join(import.meta.dirname, '..')
const objects = await openBackbone(ort, 'oidv4-backbone', await readFile(join(models, 'oidv4-backbone.onnx')), 224, 'signed')
const general = await openBackbone(ort, 'general-backbone', await readFile(join(models, 'general-backbone.onnx')), 384, 'unit')
const rows: Float32Array[] = []
const kept: string[] = []
for (const folder of folders) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.jpe?g$/i.test(name)).toSorted()
  for (const name of names) {
    try {
      const photo = await openPhoto(join(folder, name))
      const preview = await fit(photo.rgb, previewSide)
      const small = await fit(preview, thumbSide)
      const readings = read(photo.rgb, small, findSubject(small))
      const parts = [
        await objects.features(await stretch(preview, 224, 224)),
        await general.features(await stretch(preview, 384, 384)),
        readingVector(readings, photo.jpeg?.quality ?? null),
      ]
      rows.push(Float32Array.from(parts.flatMap((part) => [...part])))
      kept.push(join(folder, name))
    } catch (cause) {
      console.error(`left out ${name}: ${cause instanceof Error ? cause.message : 'unknown error'}`)
    }
  }
}
await writeFile(`${out}.f32`, Buffer.concat(rows.map((row) => Buffer.from(row.buffer))))
await writeFile(`${out}.txt`, `${kept.join('\n')}\n`)
console.log(`${rows.length} photos, ${rows[0]?.length ?? 0} values each`)
