import type { ErrorCode, WireError } from '../contract/reply.ts'

/** The one error class that crosses borders: what happened, the next step, and whether trying again can help. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly next: string | null
  readonly retryable: boolean
  readonly issues: { path: string; message: string }[] | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { next?: string; retryable?: boolean; cause?: unknown; issues?: { path: string; message: string }[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.next = options.next ?? null
    this.retryable = options.retryable ?? false
    this.issues = options.issues
  }
}

/** Any thrown value as plain data. Only an AppError keeps its words; everything else is a bug and says so. */
export function toWire(error: unknown): WireError {
  if (error instanceof AppError) {
    const wire: WireError = { code: error.code, message: error.message, next: error.next, retryable: error.retryable }
    return error.issues === undefined ? wire : { ...wire, issues: error.issues }
  }
  const known = systemError(error) ?? databaseError(error)
  if (known !== null) return toWire(known)
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal',
    message: `Something went wrong inside Dropcard: ${message}`,
    next: 'Try again; if it happens again, the log file has the details.',
    retryable: false,
  }
}

const errno = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** Names the file-system errors a user can do something about; null for anything else. */
export function systemError(error: unknown, what = 'A file'): AppError | null {
  const at = error instanceof Error && 'path' in error && typeof error.path === 'string' ? `: ${error.path}` : ''
  switch (errno(error)) {
    case 'ENOENT':
      return new AppError('not-found', `${what} is not there${at}`, { next: 'Check the path, or insert the card again.', cause: error })
    case 'EACCES':
    case 'EPERM':
      return new AppError('unreadable', `${what} may not be read or written${at}`, { next: 'Check its permissions.', cause: error })
    case 'EROFS':
      return new AppError('unreadable', `The disk is read-only${at}`, {
        next: 'Choose a folder on a disk that can be written.',
        cause: error,
      })
    case 'ENOTDIR':
      return new AppError('unreadable', `A folder was expected, but this is a file${at}`, {
        next: 'Choose the folder itself.',
        cause: error,
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('no-space', `The disk is full${at}`, {
        next: 'Free some space, then run it again: what is done stays done.',
        retryable: true,
        cause: error,
      })
    case 'EIO':
    case 'ENODEV':
    case 'ENXIO':
      return new AppError('unreadable', `The disk or card gave a read error${at}`, {
        next: 'Insert the card again or try another reader, then run it again.',
        retryable: true,
        cause: error,
      })
    default:
      return null
  }
}

/** What SQLite itself says about the library (https://sqlite.org/rescode.html), or null for anything else. */
export function databaseError(error: unknown): AppError | null {
  // Rolling back what the disk has already undone hides the error that did it.
  if (error instanceof Error && /cannot rollback/.test(error.message)) {
    return new AppError('unreadable', 'The disk of the library gave an error while writing', {
      next: 'Check that the disk is there and has space, then run it again: what is done stays done.',
      retryable: true,
      cause: error,
    })
  }
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return null
  switch (error.errcode & 0xff) {
    case 13:
      return new AppError('no-space', 'The disk of the library is full', {
        next: 'Free some space, then run it again: what is done stays done.',
        retryable: true,
        cause: error,
      })
    case 8:
      return new AppError('unreadable', 'The library may not be written', { next: 'Check the permissions of its folder.', cause: error })
    case 10:
      return new AppError('unreadable', `The disk of the library gave an error (${error.message})`, {
        next: 'Check that the disk is there and has space, then run it again: what is done stays done.',
        retryable: true,
        cause: error,
      })
    case 11:
    case 26:
      return new AppError('corrupt-library', `The library file is damaged (${error.message})`, {
        next: 'The photos beside it are untouched. Put back the newest file of its "backups" folder, or start a new library and offload again.',
        cause: error,
      })
    default:
      return null
  }
}

export const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error))
