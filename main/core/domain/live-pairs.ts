/** A photo or a video, as far as it is known. */
export type Half = {
  id: string
  folder: string
  name: string
  /** ISO; a photo's is often wall-clock time without a zone, a video's UTC. null = unknown. */
  capturedAt: string | null
  /** Of a video; null for photos, or unknown. */
  durationUs: number | null
  /** What the maker writes into both halves (Apple: ContentIdentifier); null = none or not read. */
  contentId: string | null
}

export type LivePair = { stillId: string; movieId: string }

/** A Live Photo moves for about three seconds. */
const longestUs = 4_000_000
const slackMs = 2_000
const quarterHourMs = 900_000
/** Zones reach from UTC−12 to UTC+14. */
const widestZoneMs = 14 * 3_600_000

/**
 * Live Photos: a still and the short video shot with it, which travel as one. Paired by the identifier both carry, else by folder and stem
 * (`IMG_1234.HEIC` + `IMG_1234.MOV`), where the video lasts at most four seconds and no known time speaks against it. Each half is in at most one
 * pair. Pure, in any order of input.
 */
export function livePairs(halves: readonly Half[]): LivePair[] {
  const sorted = halves.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const stills = sorted.filter(({ name }) => /\.(heic|heif|jpe?g)$/i.test(name))
  const movies = sorted.filter(({ name, durationUs }) => /\.(mov|mp4)$/i.test(name) && durationUs !== null && durationUs <= longestUs)
  const pairs: LivePair[] = []
  const taken = new Set<string>()
  const pair = (still: Half, movie: Half | undefined): void => {
    if (movie === undefined) return
    taken.add(still.id).add(movie.id)
    pairs.push({ stillId: still.id, movieId: movie.id })
  }
  const free = (fits: (movie: Half) => boolean): Half | undefined => movies.find((movie) => !taken.has(movie.id) && fits(movie))
  for (const still of stills)
    if (still.contentId !== null)
      pair(
        still,
        free((movie) => movie.contentId === still.contentId),
      )
  for (const still of stills) {
    if (taken.has(still.id)) continue
    pair(
      still,
      free((movie) => (still.contentId === null || movie.contentId === null) && stem(movie) === stem(still) && sameMoment(still, movie)),
    )
  }
  return pairs.sort((a, b) => (a.stillId < b.stillId ? -1 : 1))
}

const stem = ({ folder, name }: Half): string => `${folder}\0${name.replace(/\.[^.]*$/, '').toLowerCase()}`

/** The same second, whatever zone the photo's clock was in; unknown times speak against nothing. */
function sameMoment(still: Half, movie: Half): boolean {
  if (still.capturedAt === null || movie.capturedAt === null) return true
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(still.capturedAt)
  const gap = Date.parse(zoned ? still.capturedAt : `${still.capturedAt}Z`) - Date.parse(movie.capturedAt)
  if (!Number.isFinite(gap)) return true
  const off = zoned ? Math.abs(gap) : Math.abs(gap - Math.round(gap / quarterHourMs) * quarterHourMs)
  return Math.abs(gap) <= widestZoneMs + slackMs && off <= slackMs
}
