export type VerdictFacts = {
  verify: 'destination' | 'source-and-destination' | 'size'
  finished: boolean
  /** What kept the check from being complete ("the card could not be looked at once more"), or null. */
  problem: string | null
  disks: number
  photos: number
  clips: number
  /** What is not safe, by reason: how many files, and the names of the first ones. */
  bad: readonly { because: string; count: number; names: readonly string[] }[]
  /** Files that stay only on the card, and why the first of them does. */
  left: { count: number; because: string }
}

/** So many names of a reason are told. */
export const namesTold = 3

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`
const list = (names: readonly string[], all: number): string =>
  all <= namesTold ? names.join(', ') : `${names.slice(0, namesTold).join(', ')} and ${all - namesTold} more`

/**
 * May the card be erased? Safe only when every photo and clip on it was read back from every disk and found identical.
 * Each sentence says what is true or what is missing, and what to do.
 */
export function verdict(facts: VerdictFacts): { verdict: 'safe' | 'not-safe'; because: string[] } {
  const { photos, clips } = facts
  const what = [photos > 0 || clips === 0 ? count(photos, 'photo', 'photos') : null, clips > 0 ? count(clips, 'clip', 'clips') : null]
    .filter((part) => part !== null)
    .join(' and ')
  const because: string[] = []
  if (!facts.finished) because.push('The offload was not finished. Run it again: it goes on with what is missing.')
  if (facts.problem !== null) because.push(`Not sure about this card: ${facts.problem}. Insert it again and offload it once more.`)
  for (const { because: reason, count: files, names } of facts.bad)
    because.push(`${count(files, 'file is', 'files are')} not safe yet (${list(names, files)}): ${reason}.`)
  if (facts.bad.length > 0) because.push('Keep the card as it is, then run the offload again or copy these files by hand.')
  if (facts.left.count > 0) {
    because.push(
      `${count(facts.left.count, 'file stays', 'files stay')} only on the card: ${facts.left.because}. Look at the list before you erase it.`,
    )
  }
  if (facts.verify === 'size')
    because.push('Only sizes were compared, the bytes were not read back. Run it again with full verification before you erase the card.')
  if (because.length > 0) return { verdict: 'not-safe', because }
  if (photos + clips === 0) return { verdict: 'not-safe', because: ['No photos or clips were found, so nothing was checked.'] }
  const each = facts.disks === 1 ? 'on 1 disk' : `each on ${facts.disks} disks`
  return { verdict: 'safe', because: [`Safe to erase: ${what}, ${each}, read back and identical.`] }
}
