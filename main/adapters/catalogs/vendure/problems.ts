import type { CatalogProblem } from '../../../core/catalog.ts'
import { refusal, told } from '../http.ts'

export type VendureError = { message: string; code: string | null }
type Class = CatalogProblem['class']

/** What Vendure's codes mean; it answers HTTP 200 with them. */
const CODES: Record<string, Class> = {
  FORBIDDEN: 'auth',
  UNAUTHORIZED: 'auth',
  CHANNEL_NOT_FOUND: 'auth',
  ENTITY_NOT_FOUND: 'conflict',
  USER_INPUT_ERROR: 'permanent',
  ILLEGAL_OPERATION: 'permanent',
  BAD_USER_INPUT: 'permanent',
  GRAPHQL_VALIDATION_FAILED: 'permanent',
  GRAPHQL_PARSE_FAILED: 'permanent',
  MIME_TYPE_ERROR: 'permanent',
}

/** Errors without a code of their own are known by their words. */
const WORDS: [RegExp, Class, string][] = [
  [/file truncated|exceeds the \d+ byte size limit/i, 'permanent', 'FILE_TOO_LARGE'],
  [/unique constraint|duplicate key|duplicate entry|ER_DUP_ENTRY/i, 'conflict', 'UNIQUE'],
  [/foreign key constraint/i, 'conflict', 'FOREIGN_KEY'],
  [/database is locked|deadlock|could not serialize/i, 'retryable', 'DATABASE_BUSY'],
]

const NEXT: Record<Class, string> = {
  retryable: 'It will be tried again.',
  throttled: 'It goes on by itself.',
  ambiguous: 'It will be looked up before anything is sent again.',
  auth: 'Check the key and the permissions of its role in Vendure, then test the connection.',
  conflict: 'Somebody may have changed it there: look at the difference.',
  permanent: 'It will not work as it is: change what Vendure names, or leave it out.',
}

/**
 * What an error in a reply means. What is not known and came of a change leaves it open how far that change got: the reply says that something broke,
 * not that nothing was done.
 */
export function vendureProblem(error: VendureError, changes: boolean, secrets: readonly string[]): CatalogProblem {
  const words = WORDS.find(([pattern]) => pattern.test(error.message))
  const code = words?.[2] ?? told(error.code ?? 'ERROR', secrets, 60)
  const kind = words?.[1] ?? CODES[code] ?? (changes ? 'ambiguous' : 'retryable')
  return { class: kind, code, message: `Vendure: ${told(error.message, secrets) || code} (${code}). ${NEXT[kind]}` }
}

export { refusal }

export const gone = (what: string) => refusal('conflict', 'ENTITY_NOT_FOUND', `${what} is not in Vendure any more. Look at the difference.`)
