import { z } from 'zod'
import type { OffloadId } from '../../contract/ids.ts'
import { verifyMode } from '../../contract/views.ts'
import { describe } from '../errors.ts'
import { readSettings } from '../library/settings.ts'
import type { PeekedFacts, StageContext, UnderWay } from './stage.ts'

/** So many files are looked at together: one look per file would wait for the card each time. */
const lookAhead = 24
/** Read again after so long: what the user changes meanwhile holds for the files that come then. */
const freshMs = 1000

type Line = { id: number; offload_id: string; source: string }

/** What all copies of this offload share, read once a second instead of once a file. */
export async function underWay(id: OffloadId, ctx: StageContext): Promise<UnderWay> {
  const known = ctx.offloads.get(id)
  const now = ctx.clock.now()
  if (known !== undefined && Math.abs(now - known.readAt) < freshMs) return known
  const row = await ctx.read
    .selectFrom('offload')
    .select(['label', 'backups', 'disks', 'verify'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const { template, dayStartHour, cameraOffsets } = await readSettings(ctx.read)
  const read = {
    readAt: now,
    label: row.label,
    disks: [ctx.dir, ...z.array(z.string()).parse(JSON.parse(row.backups))],
    marks: row.disks,
    verify: verifyMode.parse(row.verify),
    naming: { template, dayStartHour, cameraOffsets },
  }
  // Two copies may have read at once: what was found on the card meanwhile is kept.
  const own = ctx.offloads.get(id)
  const fresh =
    own === undefined ? { ...read, facts: new Map<string, PeekedFacts>(), lookedTo: 0, looking: null } : Object.assign(own, read)
  ctx.offloads.set(id, fresh)
  return fresh
}

/**
 * What a file says about itself. Files are looked at in groups, and the next group while the copies of this one run, so that only the first
 * copy of an offload waits for it.
 */
export async function factsOf(line: Line, shared: UnderWay, ctx: StageContext): Promise<PeekedFacts | null> {
  const { facts } = shared
  if (!facts.has(line.source) && shared.looking !== null) await shared.looking
  if (!facts.has(line.source)) {
    // A copy that is tried again comes alone: its neighbours were looked at before.
    if (line.id <= shared.lookedTo) await look([line.source], facts, ctx.work)
    else await lookOn(line.offload_id, line.id, shared, ctx)
  }
  const own = facts.get(line.source) ?? null
  facts.delete(line.source)
  if (shared.looking === null && facts.size < lookAhead / 2) void lookOn(line.offload_id, shared.lookedTo + 1, shared, ctx)
  return own
}

/** Looks at the next group of lines that wait. A look that fails says so when the file's own turn comes. */
function lookOn(offload: string, from: number, shared: UnderWay, ctx: StageContext): Promise<void> {
  const looking = ctx.ahead(async (work) => {
    try {
      const rows = await ctx.read
        .selectFrom('offload_asset')
        .select(['id', 'source'])
        .where('offload_id', '=', offload)
        .where('outcome', 'is', null)
        .where('id', '>=', from)
        .orderBy('id')
        .limit(lookAhead)
        .execute()
      shared.lookedTo = Math.max(shared.lookedTo, rows.at(-1)?.id ?? 0)
      if (rows.length > 0)
        await look(
          rows.map((row) => row.source),
          shared.facts,
          work,
        )
    } catch (error) {
      ctx.log.warn('files could not be looked at ahead', { error: describe(error) })
    } finally {
      shared.looking = null
    }
  })
  shared.looking = looking
  return looking
}

async function look(paths: string[], into: Map<string, PeekedFacts>, work: StageContext['work']): Promise<void> {
  // Of lines that were settled before their turn nobody takes anything out.
  if (into.size > 4 * lookAhead) into.clear()
  const reply = await work('peek.files', { paths, outDir: null, decodeMissing: false })
  if (reply.kind === 'done') for (const { path, capturedAt, camera } of reply.out.files) into.set(path, { capturedAt, camera })
}
