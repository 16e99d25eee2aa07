import { inChunks } from './chunks.ts'
import type { Reader } from './db.ts'

type Frame = { id: string; offload: string | null; at: string | null; stack: string | null }

/**
 * What was shot for these products, picked or not, in the trash or not: every frame of the stacks that their pictures come from, and what the same
 * offload brought from between the first and the last of those frames of one product, unless it is of a stack that another product has pictures of.
 * @returns ids of photos and clips
 */
export async function shotFor(read: Reader, products: ReadonlySet<string>): Promise<Set<string>> {
  const homes = await read.selectFrom('product_asset').select(['product_id', 'asset_id']).execute()
  const rows = await read
    .selectFrom('asset')
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .leftJoin('stack_member', 'stack_member.asset_id', 'asset.id')
    .select(['asset.id', 'analysis.captured_at as at', 'stack_member.stack_id as stack'])
    .execute()
  const brought = await inChunks(
    rows.map((row) => row.id),
    (ids) => read.selectFrom('offload_asset').select(['asset_id', 'offload_id']).where('asset_id', 'in', ids).orderBy('id').execute(),
  )
  const offloadOf = new Map(brought.toReversed().map((row) => [row.asset_id, row.offload_id]))
  const frames = new Map(rows.map((row): [string, Frame] => [row.id, { ...row, offload: offloadOf.get(row.id) ?? null }]))
  const stacks = Map.groupBy([...frames.values()], ({ id, stack }) => stack ?? id)
  const stackOf = (id: string): string => frames.get(id)?.stack ?? id
  /** The products that have pictures of a stack. */
  const ownersOf = Map.groupBy(homes, (home) => stackOf(home.asset_id))
  const shot = new Set<string>()
  for (const [, own] of Map.groupBy(
    homes.filter((home) => products.has(home.product_id)),
    (home) => home.product_id,
  )) {
    const taken = [...new Set(own.map((home) => stackOf(home.asset_id)))].flatMap((stack) => stacks.get(stack) ?? [])
    for (const { id } of taken) shot.add(id)
    for (const [offload, run] of Map.groupBy(taken, (frame) => frame.offload)) {
      const times = run.flatMap(({ at }) => (at === null ? [] : [at])).toSorted()
      const [first, last] = [times[0], times.at(-1)]
      if (offload === null || first === undefined || last === undefined) continue
      for (const frame of frames.values()) {
        if (frame.offload !== offload || frame.at === null || frame.at < first || frame.at > last) continue
        if ((ownersOf.get(stackOf(frame.id)) ?? []).every((home) => products.has(home.product_id))) shot.add(frame.id)
      }
    }
  }
  return shot
}
