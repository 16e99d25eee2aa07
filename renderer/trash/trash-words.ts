import type { TrashedView } from '../../main/contract/views.ts'
import { bytes, photosAndClips, plural } from '../words.ts'

const sum = (all: readonly TrashedView[]): number => all.reduce((total, one) => total + one.bytes, 0)

/** "2 photos and 1 clip, 24 MB". */
export function inTrashWords(all: readonly TrashedView[]): string {
  const clips = all.filter(({ kind }) => kind === 'clip').length
  return `${photosAndClips(all.length - clips, clips)}, ${bytes(sum(all))}`
}

/** One by its name, several by their number. */
export function namedOrCounted(all: readonly TrashedView[]): string {
  const [first] = all
  const clips = all.filter(({ kind }) => kind === 'clip').length
  return all.length === 1 && first !== undefined ? first.name : photosAndClips(all.length - clips, clips)
}

const day = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()

/** The day something was removed, as people say it: "today", "yesterday", "3 May", "3 May 2025". */
export function dayWords(instant: string, now: Date): string {
  const at = new Date(instant)
  const days = Math.round((day(now) - day(at)) / 86_400_000)
  if (days === 0) return 'today'
  if (days === 1) return 'yesterday'
  const month = at.toLocaleDateString('en', { month: 'long' })
  return `${at.getDate()} ${month}${at.getFullYear() === now.getFullYear() ? '' : ` ${at.getFullYear()}`}`
}

/** What a screen reader says for one, and what tests find it by. */
export function trashedLabel(one: TrashedView, now: Date): string {
  const parts = [one.name, `removed ${dayWords(one.removedAt, now)}`, bytes(one.bytes)]
  if (one.companions > 0) parts.push(`with ${plural(one.companions, 'companion')}`)
  if (one.because !== null) parts.push(one.because)
  return parts.join(', ')
}
