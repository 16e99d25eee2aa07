import { Refusal, type RefusalCode } from '../protocol.ts'

const words: Record<string, { code: RefusalCode; because: string }> = {
  ENOENT: { code: 'missing', because: 'the file is not there any more; was the card taken out?' },
  ENODEV: { code: 'missing', because: 'the card is not there any more' },
  ENXIO: { code: 'missing', because: 'the card is not there any more' },
  EACCES: { code: 'unreadable', because: 'the file may not be read (no permission)' },
  EPERM: { code: 'unreadable', because: 'the file may not be read (no permission)' },
  EIO: { code: 'unreadable', because: 'the card or disk gave a read error; try another reader or slot' },
  ELOOP: { code: 'unsupported', because: 'a link that leads nowhere' },
  ENOSPC: { code: 'no-space', because: 'the disk is full' },
  EDQUOT: { code: 'no-space', because: 'the disk quota is used up' },
  EROFS: { code: 'unreadable', because: 'the disk is read-only' },
  EMFILE: { code: 'unavailable', because: 'too many open files' },
}

const code = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** A system error in plain words; anything unknown keeps its own message. */
export const inWords = (error: unknown): string => words[code(error)]?.because ?? (error instanceof Error ? error.message : String(error))

/** Turns a system error into a Refusal; an abort or a bug is passed on as it is. */
export function refusalOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof Refusal || signal.aborted) return error
  const known = words[code(error)]
  return known === undefined ? error : new Refusal(known.code, known.because, { cause: error })
}
