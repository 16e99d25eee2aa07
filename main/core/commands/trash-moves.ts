import { lstat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type AssetId, assetId } from '../../contract/ids.ts'
import { extension } from '../domain/card.ts'
import { companionName } from '../domain/companion-name.ts'
import { numbered } from '../domain/name.ts'
import { describe } from '../errors.ts'
import type { Tx } from '../library/db.ts'
import { companionPlace, deletePictures, deleteTrashed, filesInTrash, isThere, moveTo } from '../library/trash.ts'
import type { CommandContext } from './context.ts'

/**
 * `home`: where the original lay, and goes back to; `trashed`: where it lies in the trash. Both relative to the library. While it is in the trash
 * `asset.stored` says where it lies and `removal.trashed` keeps its home, so that another photo can have that name meanwhile.
 */
export type TrashRow = { id: AssetId; home: string; trashed: string }
type Moves = Pick<CommandContext, 'library' | 'write' | 'log'>

const busy = 'trash.busy'
const mostNames = 200

/** Notes that files are about to follow the library, or that all of them have. What finds the note at a start finishes the work. */
export async function begun(tx: Tx, isBegun: boolean): Promise<void> {
  await tx.deleteFrom('meta').where('key', '=', busy).execute()
  if (isBegun) await tx.insertInto('meta').values({ key: busy, value: '1' }).execute()
}

/** Writes down that an original is in the trash. */
export async function inTrash(tx: Tx, row: TrashRow, at: string): Promise<void> {
  await tx.insertInto('removal').values({ asset_id: row.id, trashed: row.home, at }).execute()
  await tx.updateTable('asset').set({ stored: row.trashed }).where('id', '=', row.id).execute()
}

async function atHome(tx: Tx, row: TrashRow): Promise<void> {
  await tx.deleteFrom('removal').where('asset_id', '=', row.id).execute()
  await tx.updateTable('asset').set({ stored: row.home }).where('id', '=', row.id).execute()
}

type Companion = { id: string; name: string; stored: string }

/** The key of notes that were written beside the original here, or by another program, and not brought by the card. */
const notesKey = 'notes'

/** The same whatever the original is called: `jpg.xmp` of `IMG_1.JPG.xmp` and of `IMG_1~2.JPG.xmp`. */
const notesName = (path: string): string => `${extension(path.slice(0, -'.xmp'.length))}.xmp`

async function companionsOf(ctx: Moves, id: string): Promise<Companion[]> {
  const { db } = ctx.library
  const brought = await db.selectFrom('sidecar').select(['id', 'name', 'stored']).where('asset_id', '=', id).execute()
  const seen = await db.selectFrom('marks_file').select('path').where('asset_id', '=', id).execute()
  const notes = seen.filter(({ path }) => extension(path) === 'xmp' && brought.every(({ stored }) => stored !== path))
  return [...brought, ...notes.map(({ path }) => ({ id: notesKey, name: notesName(path), stored: path }))]
}

/** Another photo that is not removed travels with the same file. */
async function isShared(ctx: Moves, id: string, stored: string): Promise<boolean> {
  const other = await ctx.library.db
    .selectFrom('sidecar')
    .leftJoin('removal', 'removal.asset_id', 'sidecar.asset_id')
    .select('sidecar.asset_id')
    .where('sidecar.stored', '=', stored)
    .where('sidecar.asset_id', '!=', id)
    .where('removal.asset_id', 'is', null)
    .executeTakeFirst()
  return other !== undefined
}

/** Moves a companion; one that cannot be moved stays where it is and is looked for there. */
async function carry(ctx: Moves, from: string, to: string): Promise<void> {
  const { dir } = ctx.library
  const because = await moveTo(join(dir, from), join(dir, to)).catch(describe)
  if (because !== 'moved' && because !== 'missing') ctx.log.warn('a companion stays where it is', { from, to, because })
}

/**
 * A verified copy that only we have moved is still verified: moving changes a file's change time (ctime), which is what it is recognised by, so the
 * new one is noted, if the old one was as noted before.
 */
async function moveCopy(ctx: Moves, id: string, from: string, to: string): Promise<'moved' | 'missing' | 'taken'> {
  const { db, dir } = ctx.library
  const [old, now] = [join(dir, from), join(dir, to)]
  const noted = await db.selectFrom('copy').select('changed_ms').where('asset_id', '=', id).where('path', '=', old).executeTakeFirst()
  const before = await lstat(old).catch(() => null)
  const end = await moveTo(old, now)
  if (end !== 'moved' || noted === undefined) return end
  const isUntouched = before !== null && before.ctimeMs === noted.changed_ms
  const after = isUntouched ? await lstat(now).catch(() => null) : null
  await ctx.write(async (tx) => {
    await tx.deleteFrom('copy').where('asset_id', '=', id).where('path', '=', now).execute()
    const row = { path: now, changed_ms: after?.ctimeMs ?? null }
    await tx.updateTable('copy').set(row).where('asset_id', '=', id).where('path', '=', old).execute()
    return { out: undefined }
  })
  return end
}

