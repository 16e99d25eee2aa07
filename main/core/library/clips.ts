import { createHash } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { assetId, clipId } from '../../contract/ids.ts'
import type { ClipView } from '../../contract/views.ts'
import { weighClip } from '../domain/clip-score.ts'
import { storedMeasures } from './assets.ts'
import type { Reader, Tx } from './db.ts'
import type { Schema } from './schema.ts'

/** `clip.model` of a range that a person chose. Such clips have places below 0, so that they go first and the found ones keep theirs. */
export const byPerson = 'person'
/** `clip.model` of a person's range that another took the place of. Not shown; a rendition of it may still be under way. */
export const replaced = 'replaced'

/** `clip.place` of the clip of a take that is published: a person's own, else the best that was found. `take` is the column that holds its asset. */
export const bestPlace = (take: string) =>
  sql<number>`(select min(place) from clip as any_clip where any_clip.asset_id = ${sql.ref(take)} and any_clip.model <> ${replaced})`

/** The seconds worth keeping of one take, best first; what a person chose before what was found. */
export async function clipViews(read: Reader, asset: string): Promise<ClipView[]> {
  const rows = await read
    .selectFrom('clip')
    .selectAll()
    .where('asset_id', '=', asset)
    .where('model', '<>', replaced)
    .orderBy('place')
    .execute()
  return rows.map((row) => clipView(row, {}))
}

/** One clip as it is shown. @param weights factors on the shipped weights; none = as shipped */
export function clipView(row: Selectable<Schema['clip']>, weights: Readonly<Record<string, number>>): ClipView {
  const isPerson = row.model === byPerson
  const { score, components, reasons } = weighClip(storedMeasures.parse(JSON.parse(row.measures)), weights)
  return {
    id: clipId.parse(row.id),
    assetId: assetId.parse(row.asset_id),
    inUs: row.in_us,
    outUs: row.out_us,
    by: isPerson ? 'person' : 'machine',
    score: isPerson ? null : score,
    components,
    reasons,
  }
}

/** Behind every clip that is offered. */
const lastPlace = 1_000_000

/** What a person set on one take, in the order in which it is offered; microseconds, out exclusive. */
export type OwnRange = readonly [inUs: number, outUs: number]
export const ownRangesText = z.string().transform((text) => z.array(z.tuple([z.number().int(), z.number().int()])).parse(JSON.parse(text)))

export async function ownRanges(read: Reader, asset: string): Promise<OwnRange[]> {
  const rows = await read
    .selectFrom('clip')
    .select(['in_us', 'out_us'])
    .where('asset_id', '=', asset)
    .where('model', '=', byPerson)
    .orderBy('place')
    .execute()
  return rows.map((row) => [row.in_us, row.out_us])
}

/** Another range is another clip: what was rendered of the old one stays what it is. */
export const ownClipId = (asset: string, [inUs, outUs]: OwnRange): string =>
  createHash('sha256').update(`${asset}/${byPerson}/${inUs}/${outUs}`).digest('hex').slice(0, 24)

/** Only these are the person's from now on. Renditions of the others may be under way: their rows stay, out of sight. Part of an act, see decisions.ts. */
export async function setOwnRanges(tx: Tx, asset: string, ranges: readonly OwnRange[]): Promise<void> {
  await tx
    .updateTable('clip')
    .set({ model: replaced, place: lastPlace })
    .where('asset_id', '=', asset)
    .where('model', '=', byPerson)
    .execute()
  for (const [index, range] of ranges.entries()) {
    const mine = { model: byPerson, place: index - ranges.length }
    await tx
      .insertInto('clip')
      .values({ id: ownClipId(asset, range), asset_id: asset, in_us: range[0], out_us: range[1], measures: '{}', ...mine })
      .onConflict((on) => on.column('id').doUpdateSet(mine))
      .execute()
  }
}
