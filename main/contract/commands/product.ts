import { z } from 'zod'
import { assetId, productId } from '../ids.ts'
import { marksExport, productView, setProposal, shotRole } from '../views.ts'
import { type Door, nothing, path } from './command.ts'

/** Listings and their pictures, and the way to other programs. */
export const productCommands = {
  'product.list': { door: 'window', in: nothing, out: z.array(productView) },
  'product.rename': { door: 'window', in: z.strictObject({ productId, title: z.string().trim().min(1).max(200) }), out: productView },
  /** The same pictures in a new order; the first becomes the main picture. */
  'product.arrange': { door: 'window', in: z.strictObject({ productId, assetIds: z.array(assetId).min(1).max(1000) }), out: productView },
  /** Puts picked photos and clips into one product; null makes a new one. One act, one undo, like decision.set; `moved` says where each came from. */
  'product.assign': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).min(1).max(1000), productId: productId.nullable() }),
    out: z.strictObject({ productId, moved: z.array(z.strictObject({ assetId, from: productId.nullable() })) }),
  },
  'product.role': { door: 'window', in: z.strictObject({ productId, assetId, role: shotRole.nullable() }), out: productView },
  'product.propose': {
    door: 'window',
    in: z.strictObject({ productId, most: z.number().int().min(1).max(50).default(5) }),
    out: setProposal,
  },
  /** Looks for what other programs wrote beside the originals, and writes what was said here; only as the settings allow. */
  'marks.sync': { door: 'window', in: nothing, out: nothing },
  /** Copies for other programs, with ratings, labels and picks in them; into a folder that is there. Announces progress as "Exporting". */
  'marks.export': { door: 'window', in: z.strictObject({ assetIds: z.array(assetId).min(1).max(10_000), path }), out: marksExport },
  'marks.stop': { door: 'window', in: nothing, out: nothing },
  /** A selection as plain text, one file name a line; and back. `unknown`: lines that fit nothing in the library. */
  'list.write': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).max(10_000) }),
    out: z.strictObject({ text: z.string() }),
  },
  'list.read': {
    door: 'window',
    in: z.strictObject({ text: z.string().max(2_000_000) }),
    out: z.strictObject({ assetIds: z.array(assetId), unknown: z.array(z.string()) }),
  },
} as const satisfies Record<string, Door>
