import { z } from 'zod'
import { catalogName, dropId, productId } from '../ids.ts'
import {
  catalogKind,
  conflictView,
  connectionTest,
  connectionView,
  dropProduct,
  dropView,
  importPlan,
  money,
  productView,
  publishPlan,
  publishState,
  publishVersion,
  queueLine,
  receipt,
  wallTime,
} from '../views.ts'
import { type Door, nothing } from './command.ts'

const one = z.strictObject({ catalog: catalogName, productId })
const values = z.record(z.string().max(60), z.string().max(4000))
const dropIn = {
  title: z.string().trim().min(1).max(120),
  /** IANA name: "Europe/Berlin". */
  zone: z.string().min(1).max(60),
  opensWall: wallTime,
  /** "Midnight Sunday" is the 24:00 of that day, so the 00:00 of the next. null = it stays open. */
  closesWall: wallTime.nullable(),
  products: z.array(dropProduct).min(1).max(1000),
  catalogs: z.array(catalogName).min(1).max(20),
}

/** Shops, what goes into them, and when. */
export const publishCommands = {
  /** What would be sent, before anything is; sends nothing, changes nothing. */
  'publish.plan': { door: 'window', in: z.strictObject({ catalog: catalogName }), out: publishPlan },
  /** `productIds`: only these; null = everything in the plan. Asking is approving. Answers with the plan it follows. */
  'publish.start': {
    door: 'window',
    in: z.strictObject({ catalog: catalogName, productIds: z.array(productId).min(1).max(10_000).nullable().default(null) }),
    out: publishPlan,
  },
  'publish.state': { door: 'window', in: z.strictObject({ catalog: catalogName }), out: publishState },
  'publish.queue': {
    door: 'window',
    in: z.strictObject({ catalog: catalogName.nullable().default(null), limit: z.number().int().min(1).max(20_000).default(2000) }),
    out: z.array(queueLine),
  },
  /** Takes listings off; their files stay in the shop, hidden. */
  'publish.hide': {
    door: 'window',
    in: z.strictObject({ catalog: catalogName, productIds: z.array(productId).min(1).max(10_000) }),
    out: nothing,
  },
  /** `ours`: the shop gets what is here, pictures that others added stay behind ours; `theirs`: the shop stays as it is. */
  'publish.resolve': { door: 'window', in: z.strictObject({ ...one.shape, how: z.enum(['ours', 'theirs']) }), out: nothing },
  /** The shop's gallery and words, freshly read, beside ours. */
  'publish.conflict': { door: 'window', in: one, out: conflictView },
  'publish.versions': { door: 'window', in: one, out: z.array(publishVersion) },
  'publish.rollback': { door: 'window', in: z.strictObject({ ...one.shape, n: z.number().int().min(1) }), out: nothing },
  /** Asks again for what failed. */
  'publish.retry': { door: 'window', in: z.strictObject({ catalog: catalogName }), out: nothing },
  /** Stops what waits; what is on its way ends first. */
  'publish.stop': { door: 'window', in: z.strictObject({ catalog: catalogName }), out: nothing },
  'catalog.kinds': { door: 'window', in: nothing, out: z.array(catalogKind) },
  'catalog.list': { door: 'window', in: nothing, out: z.array(connectionView) },
  /** Signs in and looks around, changes nothing. `name`: a connected one; null = these values, which are not kept. */
  'catalog.test': {
    door: 'window',
    in: z.strictObject({
      name: catalogName.nullable(),
      kind: z.string().max(40),
      config: values,
      /** Empty = as they are kept. */
      secrets: values,
    }),
    out: connectionTest,
  },
  /** A new one (`name` null: named after its kind), or new values for one. */
  'catalog.connect': {
    door: 'window',
    in: z.strictObject({ name: catalogName.nullable(), kind: z.string().max(40), config: values, secrets: values }),
    out: connectionView,
  },
  /** Forgets the connection and its secrets; what is in the shop stays there. */
  'catalog.disconnect': { door: 'window', in: z.strictObject({ name: catalogName }), out: nothing },
  /** Goes on after signing in works again. */
  'catalog.resume': { door: 'window', in: z.strictObject({ name: catalogName }), out: connectionTest },
  /** What is not given stays; null takes it away. */
  'product.edit': {
    door: 'window',
    in: z.strictObject({
      productId,
      title: z.string().trim().min(1).max(200).optional(),
      description: z.string().max(20_000).optional(),
      sku: z.string().trim().min(1).max(100).nullable().optional(),
      price: money.nullable().optional(),
      stock: z.number().int().min(0).max(1_000_000).nullable().optional(),
    }),
    out: productView,
  },
  /** Products from CSV text (any shop's export: columns are found by their names). `apply` false: only says what it would do. */
  'product.import': {
    door: 'window',
    in: z.strictObject({ text: z.string().max(20_000_000), currency: z.string().regex(/^[A-Z]{3}$/), apply: z.boolean() }),
    out: importPlan,
  },
  /** All products as such a sheet (CSV); taken over again it changes nothing. */
  'product.sheet': { door: 'window', in: nothing, out: z.strictObject({ text: z.string() }) },
  'drop.list': { door: 'window', in: nothing, out: z.array(dropView) },
  /** `dropId` null: a new one. Its listings are published hidden at once, and shown at the hour. */
  'drop.save': { door: 'window', in: z.strictObject({ dropId: dropId.nullable(), ...dropIn }), out: dropView },
  /** Before it opens: it never will. While it is open: it closes now. */
  'drop.end': { door: 'window', in: z.strictObject({ dropId }), out: dropView },
  /** A PDF with a code that leads to a listing or a drop, in the library's folder `posters`. Exactly one of the two ids. */
  'poster.make': {
    door: 'window',
    in: z.strictObject({ catalog: catalogName, productId: productId.nullable(), dropId: dropId.nullable() }),
    out: z.strictObject({ path: z.string(), address: z.string() }),
  },
  'report.receipt': { door: 'window', in: z.strictObject({ dropId: dropId.nullable() }), out: receipt },
  'report.csv': { door: 'window', in: z.strictObject({ dropId: dropId.nullable() }), out: z.strictObject({ text: z.string() }) },
} as const satisfies Record<string, Door>
