import type { CatalogProblem } from '../../../core/catalog.ts'
import { refusal } from '../http.ts'

type Class = CatalogProblem['class']

export { refusal }

export const NOT_FOUND = 'not_found'
export const gone = refusal('conflict', NOT_FOUND, 'Medusa has this product no more. Publish it anew, or take it out of the drop.')

/**
 * What Medusa's own words mean; null = the status says it all. `type` is its word for the kind of error, `said` its message.
 * Facts: https://docs.medusajs.com/resources/references/medusa-error
 */
export function wordsFor(status: number, type: string, said: string, shop: string): CatalogProblem | null {
  const problem = (kind: Class, code: string, message: string): CatalogProblem => ({ class: kind, code, message })
  if (status === 401)
    return problem(
      'auth',
      'unauthorized',
      `${shop} does not accept the key. Make a new secret API key there (Settings, Secret API keys) and connect again.`,
    )
  if (status === 403)
    return problem('auth', 'forbidden', `${shop} does not allow this: ${said} Give the owner of the key a role that may do it.`)
  // One request in the way of another; what was begun is taken back.
  if (status === 409) return problem('retryable', type, `${shop} was busy with the same thing for somebody else. It will be tried again.`)
  if ((status === 400 || status === 422) && (type === 'duplicate_error' || /already exists/i.test(said)))
    return problem(
      'conflict',
      'already_exists',
      `${shop} does not take this twice: ${said} Give it another SKU or name, or look for the one that has it.`,
    )
  if (status === 400 || status === 422) return problem('permanent', type, `${shop} refuses this: ${said}`)
  if (status === 404 && type === NOT_FOUND) return problem('conflict', NOT_FOUND, `${shop} does not have this any more: ${said}`)
  return null
}
