import type { ClipChoice, ClipExportPlan, ClipExportView, ExportState, LeftRange, ReviewClip, TakeView } from '../../main/contract/views.ts'
import { clock, plural, shownScore } from '../words.ts'

/** Sentences of the review of clips. Pure. */

export const choiceWords: Readonly<Record<ClipChoice, string>> = { approved: 'approved', rejected: 'rejected', undecided: 'undecided' }

export const stateWords: Readonly<Record<ExportState, string>> = {
  waiting: 'waits for your approval',
  queued: 'waits its turn',
  making: 'being made',
  done: 'made',
  refused: 'not made',
  cancelled: 'cancelled',
}

export const seconds = (us: number): string => `${(us / 1_000_000).toFixed(1)} s`

export const range = ({ inUs, outUs }: { inUs: number; outUs: number }): string => `${clock(inUs, true)} – ${clock(outUs, true)}`

/** What a screen reader says for a clip, and what tests find it by. */
export function clipLabel(clip: ReviewClip): string {
  const parts = [clip.name, choiceWords[clip.choice], seconds(clip.outUs - clip.inUs), `from ${clock(clip.inUs, true)}`]
  parts.push(clip.by === 'person' ? 'set by you' : `score ${shownScore(clip.score)}`)
  return [...parts, ...clip.reasons].join(', ')
}

/** "2 clips, 14.2 s, 2 files" */
export function takeFacts(take: TakeView): string {
  const parts =
    take.analysis === 'waiting' ? ['being looked through'] : [take.clips.length === 0 ? 'no clip found' : plural(take.clips.length, 'clip')]
  if (take.durationUs !== null) parts[0] = `${parts[0]} in ${clock(take.durationUs)}`
  if (take.chapters.length > 1) parts.push(`${plural(take.chapters.length, 'file')} of one recording`)
  return parts.join(', ')
}

export const leftWords = (left: readonly LeftRange[]): string =>
  `${plural(left.length, 'part')} left out, ${seconds(left.reduce((sum, one) => sum + one.outUs - one.inUs, 0))} in all`

/** A chip of one export: the channel, and how it stands where that is not simply done. */
export function chipWords(one: ClipExportView, label: string): string {
  if (one.state === 'done') return label
  if (one.state === 'making') return `${label} ${Math.round(100 * (one.share ?? 0))} %`
  return `${label}: ${one.state === 'waiting' ? 'waits' : one.state === 'queued' ? 'next' : stateWords[one.state]}`
}

/** "12 clips will be made; 3 are there already; 2 cannot be made." */
export function planWords(plan: ClipExportPlan): string {
  const parts: string[] = []
  if (plan.make.length > 0) parts.push(`${plural(plan.make.length, 'file')} will be made`)
  if (plan.have.length > 0) parts.push(`${plan.have.length} ${plan.have.length === 1 ? 'is' : 'are'} there already`)
  if (plan.refused.length > 0) parts.push(`${plan.refused.length} cannot be made`)
  return parts.length === 0 ? 'Nothing to make.' : `${parts.join('; ')}.`
}

/** What is under way, in one line; null when nothing is. */
export function underWay(exports: readonly ClipExportView[]): { words: string; share: number; open: number } | null {
  const open = exports.filter(({ state }) => state === 'queued' || state === 'making')
  if (open.length === 0) return null
  const done = open.reduce((sum, one) => sum + (one.share ?? 0), 0)
  return { words: `Making ${plural(open.length, 'clip')}`, share: done / open.length, open: open.length }
}
