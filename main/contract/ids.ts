import { z } from 'zod'

/** SHA-256 of the original's bytes, 64 lower-case hex digits. */
export const assetId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
  .brand<'AssetId'>()
export type AssetId = z.infer<typeof assetId>

export const offloadId = z.string().min(1).max(64).brand<'OffloadId'>()
export type OffloadId = z.infer<typeof offloadId>

/** Stable for the same members: derived from the first member's asset id. */
export const stackId = z.string().min(1).max(80).brand<'StackId'>()
export type StackId = z.infer<typeof stackId>

export const productId = z.string().min(1).max(64).brand<'ProductId'>()
export type ProductId = z.infer<typeof productId>

export const clipId = z.string().min(1).max(120).brand<'ClipId'>()
export type ClipId = z.infer<typeof clipId>

/** One clip made for one channel in one look into one folder: asked for twice, it is the same. */
export const exportId = z.string().min(1).max(64).brand<'ExportId'>()
export type ExportId = z.infer<typeof exportId>

/** One thing a person did: a batch of decisions, stars or labels that is undone as one. */
export const actId = z.string().min(1).max(64).brand<'ActId'>()
export type ActId = z.infer<typeof actId>

export const dropId = z.string().min(1).max(64).brand<'DropId'>()
export type DropId = z.infer<typeof dropId>

/** Name of a connected catalog, as in `--to local`. */
export const catalogName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/)

/** A UTC instant, ISO 8601 with milliseconds and `Z`. */
export const instant = z.iso.datetime({ precision: 3 })
