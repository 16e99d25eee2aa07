import { z } from 'zod'
import { measure } from '../../../workers/protocol.ts'
import type { StackKind } from '../../contract/views.ts'
import { groupingSteps } from '../domain/burst.ts'
import { weighClip } from '../domain/clip-score.ts'
import { sceneMemory } from '../domain/same-scene.ts'
import { suggestingSteps } from '../domain/suggestion.ts'
import type { NextJob } from '../jobs/job.ts'
import { recordings } from '../library/clip-recordings.ts'
import type { Reader, Tx } from '../library/db.ts'
import type { Frames } from '../library/frames.ts'
import { readSettings } from '../library/settings.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({})
const measures = z.record(z.string(), measure)
type StackRow = { id: string; cover: string; reason: string; kind: StackKind }
type MemberRow = { asset_id: string; stack_id: string; rank: number; suggestion: string | null; because: string | null }
type Out = { stacks: StackRow[]; members: MemberRow[] }

/** Grouping follows analysis; while photos keep coming it runs at most twice a second. */
export const groupSoon: NextJob = { stage: 'group', input: {}, afterMs: 500 }

/** Each take is a stack of its own, its chapters in order; the moving half of a Live Photo says whose it is. */
async function takes(read: Reader): Promise<Out> {
  const rows = await read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .where('removal.asset_id', 'is', null)
    .innerJoin('analysis', 'analysis.asset_id', 'asset.id')
    .leftJoin('clip', (join) => join.onRef('clip.asset_id', '=', 'asset.id').on('clip.place', '=', 0))
    .select(['asset.id', 'clip.measures'])
    .where('asset.kind', '=', 'clip')
    .where('analysis.state', '=', 'ready')
    .execute()
  const ready = new Map(rows.map((row) => [row.id, row.measures]))
  const { takes: all, live } = await recordings(read)
  const idOf = (asset: string): string => `s-${asset.slice(0, 16)}`
  const member = (id: string, first: string, rank: number): MemberRow => {
    const found = ready.get(id) ?? null
    const best = found === null ? null : weighClip(measures.parse(JSON.parse(found))).score
    return {
      asset_id: id,
      stack_id: idOf(first),
      rank,
      suggestion: best !== null && best >= 50 ? 'pick' : 'maybe',
      because: best === null ? 'no steady seconds of the asked length were found' : null,
    }
  }
  const stacks = all.map(({ files }) => files.map((file) => file.id).filter((id) => ready.has(id))).filter((ids) => ids.length > 0)
  return {
    stacks: [
      ...stacks.map((ids) => ({
        id: idOf(ids[0] ?? ''),
        cover: ids[0] ?? '',
        reason: ids.length === 1 ? 'one take' : `${ids.length} files of one recording`,
        kind: 'take' as const,
      })),
      ...live.map(({ id, still }) => ({ id: idOf(id), cover: id, reason: `moves with ${still}`, kind: 'take' as const })),
    ],
    members: [
      ...stacks.flatMap((ids) => ids.map((id, index) => member(id, ids[0] ?? id, index + 1))),
      ...live.map(({ id, still }) => ({
        ...member(id, id, 1),
        suggestion: 'maybe',
        because: `the moving half of the Live Photo ${still}`,
      })),
    ],
  }
}

/** Step by step, with a turn for everybody else in between: keys and copies do not wait for thousands of comparisons. null = stopped. */
export async function breathing<T>(steps: Generator<void, T>, signal: AbortSignal): Promise<T | null> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) return null
  }
}

/**
 * Bursts and series into stacks, the best frame on top, a suggestion for each. Writes only its own tables, and there only what changed; never a
 * decision. `frames` and what was compared are kept from run to run, so that grouping again costs what is new.
 */
export function groupStage(frames: Frames): Stage<z.infer<typeof input>, Out> {
  const memory = sceneMemory()
  return {
    name: 'group',
    lane: 'core',
    input,
    key: () => 'library',
    repeat: 'again',
    attempts: 8,
    lands: 'soon',
    changes: () => [{ of: 'stacks' }],
    async run(_, ctx) {
      const photos = await frames(ctx.read)
      const { strictness } = await readSettings(ctx.read)
      const stacks = await breathing(groupingSteps(photos, memory), ctx.signal)
      const proposals = stacks === null ? null : await breathing(suggestingSteps(stacks, photos, strictness, memory), ctx.signal)
      if (stacks === null || proposals === null) return { kind: 'cancelled' }
      const clips = await takes(ctx.read)
      return {
        kind: 'done',
        out: {
          stacks: [...stacks.map(({ id, cover, reason, kind }) => ({ id, cover, reason, kind })), ...clips.stacks],
          members: [
            ...stacks.flatMap((stack) =>
              stack.members.map((id, index) => ({
                asset_id: id,
                stack_id: stack.id,
                rank: index + 1,
                suggestion: proposals.get(id)?.suggestion ?? null,
                because: proposals.get(id)?.because ?? null,
              })),
            ),
            ...clips.members,
          ],
        },
      }
    },
    async commit(tx, _, out) {
      await writeStacks(tx, out.stacks)
      await writeMembers(tx, out.members)
      return []
    },
    failed: async () => [],
  }
}

async function writeStacks(tx: Tx, wanted: readonly StackRow[]): Promise<void> {
  const there = new Map((await tx.selectFrom('stack').selectAll().execute()).map((row) => [row.id, row]))
  const ids = new Set(wanted.map(({ id }) => id))
  const changed = wanted.filter((row) => {
    const old = there.get(row.id)
    return old === undefined || old.cover !== row.cover || old.reason !== row.reason || old.kind !== row.kind
  })
  for (const part of parts([...there.keys()].filter((id) => !ids.has(id)))) await tx.deleteFrom('stack').where('id', 'in', part).execute()
  for (const part of parts(changed)) {
    await tx
      .insertInto('stack')
      .values(part)
      .onConflict((on) =>
        on
          .column('id')
          .doUpdateSet((e) => ({ cover: e.ref('excluded.cover'), reason: e.ref('excluded.reason'), kind: e.ref('excluded.kind') })),
      )
      .execute()
  }
}

async function writeMembers(tx: Tx, wanted: readonly MemberRow[]): Promise<void> {
  const there = new Map((await tx.selectFrom('stack_member').selectAll().execute()).map((row) => [row.asset_id, row]))
  const ids = new Set(wanted.map((row) => row.asset_id))
  const changed = wanted.filter((row) => {
    const old = there.get(row.asset_id)
    return (
      old === undefined ||
      old.stack_id !== row.stack_id ||
      old.rank !== row.rank ||
      old.suggestion !== row.suggestion ||
      old.because !== row.because
    )
  })
  for (const part of parts([...there.keys()].filter((id) => !ids.has(id))))
    await tx.deleteFrom('stack_member').where('asset_id', 'in', part).execute()
  for (const part of parts(changed)) {
    await tx
      .insertInto('stack_member')
      .values(part)
      .onConflict((on) =>
        on.column('asset_id').doUpdateSet((e) => ({
          stack_id: e.ref('excluded.stack_id'),
          rank: e.ref('excluded.rank'),
          suggestion: e.ref('excluded.suggestion'),
          because: e.ref('excluded.because'),
        })),
      )
      .execute()
  }
}

function* parts<T>(all: readonly T[], size = 500): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}
