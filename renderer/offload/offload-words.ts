import type { OffloadView } from '../../main/contract/views.ts'

export const stateWords: Readonly<Record<OffloadView['state'], string>> = {
  scanning: 'Reading the card',
  copying: 'Copying',
  paused: 'Paused',
  done: 'Finished',
  cancelled: 'Cancelled',
  failed: 'Stopped',
}

/** Under way, also while it is held. */
export const isRunning = ({ state }: OffloadView): boolean => state === 'scanning' || state === 'copying' || state === 'paused'

/** What happens at this moment, for people who watch a card being copied for the first time. */
export function nowInWords(offload: OffloadView): string {
  switch (offload.state) {
    case 'scanning':
      return 'Looking at what is on the card and what is in the library already.'
    case 'paused':
      return 'Paused. The files under way were finished; nothing is lost. Keep the card in.'
    case 'copying':
      return offload.files > 0 && offload.filesDone >= offload.files
        ? 'Every file is copied. Writing the list of checksums.'
        : 'Each file is read from the card, written to every copy, then checked as you asked.'
    default:
      return ''
  }
}
