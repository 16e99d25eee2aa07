import { z } from 'zod'

/** A path of this machine: no NUL, bounded. What it names is looked at by the engine, never by the window. */
export const path = z
  .string()
  .min(1)
  .max(8192)
  .refine((value) => !value.includes('\0'), 'a path cannot hold a NUL byte')
export const nothing = z.strictObject({})

/** Who may call a command: the sandboxed window too, or only the host (main, the command line, tests). */
export type Door = { door: 'window' | 'host'; in: z.ZodType; out: z.ZodType }
