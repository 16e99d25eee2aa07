import { lstat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { sql } from 'kysely'
import type { FoundAsset } from '../domain/card.ts'
import { shownName } from '../domain/name.ts'
import type { Reader } from '../library/db.ts'
import type { StageContext } from './stage.ts'

/** What the library knows of a file: it has it on every disk, or it was removed on purpose. */
export type Known = { kind: 'have'; assetId: string; stored: string } | { kind: 'removed'; assetId: string; at: string }
export type Planned = FoundAsset & { known: Known | null }

/** Two seconds: the step of FAT time stamps. */
const sameTimeMs = 2000

export const onDisk = (path: string, root: string): boolean => path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)

/** Untouched since it was verified: a regular file of that size whose change time is the one noted then. */
async function untouched(path: string, bytes: number, changedMs: number | null): Promise<boolean> {
  const there = await lstat(path).catch(() => null)
  return there?.isFile() === true && there.size === bytes && changedMs !== null && there.ctimeMs === changedMs
}

/**
 * Which of the found files need not be copied, without reading them whole.
 *
 * A file on the card counts as known only when its name, size and time are those of a verified original AND samples of its content (start, two
 * inside, end) are the same. A copy counts only while its own change time is the one noted right after it was read back. Anything less is read
 * whole and compared by SHA-256 when its turn comes.
 */
export async function plan(
  found: readonly FoundAsset[],
  read: Reader,
  dir: string,
  backups: readonly string[],
  ctx: Pick<StageContext, 'work'>,
): Promise<Planned[]> {
  const planned: Planned[] = []
  for (let at = 0; at < found.length; at += filesAtOnce)
    planned.push(...(await planSome(found.slice(at, at + filesAtOnce), read, dir, backups, ctx)))
  return planned
}

/** So many files are asked about together: neither a big card nor a big library is ever in memory as a whole. */
const filesAtOnce = 200

async function planSome(
  found: readonly FoundAsset[],
  read: Reader,
  dir: string,
  backups: readonly string[],
  ctx: Pick<StageContext, 'work'>,
): Promise<Planned[]> {
  const sizes = await knownSizes(read, found)
  const candidates = found.filter((asset) => sizes.has(asset.bytes))
  const prints = new Map<string, string>()
  const sources = candidates.flatMap((asset) => [asset.source, ...asset.companions.map((one) => one.source)])
  for (let at = 0; at < sources.length; at += 500) {
    const reply = await ctx.work('copy.fingerprint', { paths: sources.slice(at, at + 500) })
    if (reply.kind === 'done') for (const file of reply.out.files) if (file.fingerprint !== null) prints.set(file.path, file.fingerprint)
  }
  const library = await memory(
    read,
    candidates.flatMap((asset) => {
      const print = prints.get(asset.source)
      return print === undefined ? [] : [[asset.bytes, print] as const]
    }),
  )
  const planned: Planned[] = []
  for (const asset of found) {
    const print = prints.get(asset.source)
    planned.push({
      ...asset,
      known: print === undefined ? null : await match(asset, prints, library.get(`${asset.bytes}/${print}`) ?? [], dir, backups),
    })
  }
  return planned
}

type Remembered = {
  id: string
  name: string
  stored: string
  modifiedMs: number
  removedAt: string | null
  copies: { path: string; changedMs: number | null }[]
  riders: { name: string; stored: string; bytes: number; changedMs: number | null; fingerprint: string | null }[]
}

/** Lists go in as one JSON value, so that the statement is the same for any number of them. */
const listed = <T>(values: readonly unknown[]) => sql<T>`(select value from json_each(${JSON.stringify(values)}))`

async function knownSizes(read: Reader, found: readonly FoundAsset[]): Promise<Set<number>> {
  const sizes = listed<number>(found.map((asset) => asset.bytes))
  return new Set((await read.selectFrom('asset').select('bytes').distinct().where('bytes', 'in', sizes).execute()).map((row) => row.bytes))
}

