import { lstat, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Marks } from '../../../workers/protocol.ts'
import { extension } from '../domain/card.ts'
import { fromMarks, noMarks, noteNames, notesPath, type Said, saidOf, saysAlready, toMarks } from '../domain/marks.ts'
import type { NextJob } from '../jobs/job.ts'
import { inChunks } from '../library/chunks.ts'
import type { Reader, Tx } from '../library/db.ts'
import { act } from '../library/decisions.ts'
import { draft } from '../library/products.ts'
import { readSettings } from '../library/settings.ts'
import type { Stage, StageContext } from './stage.ts'

const input = z.strictObject({})
type Seen = { path: string; asset_id: string; bytes: number; modified_ms: number }
type Heard = { id: string; said: Partial<Said> }
type Out = { seen: Seen[]; heard: Heard[]; upTo: number | null; more: boolean }

/** What one run takes on; the rest follows in the next, so that nothing else waits long for the library. */
const atOnce = 200
const syncedKey = 'marks.synced'

/** Follows what people do in the culling room; many acts in a row are one run. */
export const marksSoon: NextJob = { stage: 'marks.sync', input: {}, afterMs: 1500 }

/** The job that follows an act, when files beside the originals are wanted. */
export const marksAfter = async (read: Reader): Promise<NextJob[]> => ((await readSettings(read)).marks === 'sidecars' ? [marksSoon] : [])

/**
 * Keeps stars, labels and picks in step with the files of other programs. Always: what a camera or program wrote into a new original is taken
 * over once, where nobody has said anything here. With sidecars switched on: what is said here is written beside the originals, and what others
 * change there is taken over, as one act that can be undone. Originals, and notes that came with them, are never written.
 */
export const marksSync: Stage<z.infer<typeof input>, Out> = {
  name: 'marks.sync',
  // A lane that a session which only offloads keeps closed: it reads every new original once more.
  lane: 'publish',
  input,
  key: () => 'library',
  repeat: 'again',
  attempts: 8,
  lands: 'soon',
  doing: 'Reading and writing ratings',
  changes: () => [],
  async run(_, ctx) {
    const out: Out = { seen: [], heard: [], upTo: null, more: false }
    await readNew(ctx, out)
    if ((await readSettings(ctx.read)).marks === 'sidecars') {
      const mine = await writeOwn(ctx, out)
      await readChanged(ctx, out, mine)
    }
    return { kind: 'done', out }
  },
  async commit(tx, _, out, { now }) {
    await inChunks(out.seen, (some) =>
      tx
        .insertInto('marks_file')
        .values(some)
        .onConflict((on) =>
          on.column('path').doUpdateSet((e) => ({ bytes: e.ref('excluded.bytes'), modified_ms: e.ref('excluded.modified_ms') })),
        )
        .execute(),
    )
    await takeOver(tx, out.heard, now)
    if (out.upTo !== null) await setSynced(tx, out.upTo)
    return out.more ? [{ ...marksSoon, afterMs: 0 }] : []
  },
  failed: async () => [],
}

/** One act for everything that was heard, and the listings follow the picks among it. */
async function takeOver(tx: Tx, heard: readonly Heard[], now: string): Promise<void> {
  if (heard.length === 0) return
  const of = <K extends keyof Said>(field: K): Map<string, Said[K]> =>
    new Map(heard.flatMap(({ id, said }) => (said[field] === undefined ? [] : [[id, said[field] as Said[K]]])))
  const changed = await act(tx, { decisions: of('decision'), ratings: of('rating'), labels: of('label') }, 'file', now)
  if (changed.length > 0) await draft(tx, now)
}

type Known = { id: string; stored: string; riders: string[]; said: Said }

/** Photos with what was said about them. */
async function photos(read: Reader, ids: readonly string[]): Promise<Known[]> {
  const rows = await inChunks(ids, (some) =>
    read
      .selectFrom('asset')
      .leftJoin('standing', 'standing.asset_id', 'asset.id')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .select(['asset.id', 'asset.stored', 'standing.decision', 'standing.rating', 'standing.label'])
      .where('asset.id', 'in', some)
      .where('asset.kind', '=', 'photo')
      .where('removal.asset_id', 'is', null)
      .execute(),
  )
  const riders = await inChunks(ids, (some) =>
    read.selectFrom('sidecar').select(['asset_id', 'stored']).where('asset_id', 'in', some).execute(),
  )
  const byAsset = Map.groupBy(riders, (row) => row.asset_id)
  return rows.map((row) => ({
    id: row.id,
    stored: row.stored,
    riders: (byAsset.get(row.id) ?? []).map((one) => one.stored),
    said: saidOf(row),
  }))
}

async function stamp(dir: string, path: string, id: string): Promise<Seen | null> {
  const there = await lstat(join(dir, path)).catch(() => null)
  return there?.isFile() === true ? { path, asset_id: id, bytes: there.size, modified_ms: there.mtimeMs } : null
}

async function marksIn(ctx: StageContext, paths: readonly string[]): Promise<Map<string, Marks>> {
  const found = new Map<string, Marks>()
  for (let at = 0; at < paths.length; at += atOnce) {
    const reply = await ctx.work('marks.read', { paths: paths.slice(at, at + atOnce).map((path) => join(ctx.dir, path)) })
    if (reply.kind !== 'done') continue
    for (const [index, file] of reply.out.files.entries()) {
      const path = paths[at + index]
      if (file.because !== null) ctx.log.info('notes that cannot be read', { path: path ?? '', because: file.because })
      if (file.marks !== null && path !== undefined) found.set(path, file.marks)
    }
  }
  return found
}

