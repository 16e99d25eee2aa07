import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { NextJob } from '../jobs/job.ts'
import { places } from '../library/places.ts'
import { wantedMasters } from './clip-masters.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({})

/** A while after the last one: the next of a batch may share its master. */
export const sweepClipsSoon: NextJob = { stage: 'clip.sweep', input: {}, afterMs: 2_000 }

/** Removes what exports no longer need: masters that nobody shares any more, and made files that are where they were asked for. */
export const clipSweep: Stage<z.infer<typeof input>, null> = {
  name: 'clip.sweep',
  lane: 'core',
  input,
  key: () => 'library',
  repeat: 'again',
  attempts: 3,
  lands: 'soon',
  changes: () => [],
  async run(_, ctx) {
    const masters = new Set([...(await wantedMasters(ctx.read))].map((path) => basename(path, '.mp4')))
    const open = await ctx.read.selectFrom('clip_export').select('id').where('state', '=', 'queued').execute()
    const staged = new Set(open.map((row) => row.id))
    await clear(join(ctx.dir, places.clipMasters), masters)
    await clear(join(ctx.dir, places.clipStaged), staged)
    return { kind: 'done', out: null }
  },
  commit: async () => [],
  failed: async () => [],
}

/** Removes every file whose name does not begin with one of these keys. */
async function clear(folder: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [key = ''] = name.split('.')
    if (!keep.has(key)) await rm(join(folder, name), { force: true })
  }
}
