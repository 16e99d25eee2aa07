import { z } from 'zod'
import { assetId, catalogName, dropId, instant, productId } from '../ids.ts'

/** Minor units: 1250 EUR cents are 12.50. */
export const money = z.strictObject({
  minor: z.number().int().min(0).max(1e12),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code'),
})
export type MoneyView = z.infer<typeof money>

const planLine = z.strictObject({
  productId,
  title: z.string(),
  images: z.number().int(),
  clips: z.number().int(),
  /** What would change in the shop, in words. */
  changes: z.array(z.string()),
  /** Files that this shop does not take, with the rule. */
  left: z.array(z.string()),
})
export type PlanLine = z.infer<typeof planLine>

export const publishPlan = z.strictObject({
  catalog: catalogName,
  create: z.array(planLine),
  update: z.array(planLine),
  /** Shown now, and to be taken off. */
  hide: z.array(planLine),
  unchanged: z.array(z.strictObject({ productId, title: z.string() })),
  refused: z.array(z.strictObject({ productId: productId.nullable(), title: z.string(), because: z.string() })),
})
export type PublishPlan = z.infer<typeof publishPlan>

const named = { productId, title: z.string(), because: z.string() }

export const publishState = z.strictObject({
  catalog: catalogName,
  waiting: z.number().int(),
  published: z.number().int(),
  /** There, not shown to buyers: taken off, or staged for a drop. */
  hidden: z.number().int(),
  failed: z.array(z.strictObject(named)),
  /** Changed in the shop by somebody else: a person decides. */
  conflicts: z.array(z.strictObject({ productId, title: z.string(), differences: z.array(z.string()) })),
  /** Why nothing goes on by itself: signing in failed, a permission is missing. */
  paused: z.string().nullable(),
  /** The shop is away or asks for patience; it goes on by itself. */
  resting: z.strictObject({ because: z.string(), until: instant }).nullable(),
  /** Path of the page to open, when the catalog has one on this disk. */
  page: z.string().nullable(),
})
export type PublishState = z.infer<typeof publishState>

const conflictPicture = z.strictObject({
  kind: z.enum(['image', 'clip']),
  /** The photo or clip of ours that it is; null = not ours, or not known any more. */
  assetId: assetId.nullable(),
  /** A look at a picture of others, for media://peek; null = none to be had. */
  token: z.string().nullable(),
  /** `missing`: ours, not in the shop. `added`: by others since; `known`: by others, and there when we looked before. */
  is: z.enum(['same', 'moved', 'missing', 'added', 'known']),
})
export type ConflictPicture = z.infer<typeof conflictPicture>
const conflictSide = {
  title: z.string(),
  price: money.nullable(),
  stock: z.number().int().nullable(),
  /** In the order of the gallery. */
  pictures: z.array(conflictPicture),
}
/** A listing that somebody else changed, both ways it could be. `words` false: the words are the seller's, ours are not sent. */
export const conflictView = z.strictObject({
  differences: z.array(z.string()),
  words: z.boolean(),
  ours: z.strictObject(conflictSide),
  /** As it is now; null = the shop has it no more. */
  theirs: z.strictObject({ ...conflictSide, visible: z.boolean() }).nullable(),
})
export type ConflictView = z.infer<typeof conflictView>

/** One line of the queue. `state`: see PublicationState in the core. */
export const queueLine = z.strictObject({
  catalog: catalogName,
  productId,
  title: z.string(),
  state: z.enum(['rendering', 'sending', 'published', 'hidden', 'hiding', 'conflict', 'failed']),
  because: z.string().nullable(),
  /** Files that are there, of all. */
  done: z.number().int(),
  total: z.number().int(),
  url: z.string().nullable(),
  at: instant,
})
export type QueueLine = z.infer<typeof queueLine>

export const publishVersion = z.strictObject({
  n: z.number().int(),
  at: instant,
  title: z.string(),
  images: z.number().int(),
  clips: z.number().int(),
  /** What the shop shows now. */
  current: z.boolean(),
})
export type PublishVersion = z.infer<typeof publishVersion>

export const connectionField = z.strictObject({
  name: z.string(),
  label: z.string(),
  type: z.enum(['text', 'url', 'secret', 'folder', 'choice']),
  required: z.boolean(),
  hint: z.string(),
  example: z.string().nullable(),
  choices: z.array(z.strictObject({ value: z.string(), label: z.string() })).nullable(),
})
export type ConnectionFieldView = z.infer<typeof connectionField>

