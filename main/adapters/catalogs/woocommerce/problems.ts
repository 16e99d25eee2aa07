import type { CatalogProblem } from '../../../core/catalog.ts'

export const missing: CatalogProblem = {
  class: 'conflict',
  code: 'woocommerce_rest_product_invalid_id',
  message: 'WooCommerce has this product no more. Publish it anew, or take it out of the drop.',
}

/**
 * What WordPress' and WooCommerce's own words mean; null = the status says it all. Some statuses mislead: a picture that WordPress cannot take is a 500,
 * and stays one.
 */
export function wordsFor(code: string, status: number, shop: string, said: string): CatalogProblem | null {
  const problem = (kind: CatalogProblem['class'], message: string): CatalogProblem => ({ class: kind, code, message })
  switch (code) {
    case 'rest_upload_sideload_error':
    case 'rest_upload_unknown_error':
      return problem('permanent', `${shop} cannot take this file: ${said} Try another format, or look at the size limits of its PHP.`)
    case 'rest_upload_hash_mismatch':
      return problem('retryable', `The file did not arrive in ${shop} as it was sent. Nothing was kept there; it is sent again.`)
    case 'rest_upload_no_data':
      return problem(
        'permanent',
        `${shop} saw no file in what was sent: it is larger than its PHP takes. Raise upload_max_filesize and post_max_size there.`,
      )
    case 'rest_upload_file_too_big':
    case 'rest_upload_limited_space':
    case 'rest_upload_user_quota_exceeded':
      return problem('permanent', `${shop} has no room for this file: ${said}`)
    case 'woocommerce_product_invalid_image_id':
      return problem('permanent', `A picture of this listing is gone from the media of ${shop}. Publish the listing again.`)
    case 'product_invalid_sku':
    case 'woocommerce_rest_product_not_created':
      return problem('conflict', `${shop} does not make this product: ${said} Give it another SKU, or look for the product that has it.`)
    case 'rest_no_route':
      return problem(
        'permanent',
        `${shop} does not have this address of its API. Switch on WooCommerce and permalinks there, and check the address of the connection.`,
      )
    default:
      if (status === 401)
        return problem(
          'auth',
          `${shop} does not accept the sign-in: ${said} Make a new application password there (Users, Profile) and connect again.`,
        )
      if (status === 403)
        return problem('auth', `${shop} does not allow this: ${said} The user needs to be a shop manager or an administrator.`)
      if (status === 400) return problem('permanent', `${shop} refuses this: ${said}`)
      return null
  }
}
