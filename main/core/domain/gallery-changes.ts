/** Of a picture here: it is there in its place, in another place, or not there. */
type OursIs = 'same' | 'moved' | 'missing'
/** Of a picture in the shop: one of ours in its place or in another, one that others put there since, or before we last looked. */
type TheirsIs = 'same' | 'moved' | 'added' | 'known'

/**
 * What became of a gallery. As few pictures as can be count as moved: what is left in the order it was in (the longest run of it) stayed.
 * @param ours remote ids as they should stand, null = never got there
 * @param known of others, there when we last looked
 */
export function galleryChanges(
  ours: readonly (string | null)[],
  theirs: readonly string[],
  known: ReadonlySet<string>,
): { ours: OursIs[]; theirs: TheirsIs[] } {
  const placeOf = new Map(theirs.map((id, place) => [id, place]))
  const places = ours.flatMap((id) => {
    const place = id === null ? undefined : placeOf.get(id)
    return place === undefined ? [] : [place]
  })
  const stayed = new Set(longestRise(places))
  const mine = new Set(ours)
  return {
    ours: ours.map((id) => {
      const place = id === null ? undefined : placeOf.get(id)
      return place === undefined ? 'missing' : stayed.has(place) ? 'same' : 'moved'
    }),
    theirs: theirs.map((id, place) => (mine.has(id) ? (stayed.has(place) ? 'same' : 'moved') : known.has(id) ? 'known' : 'added')),
  }
}

/** The longest part of these different numbers that rises, the first such part. Galleries are short: the plain way is fast enough. */
function longestRise(numbers: readonly number[]): number[] {
  let best: number[] = []
  const ending: number[][] = []
  for (const [at, number] of numbers.entries()) {
    const before = ending.slice(0, at).filter((run) => (run.at(-1) ?? 0) < number)
    const longest = before.reduce<number[]>((found, run) => (run.length > found.length ? run : found), [])
    ending[at] = [...longest, number]
    if (ending[at].length > best.length) best = ending[at]
  }
  return best
}
