import type { OffloadOutcome, OffloadReport } from '../../main/contract/views.ts'
import { below, photosAndClips, plural } from '../words.ts'
import type { FileLine } from './FileList.tsx'

const outcomeWords: Record<OffloadOutcome, string> = {
  copied: 'copied',
  skipped: 'already in the library',
  conflict: 'kept beside another file of the same name',
  verifyFailed: 'read back different',
  sourceMissing: 'gone from the card',
  error: 'failed',
}
const outcomes: readonly OffloadOutcome[] = ['copied', 'skipped', 'conflict', 'verifyFailed', 'sourceMissing', 'error']

const isStored = (outcome: OffloadOutcome): boolean => outcome === 'copied' || outcome === 'skipped' || outcome === 'conflict'

/** The verdict in plain words; only the engine decides which it is. */
export function verdictOf(report: OffloadReport): { isSafe: boolean; headline: string; because: string[]; next: string } {
  const stored = report.assets.filter(({ outcome }) => isStored(outcome))
  const count = (kind: 'photo' | 'clip'): number => stored.filter((asset) => asset.kind === kind).length
  const words = photosAndClips(count('photo'), count('clip'))
  const { state } = report.offload
  if (report.safeToErase.verdict === 'safe') {
    return {
      isSafe: true,
      headline: (report.safeToErase.because[0] ?? `Safe to erase: ${words}, read back and identical`).replace(/\.$/, ''),
      because: report.safeToErase.because.slice(1),
      next: 'You can take the card out now.',
    }
  }
  const missing = report.assets.length - stored.length
  const headline =
    state === 'cancelled'
      ? 'Not safe to erase: the offload was cancelled'
      : state === 'failed'
        ? 'Not safe to erase: the offload stopped early'
        : missing > 0
          ? `Not safe to erase: ${plural(missing, 'file')} not copied safely`
          : 'Not safe to erase yet'
  const because =
    report.safeToErase.because.length > 0 ? report.safeToErase.because : report.offload.because === null ? [] : [report.offload.because]
  return {
    isSafe: false,
    headline,
    because,
    next:
      state === 'done' && missing === 0
        ? 'Leave the card as it is, do what is said here, then offload it again: what is already safe is not copied twice.'
        : 'Leave the card as it is and offload it again: what is already safe is not copied twice.',
  }
}

/** "12 copied, 2 already in the library, 1 failed"; outcomes nobody had are left out. */
export function countsInWords(report: OffloadReport): string {
  const parts = outcomes.flatMap((outcome) => {
    const count = report.counts[outcome]
    return count > 0 ? [`${count.toLocaleString('en')} ${outcomeWords[outcome]}`] : []
  })
  return parts.length === 0 ? 'Nothing was copied.' : `${parts.join(', ')}.`
}

export const troubleOf = (report: OffloadReport): FileLine[] =>
  report.assets.flatMap(({ source, outcome, because }) =>
    isStored(outcome)
      ? []
      : [{ name: below(report.offload.path, source), because: because ?? outcomeWords[outcome], next: nextSteps[outcome] }],
  )

/** What to do about a file that is not safe. */
const nextSteps: Record<OffloadOutcome, string> = {
  copied: '',
  skipped: '',
  conflict: '',
  verifyFailed:
    'The copy was taken away again. Offload the card once more; if it happens again, use another cable or reader, then check the disk.',
  sourceMissing:
    'Put the card back and offload it again. If the file is gone from the card as well, look for it in a recovery program before you use the card.',
  error: 'Offload the card again. If it fails again, try another reader or port, then copy this file by hand.',
}

/** Why the files that were left alone stand in the way, if they do. */
export const leftOf = (report: OffloadReport): FileLine[] =>
  report.ignored.flatMap(({ source, because, travels }) => (travels ? [] : [{ name: below(report.offload.path, source), because }]))