/** Originals of these sizes and samples. */
async function memory(read: Reader, pairs: readonly (readonly [bytes: number, print: string])[]): Promise<Map<string, Remembered[]>> {
  const assets = await read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .select(['asset.id', 'asset.name', 'asset.stored', 'asset.modified_ms', 'asset.bytes', 'asset.fingerprint', 'removal.at'])
    .where(sql`(asset.bytes, asset.fingerprint)`, 'in', sql`(select value ->> 0, value ->> 1 from json_each(${JSON.stringify(pairs)}))`)
    .execute()
  const ids = listed<string>(assets.map((asset) => asset.id))
  const copies = Map.groupBy(
    await read.selectFrom('copy').select(['asset_id', 'path', 'changed_ms']).where('asset_id', 'in', ids).execute(),
    (row) => row.asset_id,
  )
  const riders = Map.groupBy(
    await read
      .selectFrom('sidecar')
      .select(['asset_id', 'name', 'stored', 'bytes', 'changed_ms', 'fingerprint'])
      .where('asset_id', 'in', ids)
      .execute(),
    (row) => row.asset_id,
  )
  const all = new Map<string, Remembered[]>()
  for (const row of assets) {
    const key = `${row.bytes}/${row.fingerprint}`
    const one: Remembered = {
      id: row.id,
      name: row.name,
      stored: row.stored,
      modifiedMs: row.modified_ms,
      removedAt: row.at,
      copies: (copies.get(row.id) ?? []).map((copy) => ({ path: copy.path, changedMs: copy.changed_ms })),
      riders: (riders.get(row.id) ?? []).map((rider) => ({
        name: rider.name,
        stored: rider.stored,
        bytes: rider.bytes,
        changedMs: rider.changed_ms,
        fingerprint: rider.fingerprint,
      })),
    }
    all.set(key, [...(all.get(key) ?? []), one])
  }
  return all
}

async function match(
  asset: FoundAsset,
  prints: ReadonlyMap<string, string>,
  candidates: readonly Remembered[],
  dir: string,
  backups: readonly string[],
): Promise<Known | null> {
  for (const one of candidates) {
    if (one.name !== shownName(asset.name) || Math.abs(one.modifiedMs - asset.modifiedMs) > sameTimeMs) continue
    if (one.removedAt !== null) return { kind: 'removed', assetId: one.id, at: one.removedAt }
    if ((await everywhere(asset, one, dir, backups)) && (await ridersThere(asset, prints, one, dir, backups)))
      return { kind: 'have', assetId: one.id, stored: one.stored }
  }
  return null
}

async function everywhere(asset: FoundAsset, one: Remembered, dir: string, backups: readonly string[]): Promise<boolean> {
  for (const disk of [dir, ...backups]) {
    let found = false
    for (const copy of one.copies) {
      const counts = onDisk(copy.path, disk) && (disk !== dir || copy.path === join(dir, one.stored))
      if (counts && (await untouched(copy.path, asset.bytes, copy.changedMs))) found = true
    }
    if (!found) return false
  }
  return true
}

async function ridersThere(
  asset: FoundAsset,
  prints: ReadonlyMap<string, string>,
  one: Remembered,
  dir: string,
  backups: readonly string[],
): Promise<boolean> {
  for (const rider of asset.companions) {
    const known = one.riders.find(
      (sidecar) =>
        sidecar.name === shownName(rider.name) && sidecar.bytes === rider.bytes && sidecar.fingerprint === prints.get(rider.source),
    )
    if (known === undefined || !(await untouched(join(dir, known.stored), rider.bytes, known.changedMs))) return false
    for (const backup of backups) {
      const there = await lstat(join(backup, known.stored)).catch(() => null)
      if (there?.isFile() !== true || there.size !== rider.bytes) return false
    }
  }
  return true
}
