import { z } from 'zod'

/**
 * The closed list of error codes that may cross a border.
 *
 * - `invalid-input`: the caller sent something the contract does not allow
 * - `not-found`: no such command, asset, card or file
 * - `unreadable`: it exists, but cannot be read (permissions, damage, wrong kind)
 * - `conflict`: it would overwrite or race with something else
 * - `no-space`: a disk is full
 * - `newer-library`: the library was written by a newer Dropcard
 * - `corrupt-library`: the library file is damaged
 * - `unavailable`: something this needs is not there now (ffmpeg, a model, the engine)
 * - `cancelled`: the user stopped it
 * - `internal`: a bug of ours
 */
export const errorCode = z.enum([
  'invalid-input',
  'not-found',
  'unreadable',
  'conflict',
  'no-space',
  'newer-library',
  'corrupt-library',
  'unavailable',
  'cancelled',
  'internal',
])
export type ErrorCode = z.infer<typeof errorCode>

/** An error as it crosses a border: plain words, the next step, and whether trying again can help. */
export const wireError = z.strictObject({
  code: errorCode,
  message: z.string(),
  next: z.string().nullable(),
  retryable: z.boolean(),
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
})
export type WireError = z.infer<typeof wireError>

/** Every call ends in a Reply, never in a rejection: Electron keeps only the message of a rejected error. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: WireError }