/** Moves originals that the library says are in the trash there. The first that cannot be moved ends it; it and the rest are at home again. */
export async function followInto(ctx: Moves, rows: readonly TrashRow[]): Promise<{ moved: AssetId[]; failed: unknown }> {
  const moved: AssetId[] = []
  try {
    for (const row of rows) {
      if ((await moveCopy(ctx, row.id, row.home, row.trashed)) === 'taken') throw new TypeError(`the trash holds another ${row.trashed}`)
      moved.push(row.id)
      await companionsInto(ctx, row.id)
    }
    return { moved, failed: null }
  } catch (failed) {
    await ctx.write(async (tx) => {
      for (const row of rows.slice(moved.length)) await atHome(tx, row)
      return { out: undefined }
    })
    return { moved, failed }
  }
}

async function companionsInto(ctx: Moves, id: string): Promise<void> {
  for (const one of await companionsOf(ctx, id))
    if (!(await isShared(ctx, id, one.stored))) await carry(ctx, one.stored, companionPlace(id, one))
}

/** Brings one original and its companions back, under another name where theirs is taken by now. @returns why not, or null */
export async function bringHome(ctx: Moves, row: { id: AssetId; home: string; stored: string; at: string }): Promise<string | null> {
  const { dir, db } = ctx.library
  if (!(await isThere(join(dir, row.stored)))) return 'its file is not in the trash folder any more'
  const companions: (Companion & { lies: string })[] = []
  for (const one of await companionsOf(ctx, row.id)) {
    const lies = companionPlace(row.id, one)
    if (await isThere(join(dir, lies))) companions.push({ ...one, lies })
  }
  for (let n = 1; n <= mostNames; n += 1) {
    const home = join(dirname(row.home), numbered(basename(row.home), n))
    const places = companions.map((one) =>
      n === 1 ? one.stored : join(dirname(one.stored), companionName(basename(one.stored), basename(row.home), basename(home))),
    )
    const owner = await db.selectFrom('asset').select('id').where('stored', '=', home).executeTakeFirst()
    const there = await Promise.all([home, ...places].map((path) => lstat(join(dir, path)).catch(() => null)))
    if (owner !== undefined || there.some((one) => one !== null)) continue
    const back: TrashRow = { id: row.id, home, trashed: row.stored }
    await ctx.write(async (tx) => {
      await begun(tx, true)
      await atHome(tx, back)
      for (const [index, one] of companions.entries()) {
        const stored = places[index] ?? one.stored
        if (one.id === notesKey) await tx.updateTable('marks_file').set({ path: stored }).where('path', '=', one.stored).execute()
        else
          await tx
            .updateTable('sidecar')
            .set({ stored })
            .where('asset_id', '=', row.id)
            .where('id', '=', one.id)
            .where('name', '=', one.name)
            .execute()
      }
      return { out: undefined }
    })
    const end = await moveCopy(ctx, row.id, row.stored, home).catch(describe)
    if (end === 'moved') {
      for (const [index, one] of companions.entries()) await carry(ctx, one.lies, places[index] ?? one.stored)
      return null
    }
    await ctx.write(async (tx) => ({ out: await inTrash(tx, { ...back, home: row.home }, row.at) }))
    if (end !== 'taken') return end
  }
  return 'too many other files have its name'
}

/** Finishes what a crash left half done: files go where the library says they are, and what was deleted for good is deleted. */
export async function mendTrash(ctx: Moves & Pick<CommandContext, 'now'>): Promise<void> {
  const { db, dir } = ctx.library
  const note = await db.selectFrom('meta').select('value').where('key', '=', busy).executeTakeFirst()
  if (note === undefined) return
  try {
    const files = await filesInTrash(dir)
    const rows = await db
      .selectFrom('removal')
      .innerJoin('asset', 'asset.id', 'removal.asset_id')
      .select(['asset.id', 'asset.stored', 'removal.trashed'])
      .execute()
    for (const row of rows) {
      const own = files.get(row.id) ?? []
      files.delete(row.id)
      if (row.trashed === '') {
        await deleteTrashed(dir, own)
        if (own.length > 0) await deletePictures(dir, row.id)
        continue
      }
      const other = await db.selectFrom('asset').select('id').where('stored', '=', row.trashed).executeTakeFirst()
      // Also when it is there: between link and unlink it has both of its names.
      if (other === undefined) await moveCopy(ctx, row.id, row.trashed, row.stored)
      await companionsInto(ctx, row.id)
    }
    // No removal any more: they were on their way home.
    for (const [id, own] of files) {
      const asset = await db.selectFrom('asset').select('stored').where('id', '=', id).executeTakeFirst()
      if (asset === undefined) continue
      for (const one of await companionsOf(ctx, id)) await carry(ctx, companionPlace(id, one), one.stored)
      for (const path of own) {
        if (basename(path).includes('~')) continue
        const trashed = path.slice(dir.length + 1)
        if ((await moveCopy(ctx, id, trashed, asset.stored)) !== 'taken') continue
        const row = { id: assetId.parse(id), home: asset.stored, trashed }
        await ctx.write(async (tx) => ({ out: await inTrash(tx, row, ctx.now()) }))
      }
    }
    await ctx.write(async (tx) => ({ out: await begun(tx, false) }))
  } catch (error) {
    ctx.log.error('the trash could not be put in order', { error: describe(error) })
  }
}
