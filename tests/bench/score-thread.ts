import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { z } from 'zod'
import { modelsDir } from '../../models/load.ts'
import { collectNowAndThen } from '../../workers/collect.ts'
import { photo } from '../../workers/score/photo.ts'
import { quiet } from '../workers/score/pictures.ts'

/** A thread of score.bench.ts: does one photo after another in the way it is asked for, and says when it is done. */
const { dir, n } = z.object({ dir: z.string(), n: z.number() }).parse(workerData)
const task = z.object({ path: z.string(), how: z.enum(['whole', 'bare', 'plain']) })
sharp.concurrency(1)
sharp.cache(false)

/** `plain`: sharp as it comes; else with the encoder's settings that we use. */
async function bare(path: string, plain: boolean): Promise<void> {
  const one = (side: number, quality: number, name: string) =>
    sharp(path, { failOn: 'none' })
      .autoOrient()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .jpeg(plain ? { quality } : { quality, optimiseCoding: false })
      .toFile(join(dir, name))
  await one(2048, 85, `p${n}.jpg`)
  await one(480, 80, `t${n}.jpg`)
}

async function whole(path: string): Promise<number> {
  const out = await photo(
    { path, modelsDir, thumbPath: join(dir, `t${n}-w.jpg`), previewPath: join(dir, `p${n}-w.jpg`), subjectAt: null },
    quiet(),
  )
  collectNowAndThen('score.photo')
  return out.info.width * out.info.height
}

parentPort?.on('message', (message: unknown) => {
  const { path, how } = task.parse(message)
  const work = how === 'whole' ? whole(path) : bare(path, how === 'plain').then(() => 0)
  void work.then((pixels) => parentPort?.postMessage({ pixels }))
})
