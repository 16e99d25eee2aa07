import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RefusalCode } from '../../../workers/protocol.ts'
import { offloadId } from '../../contract/ids.ts'
import { type OffloadOutcome, offloadOutcome } from '../../contract/views.ts'
import { numbered, safeName, shownName } from '../domain/name.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Tx } from '../library/db.ts'
import { places } from '../library/places.ts'
import type { Stage, StageContext } from './stage.ts'

const input = z.strictObject({ offloadId, line: z.number().int() })
type In = z.infer<typeof input>
const companions = z.array(z.strictObject({ source: z.string(), name: z.string(), bytes: z.number() }))

export type Rider = {
  source: string
  name: string
  stored: string | null
  id: string | null
  bytes: number
  outcome: OffloadOutcome
  because: string | null
}
export const riders = z.array(
  z.object({ source: z.string(), stored: z.string().nullable(), outcome: offloadOutcome, because: z.string().nullable() }),
)

type Copied = {
  kind: 'copied'
  id: string
  bytes: number
  modifiedMs: number
  fingerprint: string
  stored: string
  paths: string[]
  verified: boolean
  renamed: boolean
}
type NotCopied = { kind: 'not'; outcome: OffloadOutcome; because: string }
type Out = {
  main: Copied | NotCopied
  have: { id: string; stored: string } | null
  riders: Rider[]
  outcome: OffloadOutcome
  because: string | null
  verify: string
}

const worst: OffloadOutcome[] = ['error', 'sourceMissing', 'verifyFailed', 'conflict', 'copied', 'skipped']
const mostNames = 50

const outcomeOf = (code: RefusalCode): OffloadOutcome =>
  code === 'missing' ? 'sourceMissing' : code === 'changed' ? 'verifyFailed' : 'error'

/** Copies one asset with everything that travels with it, and registers it. */
export const offloadCopy: Stage<In, Out> = {
  name: 'offload.copy',
  lane: 'copy',
  input,
  key: (it) => `${it.offloadId}/${it.line}`,
  repeat: 'again',
  attempts: 8,
  async run(it, ctx) {
    const offload = await ctx.read.selectFrom('offload').selectAll().where('id', '=', it.offloadId).executeTakeFirstOrThrow()
    const line = await ctx.read.selectFrom('offload_asset').selectAll().where('id', '=', it.line).executeTakeFirstOrThrow()
    if (line.outcome !== null) return { kind: 'refused', because: 'this line was settled already' }
    const backups = z.array(z.string()).parse(JSON.parse(offload.backups))
    const verify = z.enum(['destination', 'source-and-destination', 'size']).parse(offload.verify)
    const day = new Date(line.modified_ms).toISOString().slice(0, 10)
    const folder = join(places.originals, day, safeName(offload.label))
    const place = { folder, dir: ctx.dir, backups, verify }

    const have = await knownByContent(line.source, line.bytes, ctx)
    if (ctx.signal.aborted) return { kind: 'cancelled' }
    const needsBackup = have !== null && backups.length > 0
    const main: Copied | NotCopied | 'cancelled' | 'again' =
      have !== null && !needsBackup
        ? { kind: 'not', outcome: 'skipped', because: 'already in the library, byte for byte' }
        : await copy(line.source, safeName(line.name), place, ctx)
    if (main === 'cancelled') return { kind: 'cancelled' }
    if (main === 'again') return { kind: 'retry', because: 'the copy read back from the disk differed; it is copied again', afterMs: 200 }

    const carried: Rider[] = []
    for (const companion of companions.parse(JSON.parse(line.companions))) {
      const rider = await copy(companion.source, safeName(companion.name), place, ctx)
      if (rider === 'cancelled') return { kind: 'cancelled' }
      if (rider === 'again') return { kind: 'retry', because: 'the copy of a companion differed; it is copied again', afterMs: 200 }
      carried.push(
        rider.kind === 'copied'
          ? { ...companion, stored: rider.stored, id: rider.id, outcome: 'copied', because: null }
          : { ...companion, stored: null, id: null, outcome: rider.outcome, because: rider.because },
      )
    }
    const own: OffloadOutcome = main.kind === 'copied' ? 'copied' : main.outcome
    const badRider = carried.find((rider) => rider.outcome !== 'copied' && rider.outcome !== 'skipped')
    const outcome =
      [own, ...(badRider === undefined ? [] : [badRider.outcome])].sort((a, b) => worst.indexOf(a) - worst.indexOf(b))[0] ?? own
    const because =
      main.kind === 'not'
        ? main.because
        : badRider !== undefined
          ? `${shownName(badRider.name)}: ${badRider.because ?? 'it was not copied'}`
          : main.renamed
            ? 'kept beside another file of the same name'
            : null
    return { kind: 'done', out: { main, have, riders: carried, outcome, because, verify } }
  },
  async commit(tx, it, out, ctx) {
    const line = await tx.selectFrom('offload_asset').selectAll().where('id', '=', it.line).executeTakeFirstOrThrow()
    const next: NextJob[] = []
    const id = out.main.kind === 'copied' ? out.main.id : out.have?.id
    const before = id === undefined ? undefined : await tx.selectFrom('asset').select('stored').where('id', '=', id).executeTakeFirst()
    let stored = before?.stored ?? null
    if (out.main.kind === 'copied' && id !== undefined) {
      stored ??= out.main.stored
      if (before === undefined) {
        await tx
          .insertInto('asset')
          .values({
            id,
            kind: line.kind,
            bytes: out.main.bytes,
            name: shownName(line.name),
            stored,
            modified_ms: out.main.modifiedMs,
            fingerprint: out.main.fingerprint,
            added_at: ctx.now,
          })
          .execute()
      }
      for (const path of out.main.verified ? out.main.paths : []) {
        await tx
          .insertInto('copy')
          .values({ asset_id: id, path, verify: out.verify, verified_at: ctx.now })
          .onConflict((on) => on.doNothing())
          .execute()
      }
    }
    if (id !== undefined) {
      for (const rider of out.riders) {
        if (rider.id === null || rider.stored === null) continue
        await tx
          .insertInto('sidecar')
          .values({ asset_id: id, id: rider.id, name: shownName(rider.name), stored: rider.stored, bytes: rider.bytes })
          .onConflict((on) => on.doNothing())
          .execute()
      }
      next.push({ stage: line.kind === 'photo' ? 'analyse.photo' : 'analyse.clip', input: { assetId: id } })
    }
    const again = out.outcome === 'copied' && before !== undefined
    await tx
      .updateTable('offload_asset')
      .set({
        outcome: again ? 'skipped' : out.outcome,
        because: again ? 'already in the library, byte for byte' : out.because,
        asset_id: id ?? null,
        stored,
        copies: JSON.stringify(out.main.kind === 'copied' && out.main.verified ? out.main.paths : []),
        riders: JSON.stringify(out.riders.map(({ source, stored: at, outcome, because }) => ({ source, stored: at, outcome, because }))),
      })
      .where('id', '=', it.line)
      .execute()
    return [...next, ...(await lastOne(tx, it.offloadId))]
  },
  async failed(tx, it, because, { cancelled }) {
    await tx
      .updateTable('offload_asset')
      .set({ outcome: 'error', because: cancelled ? 'the offload was cancelled before this file' : because })
      .where('id', '=', it.line)
      .where('outcome', 'is', null)
      .execute()
    return lastOne(tx, it.offloadId)
  },
}

