import { type ZodType, z } from 'zod'

/** One GraphQL operation and the shape of its data. Every text is checked against Shopify's published schema by the tests. */
export type Document<T> = {
  name: string
  text: string
  data: ZodType<T>
  /** Something in the shop changes, so that a lost answer leaves doubt. */
  changes: boolean
}

/** Version of the Admin API. Shopify keeps a version for at least a year: https://shopify.dev/docs/api/usage/versioning */
export const API_VERSION = '2026-10'

export const id = z.string().max(200)
export const userErrors = z
  .array(z.object({ code: z.string().nullish(), field: z.array(z.string()).nullish(), message: z.string() }))
  .max(1000)
export type UserErrors = z.infer<typeof userErrors>

export const fileStatus = z.enum(['UPLOADED', 'PROCESSING', 'READY', 'FAILED'])
/** A picture or clip in a gallery. */
export const media = z.object({
  __typename: z.string(),
  id,
  alt: z.string().nullish(),
  mediaContentType: z.string(),
  status: fileStatus,
  image: z.object({ url: z.string() }).nullish(),
  filename: z.string().optional(),
})
