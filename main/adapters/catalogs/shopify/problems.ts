import type { CatalogProblem } from '../../../core/catalog.ts'
import { told } from '../http.ts'
import type { UserErrors } from './document.ts'

type Class = CatalogProblem['class']

/** What Shopify's words mean for us; what is not here is `permanent`: a refusal, not a lost answer. */
const CLASSES: Record<string, Class> = {
  THROTTLED: 'throttled',
  VIDEO_THROTTLE_EXCEEDED: 'throttled',
  NON_READY_STATE: 'retryable',
  NON_READY_MEDIA: 'retryable',
  FILE_LOCKED: 'retryable',
  MEDIA_CANNOT_BE_MODIFIED: 'retryable',
  MEDIA_TIMEOUT_ERROR: 'retryable',
  IMAGE_DOWNLOAD_FAILURE: 'retryable',
  // The bytes are not where they were said to be: somebody between us and the storage took them. They go to a new place.
  INVALID_IMAGE_SOURCE_URL: 'retryable',
  INVALID_SIGNED_URL: 'retryable',
  GENERIC_FILE_DOWNLOAD_FAILURE: 'retryable',
  IMAGE_PROCESSING_FAILURE: 'retryable',
  UNKNOWN: 'retryable',
  GENERIC_ERROR: 'retryable',
  JOB_ERROR: 'retryable',
  IDEMPOTENCY_CONCURRENT_REQUEST: 'retryable',
  ACCESS_DENIED: 'auth',
  SHOP_INACTIVE: 'auth',
  PRODUCT_SUSPENDED: 'auth',
  FILENAME_ALREADY_EXISTS: 'conflict',
  DUPLICATE_FILENAME_ERROR: 'conflict',
  HANDLE_NOT_UNIQUE: 'conflict',
  CHANGE_FROM_QUANTITY_STALE: 'conflict',
  COMPARE_QUANTITY_STALE: 'conflict',
  PRODUCT_DOES_NOT_EXIST: 'conflict',
  PRODUCT_VARIANT_DOES_NOT_EXIST: 'conflict',
  FILE_DOES_NOT_EXIST: 'conflict',
  MEDIA_DOES_NOT_EXIST: 'conflict',
  MEDIA_DOES_NOT_EXIST_ON_PRODUCT: 'conflict',
  REFERENCE_TARGET_DOES_NOT_EXIST: 'conflict',
  NOT_FOUND: 'conflict',
}

const NEXT: Record<Class, string> = {
  retryable: 'It will be tried again.',
  throttled: 'It goes on by itself.',
  ambiguous: 'It will be looked up before anything is sent again.',
  auth: 'Give the app the missing permission in Shopify, then test the connection.',
  conflict: 'Somebody may have changed it there: look at the difference.',
  permanent: 'It will not work as it is: change what Shopify names, or leave it out.',
}

export function shopifyProblem(code: string, message: string, secrets: readonly string[] = []): CatalogProblem {
  const kind = CLASSES[code] ?? 'permanent'
  return { class: kind, code, message: `Shopify: ${told(message, secrets) || code} (${code}). ${NEXT[kind]}` }
}

/** The first error that stops us; `null` when there is none. Errors without a code (older mutations) are a refusal, or say that something is not there. */
export function userProblem(errors: UserErrors): CatalogProblem | null {
  const [first] = errors
  if (first === undefined) return null
  const code = first.code ?? (/does not exist|not found/i.test(first.message) ? 'NOT_FOUND' : 'USER_ERROR')
  return shopifyProblem(told(code, [], 60), first.message)
}
