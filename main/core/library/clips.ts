import { sql } from 'kysely'
import { assetId, clipId } from '../../contract/ids.ts'
import type { ClipView } from '../../contract/views.ts'
import { weighClip } from '../domain/clip-score.ts'
import { storedMeasures } from './assets.ts'
import type { Reader } from './db.ts'

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
  return rows.map((row) => {
    const isPerson = row.model === byPerson
    const { score, components, reasons } = weighClip(storedMeasures.parse(JSON.parse(row.measures)))
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
  })
}
