import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { usualLook } from '../../contract/views.ts'
import { lookOf, lookText, masterOf } from '../library/clip-exports.ts'
import type { Reader } from '../library/db.ts'

/** What is still to be made of clips: exports, and renditions for catalogs, which have the usual look. */
async function openOnes(read: Reader): Promise<{ id: string; clip_id: string; look: string }[]> {
  const exports = await read.selectFrom('clip_export').select(['id', 'clip_id', 'look']).where('state', '=', 'queued').execute()
  const jobs = await read
    .selectFrom('job')
    .select('key')
    .where('stage', '=', 'cut.clip')
    .where('state', 'in', ['queued', 'running'])
    .execute()
  const look = lookText(usualLook)
  return [...exports, ...jobs.map(({ key }) => ({ id: key, clip_id: key.split('/')[0] ?? '', look }))]
}

const upright = { width: 1080, height: 1920 }

/** Masters that an export which is still to be made may want. */
export async function wantedMasters(read: Reader): Promise<Set<string>> {
  return new Set((await openOnes(read)).flatMap((row) => [null, upright].map((shape) => masterOf(row.clip_id, lookOf(row.look), shape))))
}

/**
 * Where the master lies or will lie, absolute; null when nobody shares it: then the clip is encoded for its channel alone.
 * @param own the export that asks, or the key of the job
 */
export async function sharedMaster(read: Reader, dir: string, own: string, master: string): Promise<string | null> {
  const path = join(dir, master)
  if ((await lstat(path).catch(() => null)) !== null) return path
  const others = (await openOnes(read)).filter((row) => row.id !== own)
  return others.some((row) => [null, upright].some((shape) => masterOf(row.clip_id, lookOf(row.look), shape) === master)) ? path : null
}
