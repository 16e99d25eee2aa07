import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * The outside media corpus: `$DROPCARD_CORPUS`, or the `shared/media` folder beside the checkout.
 * null where it is absent; corpus suites then count as skipped.
 */
export const corpus: string | null =
  [process.env['DROPCARD_CORPUS'], resolve(import.meta.dirname, '../../../shared/media')].find(
    (path): path is string => path !== undefined && existsSync(path),
  ) ?? null

export const corpusReason = 'the media corpus is not on this machine (set DROPCARD_CORPUS to its folder)'
