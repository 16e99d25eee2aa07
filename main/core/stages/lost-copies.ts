import { lstat } from 'node:fs/promises'
import type { OffloadId } from '../../contract/ids.ts'
import { missingDisk } from './disk-mark.ts'
import { onDisk } from './known.ts'
import { storedRiders } from './offload-copy.ts'
import type { StageContext } from './stage.ts'

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
  const lines = await ctx.read
    .selectFrom('offload_asset')
    .leftJoin('removal', 'removal.asset_id', 'offload_asset.asset_id')
    .select(['offload_asset.id', 'offload_asset.asset_id', 'offload_asset.bytes', 'offload_asset.riders'])
    .where('offload_id', '=', id)
    .where('outcome', 'in', ['copied', 'skipped'])
    .where('removal.asset_id', 'is', null)
    .execute()
  const copies = Map.groupBy(await ctx.read.selectFrom('copy').select(['asset_id', 'path']).execute(), (row) => row.asset_id)
  const lost: Lost[] = []
  for (const line of lines) {
    const own = copies.get(line.asset_id ?? '') ?? []
    const riders = storedRiders.parse(JSON.parse(line.riders))
    for (const disk of disks) {
      const main = await Promise.all(own.filter((copy) => onDisk(copy.path, disk)).map((copy) => isFile(copy.path, line.bytes)))
      const carried = await Promise.all(
        riders.flatMap((rider) => rider.paths.filter((path) => onDisk(path, disk)).map((path) => isFile(path))),
      )
      if (disk !== gone && main.some((fine) => fine) && carried.every((fine) => fine)) continue
      const because = `its copy is not on this disk any more: ${disk}`
      lost.push({ line: line.id, because, riders: JSON.stringify(riders.map((rider) => ({ ...rider, outcome: 'error', because }))) })
      break
    }
  }
  return lost
}
