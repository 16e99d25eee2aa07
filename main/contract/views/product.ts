import { z } from 'zod'
import { assetId, catalogName, clipId, instant, productId } from '../ids.ts'
import { money } from './publish.ts'

/** Copies for other programs: what was written, and what was not, by name. */
export const marksExport = z.strictObject({
  path: z.string(),
  written: z.number().int(),
  bytes: z.number().int(),
  refused: z.array(z.strictObject({ assetId, name: z.string(), because: z.string() })),
  stopped: z.boolean(),
})
export type MarksExport = z.infer<typeof marksExport>

/** What a picture shows of its product. */
export const shotRole = z.enum(['front', 'back', 'side', 'detail', 'scale', 'in-use', 'packaging'])
export type ShotRole = z.infer<typeof shotRole>

export const productView = z.strictObject({
  id: productId,
  title: z.string(),
  sku: z.string().nullable(),
  description: z.string(),
  price: money.nullable(),
  stock: z.number().int().nullable(),
  /** In the order of the gallery: the first is the main picture. */
  assets: z.array(assetId),
  /** As a person said; pictures without a word are not in it. */
  roles: z.record(assetId, shotRole),
  clips: z.array(clipId),
  /** When its words or pictures were last changed. */
  updatedAt: instant,
  publications: z.array(z.strictObject({ catalog: catalogName, state: z.string(), at: instant.nullable(), url: z.string().nullable() })),
})
export type ProductView = z.infer<typeof productView>

/** Pictures that complete each other, hero first, with the reason for each; `missing`: what a buyer would look for, in words. */
export const setProposal = z.strictObject({
  set: z.array(z.strictObject({ assetId, role: shotRole.nullable(), because: z.string() })),
  rest: z.array(assetId),
  missing: z.array(z.string()),
})
export type SetProposal = z.infer<typeof setProposal>
