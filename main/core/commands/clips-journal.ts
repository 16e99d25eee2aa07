import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { measure } from '../../../workers/protocol.ts'
import { writeDurably } from '../stages/durable-file.ts'

/** What a batch of clips noted in its folder, so that a run that was stopped goes on where it ended. */
const journal = z.strictObject({
  version: z.literal(1),
  /** By path: what was found in it, as long as the file is the same and the same was asked. */
  sources: z.record(
    z.string(),
    z.strictObject({
      stamp: z.string(),
      clips: z.array(z.strictObject({ inUs: z.number().int(), outUs: z.number().int(), measures: z.record(z.string(), measure) })),
      left: z.array(z.string()),
    }),
  ),
  /** By file name. `bytes` null: it was begun. */
  files: z.record(z.string(), z.strictObject({ request: z.string(), bytes: z.number().int().nullable(), notes: z.array(z.string()) })),
})
export type Journal = z.infer<typeof journal>

export const journalName = '.dropcard-clips.json'

/** The journal of a folder; an empty one where there is none, or where it cannot be read: then everything is looked at again. */
export async function readJournal(folder: string): Promise<Journal> {
  const empty: Journal = { version: 1, sources: {}, files: {} }
  const text = await readFile(join(folder, journalName), 'utf8').catch(() => null)
  if (text === null) return empty
  try {
    return journal.parse(JSON.parse(text))
  } catch {
    return empty
  }
}

export const writeJournal = (folder: string, now: Journal, life: string): Promise<void> =>
  writeDurably({ root: folder, path: join(folder, journalName) }, life, [`${JSON.stringify(now)}\n`])

/** Changes when the file does, or when something else is looked for in it. */
export async function stampOf(path: string, asked: readonly number[]): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return [size, mtimeMs, ...asked].join('/')
}
