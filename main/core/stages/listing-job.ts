import { z } from 'zod'
import { catalogName, productId } from '../../contract/ids.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ catalog: catalogName, productId })
/** One listing in one shop. */
export type ListingRef = z.infer<typeof input>

/** What the jobs about one listing in one shop have in common: one at a time for each shop, and what they end with is on the disk at once. */
export const listingJob = {
  lane: 'publish',
  input,
  key: (it) => `${it.catalog}/${it.productId}`,
  group: (it) => it.catalog,
  repeat: 'again',
  lands: 'now',
} as const satisfies Partial<Stage<ListingRef, never>>
