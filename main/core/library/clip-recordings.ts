import { chapters } from '../domain/chapters.ts'
import { livePairs } from '../domain/live-pairs.ts'
import type { Reader } from './db.ts'
import { onTimeLine, readSettings } from './settings.ts'

/** One video file of a recording. */
export type TakeFile = {
  id: string
  name: string
  capturedAt: string | null
  durationUs: number | null
  state: 'waiting' | 'ready' | 'refused'
  because: string | null
  hasThumb: boolean
}

/** One recording: its files in order. */
export type Recording = { files: readonly [TakeFile, ...TakeFile[]] }

/** The moving half of a Live Photo: no take of its own. */
export type LiveMovie = { id: string; still: string }

/** A Live Photo's movie is this short; longer ones are not looked up. */
const longestLiveUs = 4_000_000

type Row = Awaited<ReturnType<typeof takeRows>>[number]

const takeRows = (read: Reader) =>
  read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .select([
      'asset.id',
      'asset.name',
      'asset.bytes',
      'analysis.captured_at',
      'analysis.camera',
      'analysis.duration_us',
      'analysis.state',
      'analysis.because',
      'analysis.has_thumb',
      (e) =>
        e
          .selectFrom('offload_asset')
          .select('offload_asset.source')
          .whereRef('offload_asset.asset_id', '=', 'asset.id')
          .orderBy('offload_asset.id')
          .limit(1)
          .as('source'),
    ])
    .where('asset.kind', '=', 'clip')
    .where('removal.asset_id', 'is', null)
    .execute()

/** Folder on the card, whatever its separators: two folders of two cards are two places. */
const folderOf = (source: string | null): string => (source ?? '').replace(/[\\/][^\\/]*$/, '')
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Every recording of the library in shooting order; and the movies that belong to Live Photos, which are none. */
export async function recordings(read: Reader): Promise<{ takes: Recording[]; live: LiveMovie[] }> {
  const rows = await takeRows(read)
  const { cameraOffsets } = await readSettings(read)
  const live = await liveMovies(read, rows)
  const apart = new Set(live.map((one) => one.id))
  const own = rows.filter((row) => !apart.has(row.id))
  const runs = chapters(
    own.map((row) => ({
      id: row.id,
      folder: folderOf(row.source),
      name: row.name,
      capturedAt: row.captured_at,
      durationUs: row.duration_us,
      bytes: row.bytes,
    })),
  )
  const byId = new Map(
    own.map((row): [string, TakeFile] => [
      row.id,
      {
        id: row.id,
        name: row.name,
        capturedAt: onTimeLine(row.captured_at, row.camera, cameraOffsets),
        durationUs: row.duration_us,
        state: row.state === null ? 'waiting' : row.state === 'refused' ? 'refused' : 'ready',
        because: row.because,
        hasThumb: row.has_thumb === 1,
      },
    ]),
  )
  const inRun = new Set(runs.flat())
  const takes: Recording[] = []
  for (const ids of [...runs, ...own.filter((row) => !inRun.has(row.id)).map((row) => [row.id])]) {
    const [first, ...rest] = ids.flatMap((id) => byId.get(id) ?? [])
    if (first !== undefined) takes.push({ files: [first, ...rest] })
  }
  takes.sort(({ files: [a] }, { files: [b] }) => text(a.capturedAt ?? '', b.capturedAt ?? '') || text(a.name, b.name) || text(a.id, b.id))
  return { takes, live }
}

async function liveMovies(read: Reader, rows: readonly Row[]): Promise<LiveMovie[]> {
  const short = rows.filter((row) => row.duration_us !== null && row.duration_us <= longestLiveUs && /\.(mov|mp4)$/i.test(row.name))
  if (short.length === 0) return []
  const stills = await read
    .selectFrom('asset')
    .innerJoin('offload_asset', 'offload_asset.asset_id', 'asset.id')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .select(['asset.id', 'asset.name', 'analysis.captured_at', 'offload_asset.source'])
    .where('asset.kind', '=', 'photo')
    .where('removal.asset_id', 'is', null)
    .execute()
  const stemOf = (source: string | null): string => (source ?? '').replace(/\.[^.\\/]*$/, '').toLowerCase()
  const stems = new Set(short.map((row) => stemOf(row.source)))
  const halves = stills.filter((row) => stems.has(stemOf(row.source)))
  const names = new Map(halves.map((row) => [row.id, row.name]))
  return livePairs(
    [...new Map(halves.map((row) => [row.id, { ...row, duration_us: null }])).values(), ...short].map((row) => ({
      id: row.id,
      folder: folderOf(row.source),
      name: row.name,
      capturedAt: row.captured_at,
      durationUs: row.duration_us,
      contentId: null,
    })),
  ).map((pair) => ({ id: pair.movieId, still: names.get(pair.stillId) ?? '' }))
}