/** What came with new originals: inside them, or in notes that travelled with them. The notes win, being written later. */
async function readNew(ctx: StageContext, out: Out): Promise<void> {
  const fresh = await ctx.read
    .selectFrom('asset')
    .leftJoin('marks_file', 'marks_file.path', 'asset.stored')
    .select(['asset.id', 'asset.stored'])
    .where('asset.kind', '=', 'photo')
    .where('marks_file.path', 'is', null)
    .limit(atOnce)
    .execute()
  out.more = fresh.length === atOnce
  const known = await photos(
    ctx.read,
    fresh.map((row) => row.id),
  )
  const sources = new Map(known.map((one) => [one.id, [one.stored, ...one.riders.filter((rider) => extension(rider) === 'xmp')]]))
  const found = await marksIn(ctx, [...sources.values()].flat())
  for (const one of known) {
    const { decision, rating, label } = one.said
    const said = Object.assign({}, ...(sources.get(one.id) ?? []).map((path) => fromMarks(found.get(path) ?? noMarks)))
    const news = Object.keys(said).some(
      (field) => !(field === 'rating' && said.rating === 0) && !(field === 'decision' && said.decision === 'undecided'),
    )
    if (news && decision === 'undecided' && rating === null && label === null) out.heard.push({ id: one.id, said })
  }
  // Also what could not be looked at (removed, gone): it is not asked about again.
  for (const { id, stored } of fresh)
    out.seen.push((await stamp(ctx.dir, stored, id)) ?? { path: stored, asset_id: id, bytes: 0, modified_ms: 0 })
}

/** Writes what was said since the last run; a file that says it already is left alone. @returns the photos it was about */
async function writeOwn(ctx: StageContext, out: Out): Promise<Set<string>> {
  const from = await synced(ctx.read)
  const acts = await ctx.read.selectFrom('act').select(['seq', 'id', 'made_by']).where('seq', '>', from).orderBy('seq').limit(20).execute()
  const last = acts.at(-1)
  if (last === undefined) return new Set()
  const batches = acts.map((one) => one.id)
  const ids = new Set<string>()
  for (const table of ['decision', 'rating'] as const)
    for (const row of await ctx.read.selectFrom(table).select('asset_id').where('batch', 'in', batches).execute()) ids.add(row.asset_id)
  const known = await photos(ctx.read, [...ids])
  const places = new Map(known.map((one) => [one.id, notesPath(one.stored, one.riders)]))
  const there = await marksIn(ctx, await existing(ctx.dir, [...places.values()]))
  for (const one of known) {
    const path = places.get(one.id) ?? ''
    const wanted = toMarks(one.said)
    if (saysAlready(there.get(path) ?? null, wanted)) continue
    const base = one.riders.find((rider) => extension(rider) === 'xmp')
    const reply = await ctx.work('marks.write', {
      source: join(ctx.dir, one.stored),
      outPath: join(ctx.dir, path),
      how: 'sidecar',
      base: base === undefined ? null : join(ctx.dir, base),
      marks: wanted,
      at: new Date(ctx.clock.now()).toISOString(),
    })
    if (reply.kind === 'refused') ctx.log.warn('notes that could not be written', { path, because: reply.because })
    const now = await stamp(ctx.dir, path, one.id)
    if (reply.kind === 'done' && now !== null) out.seen.push(now)
  }
  out.upTo = last.seq
  if (acts.length === 20) out.more = true
  return ids
}

async function existing(dir: string, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => ((await lstat(join(dir, path)).catch(() => null))?.isFile() === true ? [path] : [])),
  )
  return found.flat()
}

/** What others changed in notes beside the originals, or put there. What was said here in the same moment wins. */
async function readChanged(ctx: StageContext, out: Out, mine: ReadonlySet<string>): Promise<void> {
  const rows = await ctx.read.selectFrom('asset').select('id').where('kind', '=', 'photo').execute()
  const known = await photos(
    ctx.read,
    rows.map((row) => row.id),
  )
  const files = new Map((await ctx.read.selectFrom('marks_file').selectAll().execute()).map((row) => [row.path, row]))
  const justWritten = new Set(out.seen.map((one) => one.path))
  const changed: Seen[] = []
  for (const [folder, own] of Map.groupBy(known, (one) => dirname(one.stored))) {
    const names = new Map(
      own.flatMap((one) =>
        noteNames(
          basename(one.stored),
          one.riders.map((rider) => basename(rider)),
        ).map((name) => [name, one.id]),
      ),
    )
    const riders = new Set(own.flatMap((one) => one.riders))
    for (const name of await readdir(join(ctx.dir, folder)).catch(() => [])) {
      const path = join(folder, name)
      const id = extension(name) === 'xmp' ? names.get(name.slice(0, -4).toLowerCase()) : undefined
      if (id === undefined || riders.has(path) || justWritten.has(path)) continue
      const now = await stamp(ctx.dir, path, id)
      const before = files.get(path)
      if (now !== null && (before?.bytes !== now.bytes || before.modified_ms !== now.modified_ms)) changed.push(now)
    }
  }
  const found = await marksIn(
    ctx,
    changed.map((one) => one.path),
  )
  for (const one of changed) {
    out.seen.push(one)
    const marks = found.get(one.path)
    if (marks !== undefined && !mine.has(one.asset_id)) out.heard.push({ id: one.asset_id, said: fromMarks(marks) })
  }
}

async function synced(read: Reader): Promise<number> {
  const row = await read.selectFrom('meta').select('value').where('key', '=', syncedKey).executeTakeFirst()
  return Number(row?.value ?? 0)
}

async function setSynced(tx: Tx, seq: number): Promise<void> {
  await tx
    .insertInto('meta')
    .values({ key: syncedKey, value: String(seq) })
    .onConflict((on) => on.column('key').doUpdateSet({ value: String(seq) }))
    .execute()
}
