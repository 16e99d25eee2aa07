import { z } from 'zod'
import { assetId, offloadId } from '../ids.ts'
import {
  cardChoice,
  cardView,
  manifestReport,
  offloadPlan,
  offloadReport,
  offloadView,
  peekView,
  trashView,
  verifyMode,
  verifyReport,
} from '../views.ts'
import { type Door, nothing, path } from './command.ts'

/** Cards, offloads, checks of what was copied, and the trash. */
export const offloadCommands = {
  'card.list': { door: 'window', in: nothing, out: z.array(cardView) },
  'card.sample': { door: 'window', in: nothing, out: cardView },
  'offload.plan': {
    door: 'window',
    in: z.strictObject({ path, backups: z.array(path).max(8).nullable().default(null) }),
    out: offloadPlan,
  },
  'offload.start': {
    door: 'window',
    in: z.strictObject({
      path,
      /** null = as in the settings */
      backups: z.array(path).max(8).nullable().default(null),
      verify: verifyMode.nullable().default(null),
    }),
    out: z.strictObject({ offloadId }),
  },
  'offload.cancel': { door: 'window', in: z.strictObject({ offloadId }), out: nothing },
  /** Finishes the files under way, then holds; nothing is lost. */
  'offload.pause': { door: 'window', in: z.strictObject({ offloadId }), out: nothing },
  'offload.resume': { door: 'window', in: z.strictObject({ offloadId }), out: nothing },
  'card.choose': { door: 'window', in: z.strictObject({ key: z.string().min(1).max(300), choice: cardChoice }), out: nothing },
  'card.eject': {
    door: 'window',
    in: z.strictObject({ path }),
    out: z.strictObject({ ejected: z.boolean(), because: z.string().nullable() }),
  },
  /** `spread`: shots from all over the card instead of the first ones. */
  'card.peek': {
    door: 'window',
    in: z.strictObject({ path, limit: z.number().int().min(1).max(200).default(60), spread: z.boolean().default(false) }),
    out: peekView,
  },
  /** Checks originals and their companions byte by byte; of one offload, or all. Announces progress as "Checking originals". */
  'library.verify': { door: 'window', in: z.strictObject({ offloadId: offloadId.nullable().default(null) }), out: verifyReport },
  /**
   * Checks a disk without its library: every file that a manifest lists, byte by byte. `path`: a manifest, or a folder whose manifests are all read.
   * `at`: where their paths start, if not in the folder that holds the folder of the manifests. Announces progress as "Checking a disk".
   */
  'manifest.verify': { door: 'window', in: z.strictObject({ path, at: path.nullable().default(null) }), out: manifestReport },
  /** Ends every check under way; each answers `cancelled`. */
  'verify.stop': { door: 'window', in: nothing, out: nothing },
  /** Moves originals to the library's own trash folder. They stay deleted when their card is inserted again, until they are restored. */
  'asset.remove': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).min(1).max(10_000) }),
    out: z.strictObject({ removed: z.array(assetId) }),
  },
  'asset.restore': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).min(1).max(10_000) }),
    /** `left`: still in the trash, and why. */
    out: z.strictObject({ restored: z.array(assetId), left: z.array(z.strictObject({ assetId, because: z.string() })) }),
  },
  'trash.list': { door: 'window', in: nothing, out: trashView },
  /**
   * Deletes originals in the trash for good, with their companions and pictures; null = all of them. They stay remembered as deleted. Copies on
   * other disks are not touched.
   */
  'trash.empty': {
    door: 'window',
    in: z.strictObject({ assetIds: z.array(assetId).min(1).max(10_000).nullable().default(null) }),
    out: z.strictObject({
      deleted: z.array(assetId),
      bytes: z.number().int(),
      left: z.array(z.strictObject({ assetId, because: z.string() })),
    }),
  },
  'offload.list': { door: 'window', in: nothing, out: z.array(offloadView) },
  'offload.report': { door: 'window', in: z.strictObject({ offloadId }), out: offloadReport },
} as const satisfies Record<string, Door>
