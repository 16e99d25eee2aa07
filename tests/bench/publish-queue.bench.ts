import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJobStore } from '../../main/core/jobs/store.ts'
import { openLibrary } from '../../main/core/library/db.ts'
import { stages as allStages } from '../../main/core/stages/index.ts'

// `npm run bench:queue`: 20,000 publications wait for a shop. How long until the library is open and the first job is taken up, how long each further
// one takes, and what that costs in memory. The reference, in the same breath: as many bare claims with 100 jobs waiting.

const dir = mkdtempSync(join(tmpdir(), 'dropcard-queue-'))
const stages = allStages()
const at = '2026-11-22T08:00:00.000Z'

async function fill(count: number): Promise<void> {
  const library = await openLibrary(dir)
  const store = createJobStore(library.db, stages)
  await library.db.transaction().execute(async (tx) => {
    for (let n = 0; n < count; n++) {
      const id = `p-${n}`
      await tx
        .insertInto('product')
        .values({ id, handle: id, title: id, made_from: id, created_at: at, updated_at: at })
        .onConflict((on) => on.doNothing())
        .execute()
      const row = { state: 'sending', fingerprint: '', remote_id: null, url: null, because: null, at }
      await tx
        .insertInto('publication')
        .values({ catalog: `shop-${n % 3}`, product_id: id, ...row })
        .onConflict((on) => on.doNothing())
        .execute()
      await store.enqueue(tx, { stage: 'publish.listing', input: { catalog: `shop-${n % 3}`, productId: id } }, 0)
    }
  })
  await library[Symbol.asyncDispose]()
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function claims(busy: string[], count: number): Promise<{ openMs: number; each: number[]; rss: number[] }> {
  const began = performance.now()
  const library = await openLibrary(dir)
  const store = createJobStore(library.db, stages)
  const names = [...stages.keys()]
  const first = await store.claim(library.db, names, Date.now(), busy)
  const openMs = performance.now() - began
  if (first === null) throw new Error('nothing was claimed')
  const each: number[] = []
  const rss: number[] = []
  for (let n = 0; n < count; n++) {
    const from = performance.now()
    const job = await store.claim(library.db, names, Date.now(), busy)
    each.push(performance.now() - from)
    if (job !== null) await store.mark(library.db, job, 'done', null, Date.now())
    if (n % 100 === 0) rss.push(process.memoryUsage().rss / 1e6)
  }
  await library[Symbol.asyncDispose]()
  return { openMs, each, rss }
}

const say = (name: string, { openMs, each, rss }: Awaited<ReturnType<typeof claims>>): void => {
  const p95 = each.toSorted((a, b) => a - b)[Math.floor(each.length * 0.95)] ?? Number.NaN
  console.log(
    `${name.padEnd(46)} open and first job ${openMs.toFixed(0).padStart(5)} ms, each further ${median(each).toFixed(2)} ms (p95 ${p95.toFixed(2)}), memory ${rss.map((mb) => mb.toFixed(0)).join(' ')} MB`,
  )
}

await fill(100)
say('reference: 100 wait', await claims([], 80))
await fill(20_000)
say('20,000 wait (goal 1 s, 5 ms)', await claims([], 400))
say('20,000 wait, two of three shops rest', await claims(['shop-0', 'shop-1'], 400))
say('20,000 wait, all but the last shop rest', await claims(['shop-0', 'shop-2'], 400))
rmSync(dir, { recursive: true })
