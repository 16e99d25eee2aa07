import { lstat } from 'node:fs/promises'
import type { OffloadId } from '../../contract/ids.ts'
import { missingDisk } from './disk-mark.ts'
import { onDisk } from './known.ts'
import { storedRiders } from './offload-copy.ts'
import type { StageContext } from './stage.ts'

/** So many lines are looked after together: a big card is never in memory as a whole. */
export const linesAtOnce = 200

/** A line whose copies are not all there any more; `riders` is what its companions are told as, JSON. */
export type Lost = { line: number; because: string; riders: string }

const isFile = async (path: string, bytes: number | null = null): Promise<boolean> => {
  const there = await lstat(path).catch(() => null)
  return there?.isFile() === true && (bytes === null || there.size === bytes)
}

/**
 * Lines whose verified copies, or whose companions, are not all where they were left: a disk that was pulled, a file that someone moved.
 * Looked for on every disk just before the verdict.
 */
export async function lostCopies(id: OffloadId, disks: readonly string[], marked: string, ctx: StageContext): Promise<Lost[]> {
  const gone = await missingDisk(marked)
  const lost: Lost[] = []
  for (let after = ''; ; ) {
    ctx.signal.throwIfAborted()
    const lines = await ctx.read
      .selectFrom('offload_asset')
      .leftJoin('removal', 'removal.asset_id', 'offload_asset.asset_id')
      .select(['offload_asset.id', 'source', 'offload_asset.asset_id', 'offload_asset.bytes', 'offload_asset.riders'])
      .where('offload_id', '=', id)
      .where('source', '>', after)
      .where('outcome', 'in', ['copied', 'skipped'])
      .where('removal.asset_id', 'is', null)
      .orderBy('source')
      .limit(linesAtOnce)
      .execute()
    const last = lines.at(-1)
    if (last === undefined) return lost
    after = last.source
    const assets = lines.flatMap((line) => (line.asset_id === null ? [] : [line.asset_id]))
    const copies = Map.groupBy(
      await ctx.read.selectFrom('copy').select(['asset_id', 'path']).where('asset_id', 'in', assets).execute(),
      (row) => row.asset_id,
    )
    for (const line of lines) {
      const one = await lostOf(line, copies.get(line.asset_id ?? '') ?? [], disks, gone)
      if (one !== null) lost.push(one)
    }
  }
}

async function lostOf(
  line: { id: number; bytes: number; riders: string },
  copies: readonly { path: string }[],
  disks: readonly string[],
  gone: string | null,
): Promise<Lost | null> {
  const riders = line.riders === '[]' ? [] : storedRiders.parse(JSON.parse(line.riders))
  for (const disk of disks) {
    const main = await Promise.all(copies.filter((copy) => onDisk(copy.path, disk)).map((copy) => isFile(copy.path, line.bytes)))
    const carried = await Promise.all(
      riders.flatMap((rider) => rider.paths.filter((path) => onDisk(path, disk)).map((path) => isFile(path))),
    )
    if (disk !== gone && main.some((fine) => fine) && carried.every((fine) => fine)) continue
    const because = `its copy is not on this disk any more: ${disk}`
    return { line: line.id, because, riders: JSON.stringify(riders.map((rider) => ({ ...rider, outcome: 'error', because }))) }
  }
  return null
}
