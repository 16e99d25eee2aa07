import { sql } from 'kysely'
import { assetId, productId } from '../../contract/ids.ts'
import type { ClipChoice, LeftRange, ReviewClip, TakeCounts, TakeView } from '../../contract/views.ts'
import { stem } from '../domain/card.ts'
import type { ClipWeights } from '../domain/clip-taste.ts'
import { shownName } from '../domain/name.ts'
import { choices } from './clip-choices.ts'
import { type Recording, recordings } from './clip-recordings.ts'
import { tasteWeights } from './clip-taste.ts'
import { byPerson, clipView, replaced } from './clips.ts'
import type { Reader } from './db.ts'

/** Any number of ids as one parameter. */
const among = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`

type ClipRow = { id: string; asset_id: string; model: string; in_us: number; out_us: number; measures: string; place: number }

/** Clips of these takes that are offered, best place first. */
const clipRows = (read: Reader, takes: readonly string[]): Promise<ClipRow[]> =>
  read
    .selectFrom('clip')
    .selectAll()
    .where('asset_id', 'in', among(takes))
    .where('model', '<>', replaced)
    .orderBy('asset_id')
    .orderBy('place')
    .execute()

/** Number of a clip in its take, from 1: the found ones by rank, a person's own after them. Stays the same when others come or go. */
const numberOf = (clip: ClipRow, all: readonly ClipRow[]): number =>
  clip.model === byPerson
    ? all.filter((one) => one.asset_id === clip.asset_id && one.model !== byPerson).length - clip.place
    : clip.place + 1

export async function placeInTake(read: Reader, take: string, clip: string): Promise<number> {
  const all = await clipRows(read, [take])
  const own = all.find((one) => one.id === clip)
  return own === undefined ? 1 : numberOf(own, all)
}

function reviewClip(row: ClipRow, all: readonly ClipRow[], name: string, choice: ClipChoice, weights: ClipWeights | null): ReviewClip {
  return {
    ...clipView(row, weights ?? {}),
    choice,
    name: `${stem(shownName(name))}, ${numberOf(row, all)}`,
  }
}

/** Clips as they are shown in review, by id; what is not offered any more is left out. */
export async function reviewClips(read: Reader, ids: readonly string[]): Promise<Map<string, ReviewClip>> {
  const takes = await read
    .selectFrom('clip')
    .innerJoin('asset', 'asset.id', 'clip.asset_id')
    .select(['asset.id', 'asset.name'])
    .distinct()
    .where('clip.id', 'in', among(ids))
    .execute()
  const [rows, said, weights] = await Promise.all([
    clipRows(
      read,
      takes.map((one) => one.id),
    ),
    choices(read, ids),
    tasteWeights(read),
  ])
  const names = new Map(takes.map((one) => [one.id, one.name]))
  const asked = new Set(ids)
  return new Map(
    rows
      .filter((row) => asked.has(row.id))
      .map((row) => [row.id, reviewClip(row, rows, names.get(row.asset_id) ?? '', said.get(row.id) ?? 'undecided', weights)]),
  )
}

/** Takes in shooting order from `after` on. `choice`: only those with a clip that was said so about. */
export async function takeViews(
  read: Reader,
  { after, limit, choice }: { after: string | null; limit: number; choice: ClipChoice | null },
): Promise<{ takes: TakeView[]; more: boolean; counts: TakeCounts }> {
  const { takes: all, live } = await recordings(read)
  const files = all.flatMap((one) => one.files.map((file) => file.id))
  const [said, counted] = await Promise.all([choices(read), clipCounts(read, files)])
  const shown = choice === null ? all : await withChoice(read, all, said, choice)
  const start = after === null ? 0 : shown.findIndex((one) => one.files[0].id === after) + 1
  const page = shown.slice(start, start + limit)
  const of = (what: ClipChoice): number => [...said].filter(([clip, one]) => one === what && counted.has(clip)).length
  const [approved, rejected] = [of('approved'), of('rejected')]
  return {
    takes: await viewsOf(read, page, said),
    more: start + limit < shown.length,
    counts: {
      takes: all.length,
      clips: counted.size,
      approved,
      rejected,
      undecided: counted.size - approved - rejected,
      live: live.length,
    },
  }
}

async function clipCounts(read: Reader, takes: readonly string[]): Promise<Set<string>> {
  const rows = await read.selectFrom('clip').select('id').where('asset_id', 'in', among(takes)).where('model', '<>', replaced).execute()
  return new Set(rows.map((row) => row.id))
}

async function withChoice(read: Reader, all: readonly Recording[], said: ReadonlyMap<string, ClipChoice>, choice: ClipChoice) {
  const rows = await read.selectFrom('clip').select(['id', 'asset_id']).where('model', '<>', replaced).execute()
  const takes = new Set(rows.filter((row) => (said.get(row.id) ?? 'undecided') === choice).map((row) => row.asset_id))
  return all.filter((one) => one.files.some((file) => takes.has(file.id)))
}

async function viewsOf(read: Reader, page: readonly Recording[], said: ReadonlyMap<string, ClipChoice>): Promise<TakeView[]> {
  const ids = page.flatMap((one) => one.files.map((file) => file.id))
  const [clips, left, homes, weights] = await Promise.all([
    clipRows(read, ids),
    read.selectFrom('clip_left').selectAll().where('asset_id', 'in', among(ids)).orderBy('asset_id').orderBy('in_us').execute(),
    read.selectFrom('product_asset').select(['asset_id', 'product_id']).where('asset_id', 'in', among(ids)).execute(),
    tasteWeights(read),
  ])
  const byTake = Map.groupBy(clips, (row) => row.asset_id)
  const leftOf = Map.groupBy(left, (row) => row.asset_id)
  const homeOf = new Map(homes.map((row) => [row.asset_id, row.product_id]))
  return page.map(({ files }) => {
    const [first] = files
    const rows = files.flatMap((file) => (byTake.get(file.id) ?? []).map((row) => ({ row, name: file.name })))
    const views = rows.map(({ row, name }) => reviewClip(row, clips, name, said.get(row.id) ?? 'undecided', weights))
    const lengths = files.map((file) => file.durationUs)
    const home = files.map((file) => homeOf.get(file.id)).find((id) => id !== undefined)
    const states = files.map((file) => file.state)
    const problems = files.map((file) => file.because).filter((one) => one !== null)
    return {
      assetId: assetId.parse(first.id),
      name: shownName(first.name),
      capturedAt: first.capturedAt,
      durationUs: lengths.some((one) => one === null) ? null : lengths.reduce<number>((sum, one) => sum + (one ?? 0), 0),
      analysis: states.includes('waiting') ? 'waiting' : states.includes('ready') ? 'ready' : 'refused',
      because: problems.length === 0 ? null : [...new Set(problems)].join('; '),
      hasThumb: first.hasThumb,
      chapters: files.map((file) => assetId.parse(file.id)),
      productId: home === undefined ? null : productId.parse(home),
      // A person's own first, then the best: what was learned may have moved it.
      clips: views.toSorted((a, b) => (b.score ?? 1000) - (a.score ?? 1000)),
      left: files.flatMap((file) => (leftOf.get(file.id) ?? []).map(leftRange)),
    }
  })
}

const leftRange = (row: { asset_id: string; in_us: number; out_us: number; because: string }): LeftRange => ({
  assetId: assetId.parse(row.asset_id),
  inUs: row.in_us,
  outUs: row.out_us,
  because: row.because,
})
