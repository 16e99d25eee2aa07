import { z } from 'zod'
import { assetId, catalogName, clipId, instant, productId } from '../ids.ts'

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
  /** In the order of the gallery: the first is the main picture. */
  assets: z.array(assetId),
  /** As a person said; pictures without a word are not in it. */
  roles: z.record(assetId, shotRole),
  clips: z.array(clipId),
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

export const publishPlan = z.strictObject({
  catalog: catalogName,
  create: z.array(z.strictObject({ productId, title: z.string(), images: z.number().int(), clips: z.number().int() })),
  update: z.array(z.strictObject({ productId, title: z.string(), images: z.number().int(), clips: z.number().int() })),
  unchanged: z.array(z.strictObject({ productId, title: z.string() })),
  refused: z.array(z.strictObject({ productId: productId.nullable(), title: z.string(), because: z.string() })),
})
export type PublishPlan = z.infer<typeof publishPlan>

export const publishState = z.strictObject({
  catalog: catalogName,
  waiting: z.number().int(),
  published: z.number().int(),
  failed: z.array(z.strictObject({ productId, title: z.string(), because: z.string() })),
  /** Path of the page to open, when the catalog has one on this disk. */
  page: z.string().nullable(),
})
export type PublishState = z.infer<typeof publishState>
