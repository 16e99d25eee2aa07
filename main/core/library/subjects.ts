import { box, type Point } from '../../contract/views.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader } from './db.ts'

/** The point a person chose on this photo, or null: Dropcard finds the subject. */
export async function chosenPoint(read: Reader, assetId: string): Promise<Point | null> {
  const row = await read.selectFrom('subject_choice').select(['x', 'y']).where('asset_id', '=', assetId).executeTakeFirst()
  return row ?? null
}

export const samePoint = (a: Point | null, b: Point | null): boolean => a === b || (a !== null && b !== null && a.x === b.x && a.y === b.y)

/** The stored box of a subject; null when there is none, or none that can be read. */
export function storedSubject(json: string | null): { x: number; y: number; w: number; h: number } | null {
  if (json === null) return null
  const parsed = box.safeParse(JSON.parse(json))
  return parsed.success ? parsed.data : null
}

/**
 * The next photos, in the order of their ids, whose score was not made by `model`: what another job has in hand, what was given up
 * under this very model, and what was removed are left out.
 */
export async function staleScores(read: Reader, model: string, after: string, most: number): Promise<NextJob[]> {
  const rows = await read
    .selectFrom('score')
    .leftJoin('removal', 'removal.asset_id', 'score.asset_id')
    .select('score.asset_id')
    .where('score.model', '<>', model)
    .where('score.asset_id', '>', after)
    .where('removal.asset_id', 'is', null)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('job')
            .select('job.id')
            .whereRef('job.key', '=', 'score.asset_id')
            .where('job.stage', 'in', ['rescore.photo', 'subject.photo'])
            .where((or) =>
              or.or([
                or('job.state', 'in', ['queued', 'running']),
                or.and([or('job.state', '=', 'failed'), or('job.payload', 'like', `%${JSON.stringify({ model }).slice(1)}`)]),
              ]),
            ),
        ),
      ),
    )
    .orderBy('score.asset_id')
    .limit(most)
    .execute()
  return rows.map((row) => ({ stage: 'rescore.photo', input: { assetId: row.asset_id, model } }))
}