export const catalogKind = z.strictObject({
  kind: z.string(),
  label: z.string(),
  about: z.string(),
  fields: z.array(connectionField),
  tested: z.enum(['real server', 'real schema and a stand-in', 'stand-in']),
})
export type CatalogKindView = z.infer<typeof catalogKind>

export const connectionView = z.strictObject({
  name: catalogName,
  kind: z.string(),
  label: z.string(),
  /** Without secrets. */
  config: z.record(z.string(), z.string()),
  shop: z.string().nullable(),
  paused: z.string().nullable(),
  checkedAt: instant.nullable(),
  /** The embedded one cannot be disconnected. */
  embedded: z.boolean(),
})
export type ConnectionView = z.infer<typeof connectionView>

export const connectionTest = z.strictObject({
  ok: z.boolean(),
  shop: z.string().nullable(),
  url: z.string().nullable(),
  /** Permissions that are not there, in words. */
  missing: z.array(z.string()),
  because: z.string().nullable(),
  /** Where its secrets are kept, in words. */
  secrets: z.string(),
})
export type ConnectionTest = z.infer<typeof connectionTest>

/** Wall clock of a zone, minutes: "2026-11-28T12:00". */
export const wallTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'expected a date and a time of day like 2026-11-28T12:00')

export const dropProduct = z.strictObject({
  productId,
  /** For the time of the drop; null = as the product says. */
  price: money.nullable(),
  stock: z.number().int().min(0).max(1_000_000).nullable(),
})
export type DropProduct = z.infer<typeof dropProduct>

export const dropState = z.enum(['planned', 'open', 'closed', 'missed', 'cancelled'])

export const dropView = z.strictObject({
  id: dropId,
  title: z.string(),
  zone: z.string(),
  opensWall: wallTime,
  opensAt: instant,
  closesWall: wallTime.nullable(),
  closesAt: instant.nullable(),
  state: dropState,
  products: z.array(z.strictObject({ ...dropProduct.shape, title: z.string() })),
  catalogs: z.array(
    z.strictObject({
      catalog: catalogName,
      state: z.enum(['planned', 'open', 'closed', 'missed']),
      because: z.string().nullable(),
      /** Listings that are there and hidden, or already shown. */
      staged: z.number().int(),
      openedAt: instant.nullable(),
      openLateMs: z.number().int().nullable(),
      closedAt: instant.nullable(),
      closeLateMs: z.number().int().nullable(),
    }),
  ),
  /** When this computer has to be on, in words; empty when no time is left or the shop opens by itself. */
  mustBeOn: z.array(z.string()),
})
export type DropView = z.infer<typeof dropView>

/** What came of a drop, or of everything. */
export const receipt = z.strictObject({
  title: z.string(),
  from: instant.nullable(),
  /** Photos and clips that were made of these products, whatever became of them. */
  shot: z.number().int(),
  picked: z.number().int(),
  published: z.number().int(),
  lines: z.array(
    z.strictObject({
      productId,
      title: z.string(),
      sku: z.string().nullable(),
      catalog: catalogName,
      state: z.string(),
      images: z.number().int(),
      clips: z.number().int(),
      url: z.string().nullable(),
      liveAt: instant.nullable(),
      /** From the first photo of it that came off a card to the first time buyers saw it. */
      minutesFromCard: z.number().nullable(),
    }),
  ),
  /** How many listings and channels each published photo or clip runs on. */
  reuse: z.array(z.strictObject({ assetId: z.string(), name: z.string(), listings: z.number().int(), channels: z.number().int() })),
})
export type Receipt = z.infer<typeof receipt>

export const importLine = z.strictObject({
  line: z.number().int(),
  sku: z.string().nullable(),
  title: z.string(),
  /** `new`: a product without pictures yet; `change`: one that is there; `same`; `refused`. */
  does: z.enum(['new', 'change', 'same', 'refused']),
  because: z.string().nullable(),
})
export const importPlan = z.strictObject({
  lines: z.array(importLine),
  columns: z.record(z.string(), z.string()),
  ignored: z.array(z.string()),
})
export type ImportPlan = z.infer<typeof importPlan>