/** The job that closes the offload, once no line waits any more. */
async function lastOne(tx: Tx, id: In['offloadId']): Promise<NextJob[]> {
  const open = await tx
    .selectFrom('offload_asset')
    .select('id')
    .where('offload_id', '=', id)
    .where('outcome', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return open === undefined ? [{ stage: 'offload.finish', input: { offloadId: id } }] : []
}

/** The same bytes under any name: only files whose size is known are read a first time to find out. */
async function knownByContent(source: string, bytes: number, ctx: StageContext): Promise<{ id: string; stored: string } | null> {
  const twin = await ctx.read.selectFrom('asset').select('id').where('bytes', '=', bytes).limit(1).executeTakeFirst()
  if (twin === undefined) return null
  const reply = await ctx.work('copy.hash', { path: source })
  if (reply.kind !== 'done') return null
  const row = await ctx.read.selectFrom('asset').select(['id', 'stored']).where('id', '=', reply.out.sha256).executeTakeFirst()
  if (row === undefined) return null
  const there = await lstat(join(ctx.dir, row.stored)).catch(() => null)
  return there?.isFile() === true && there.size === bytes ? row : null
}

async function copy(
  source: string,
  name: string,
  place: { folder: string; dir: string; backups: string[]; verify: 'destination' | 'source-and-destination' | 'size' },
  ctx: StageContext,
): Promise<Copied | NotCopied | 'cancelled' | 'again'> {
  const disks = [place.dir, ...place.backups]
  let open = disks.map((disk) => ({ disk, n: 1 }))
  const paths = new Map<string, string>()
  let verified = true
  for (let round = 0; round < mostNames; round += 1) {
    const reply = await ctx.work(
      'copy.file',
      { source, verify: place.verify, destinations: open.map(({ disk, n }) => join(disk, place.folder, numbered(name, n))) },
      (done, total) => ctx.progress(done, total),
    )
    if (reply.kind === 'cancelled') return 'cancelled'
    if (reply.kind === 'refused') return { kind: 'not', outcome: outcomeOf(reply.code), because: reply.because }
    const results = reply.out.destinations
    const badIndex = results.findIndex((result) => result.outcome === 'error' || result.outcome === 'verifyFailed')
    const bad = results[badIndex]
    if (bad !== undefined) {
      if (bad.outcome === 'verifyFailed' && ctx.attempt < 3) return 'again'
      return {
        kind: 'not',
        outcome: bad.outcome === 'verifyFailed' ? 'verifyFailed' : 'error',
        because: `${bad.because ?? 'it could not be written'} (${open[badIndex]?.disk ?? bad.path})`,
      }
    }
    open = open.flatMap((target, index) => {
      const result = results[index]
      if (result?.outcome === 'taken') return [{ ...target, n: target.n + 1 }]
      if (result !== undefined) {
        paths.set(target.disk, result.path)
        verified &&= result.verified
      }
      return []
    })
    const main = paths.get(place.dir)
    if (open.length === 0 && main !== undefined) {
      const { sha256: id, bytes, modifiedMs, fingerprint } = reply.out
      return {
        kind: 'copied',
        id,
        bytes,
        modifiedMs,
        fingerprint,
        stored: main.slice(place.dir.length + 1),
        paths: [...paths.values()],
        verified,
        renamed: !main.endsWith(name),
      }
    }
  }
  return { kind: 'not', outcome: 'conflict', because: `${mostNames} other files have this name already` }
}
