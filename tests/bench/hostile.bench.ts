/**
 * What each hostile photo costs on its own: one after the other in a thread of the real pool, the most resident memory and the time until it ended.
 *   node tests/bench/hostile.bench.ts [FOLDER]
 * FOLDER: any files (default: the corpus' dev/hostile). Goal: each ends as a score or a named refusal within 10 s and 1.5 GB, and no thread dies.
 */
import '../../main/hosts/lean.ts'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createWorkerPool } from '../../main/adapters/pool.ts'
import { modelsDir } from '../../models/load.ts'
import { corpus } from '../support/corpus.ts'
import { machine } from './offload-card.ts'

const folder = process.argv[2] ?? (corpus === null ? null : join(corpus, 'dev/hostile'))
if (folder === null) throw new Error('expected a folder, or the corpus')
const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((one) => one.isFile())
  .map((one) => join(one.parentPath, one.name))
  .toSorted()
const pool = createWorkerPool({ threads: 1 })
const { signal } = new AbortController()
const score = (path: string) =>
  pool.run('score.photo', { path, modelsDir, thumbPath: null, previewPath: null, subjectAt: null }, { signal })
await pool.run('score.model', { modelsDir, tried: true }, { signal })

const rows: { path: string; ms: number; mb: number; ending: string }[] = []
for (const path of files) {
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 5)
  const began = performance.now()
  const ending = await score(path).then(
    (reply) => (reply.kind === 'refused' ? reply.code : reply.kind),
    (error: unknown) => `died: ${String(error)}`,
  )
  clearInterval(watch)
  rows.push({ path, ms: performance.now() - began, mb: Math.max(most, process.memoryUsage.rss()) / 2 ** 20, ending })
}
await pool[Symbol.asyncDispose]()
const endings = Map.groupBy(rows, ({ ending }) => ending)
console.log(`machine   ${machine()}\ninput     ${files.length} files`)
console.log(`endings   ${[...endings].map(([ending, all]) => `${ending} ${all.length}`).join(', ')}`)
for (const one of rows.toSorted((a, b) => b.ms - a.ms).slice(0, 5))
  console.log(`slowest   ${one.ms.toFixed(0)} ms, ${one.mb.toFixed(0)} MB, ${one.ending}: ${one.path.slice(folder.length + 1)}`)
for (const one of rows.toSorted((a, b) => b.mb - a.mb).slice(0, 3))
  console.log(`largest   ${one.mb.toFixed(0)} MB, ${one.ms.toFixed(0)} ms, ${one.ending}: ${one.path.slice(folder.length + 1)}`)
console.log(`over      ${rows.filter(({ ms, mb }) => ms > 10_000 || mb > 1536).length} beyond 10 s or 1,536 MB (whole process)`)
