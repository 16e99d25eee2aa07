import { z } from 'zod'
import { assetId } from '../../contract/ids.ts'
import { ruleBroken } from '../domain/clip-plan.ts'
import { weighClip } from '../domain/clip-score.ts'
import { storedMeasures } from '../library/assets.ts'
import { type AskedBy, askFor, type Wish } from '../library/clip-exports.ts'
import { recordings } from '../library/clip-recordings.ts'
import { tasteWeights } from '../library/clip-taste.ts'
import type { Reader } from '../library/db.ts'
import { readSettings } from '../library/settings.ts'
import { channelList } from './channel-list.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ assetId })
type In = z.infer<typeof input>
type Asked = { wish: Wish; by: AskedBy }

/** Clips of one take that a machine found, best for this seller first. */
async function bestFirst(read: Reader, take: string): Promise<{ id: string; seconds: number }[]> {
  const factors = (await tasteWeights(read)) ?? {}
  const rows = await read
    .selectFrom('clip')
    .select(['id', 'in_us', 'out_us', 'measures', 'place'])
    .where('asset_id', '=', take)
    .where('place', '>=', 0)
    .execute()
  return rows
    .map((row) => ({ row, score: weighClip(storedMeasures.parse(JSON.parse(row.measures)), factors).score }))
    .toSorted((a, b) => b.score - a.score || a.row.place - b.row.place)
    .map(({ row }) => ({ id: row.id, seconds: (row.out_us - row.in_us) / 1e6 }))
}

/** What the settings make of every new take: up to so many clips for each channel that is switched on. */
export const autoClips: Stage<In, Asked[]> = {
  name: 'clip.auto',
  // The list of channels comes from the thread that cuts: where that is busy, this waits in its line and holds up nobody else.
  lane: 'clip',
  input,
  key: (it) => it.assetId,
  repeat: 'once',
  attempts: 3,
  lands: 'soon',
  doing: 'Planning clips',
  changes: () => [{ of: 'exports' }],
  async run(it, ctx) {
    const { clips: settings } = await readSettings(ctx.read)
    const on = Object.entries(settings.auto).filter(([, rule]) => rule.on)
    if (on.length === 0) return { kind: 'done', out: [] }
    const [known, best] = [await channelList(ctx.work), await bestFirst(ctx.read, it.assetId)]
    const take = (await recordings(ctx.read)).takes.find((one) => one.files.some((file) => file.id === it.assetId))
    // The moving half of a Live Photo is no take.
    if (take === undefined) return { kind: 'done', out: [] }
    const others = take.files.map((file) => file.id).filter((id) => id !== it.assetId)
    const asked: Asked[] = []
    for (const [channel, rule] of on) {
      const rules = known.get(channel)
      if (rules === undefined) continue
      // Chapters of one recording are one take: they share the number.
      const taken = others.length === 0 ? 0 : await askedOf(ctx.read, others, channel)
      for (const clip of best
        .filter((one) => ruleBroken(rules, one.seconds, settings.look) === null)
        .slice(0, Math.max(0, rule.most - taken)))
        asked.push({
          wish: { clipId: clip.id, assetId: it.assetId, channel, look: settings.look, folder: rule.folder },
          by: rule.approval ? 'approval' : 'auto',
        })
    }
    return { kind: 'done', out: asked }
  },
  async commit(tx, _, asked, { now }) {
    const next = []
    for (const { wish, by } of asked) next.push(...(await askFor(tx, [wish], by, now)))
    return next
  },
  failed: async () => [],
}

async function askedOf(read: Reader, takes: readonly string[], channel: string): Promise<number> {
  const row = await read
    .selectFrom('clip_export')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('asset_id', 'in', [...takes])
    .where('channel', '=', channel)
    .where('made_by', '<>', 'person')
    .executeTakeFirstOrThrow()
  return row.n
}
