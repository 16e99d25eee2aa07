import type { OffloadOutcome } from '../../contract/views.ts'

export type VerdictFacts = {
  verify: 'destination' | 'source-and-destination' | 'size'
  finished: boolean
  /** What kept the check from being complete ("the card could not be looked at once more"), or null. */
  problem: string | null
  disks: number
  assets: { name: string; kind: 'photo' | 'clip'; outcome: OffloadOutcome | null; because: string | null }[]
  left: { source: string; because: string }[]
}

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`
const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`

/**
 * May the card be erased? Safe only when every photo and clip on it was read back from every disk and found identical.
 * Each sentence says what is true or what is missing, and what to do.
 */
export function verdict(facts: VerdictFacts): { verdict: 'safe' | 'not-safe'; because: string[] } {
  const bad = facts.assets.filter((asset) => asset.outcome !== 'copied' && asset.outcome !== 'skipped')
  const photos = facts.assets.filter((asset) => asset.kind === 'photo').length
  const clips = facts.assets.length - photos
  const what = [photos > 0 || clips === 0 ? count(photos, 'photo', 'photos') : null, clips > 0 ? count(clips, 'clip', 'clips') : null]
    .filter((part) => part !== null)
    .join(' and ')
  const because: string[] = []
  if (!facts.finished) because.push('The offload was not finished. Run it again: it goes on with what is missing.')
  if (facts.problem !== null) because.push(`Not sure about this card: ${facts.problem}. Insert it again and offload it once more.`)
  if (bad.length > 0) {
    const reasons = new Map<string, string[]>()
    for (const asset of bad) {
      const reason = asset.because ?? 'it was not copied'
      reasons.set(reason, [...(reasons.get(reason) ?? []), asset.name])
    }
    for (const [reason, names] of reasons)
      because.push(`${count(names.length, 'file is', 'files are')} not safe yet (${list(names)}): ${reason}.`)
    because.push('Keep the card as it is, then run the offload again or copy these files by hand.')
  }
  if (facts.left.length > 0) {
    because.push(
      `${count(facts.left.length, 'file stays', 'files stay')} only on the card: ${facts.left[0]?.because ?? ''}. Look at the list before you erase it.`,
    )
  }
  if (facts.verify === 'size')
    because.push('Only sizes were compared, the bytes were not read back. Run it again with full verification before you erase the card.')
  if (because.length > 0) return { verdict: 'not-safe', because }
  if (facts.assets.length === 0) return { verdict: 'not-safe', because: ['No photos or clips were found, so nothing was checked.'] }
  const each = facts.disks === 1 ? 'on 1 disk' : `each on ${facts.disks} disks`
  return { verdict: 'safe', because: [`Safe to erase: ${what}, ${each}, read back and identical.`] }
}
