import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { TaskOut } from '../../../workers/protocol.ts'
import { type AssetId, assetId } from '../../contract/ids.ts'
import type { CommandOut } from '../../contract/ipc.ts'
import type { Handlers } from '../dispatch.ts'
import { type BurstFrame, groupBursts } from '../domain/burst.ts'
import { weigh } from '../domain/score.ts'
import { suggest } from '../domain/suggestion.ts'
import { describe, systemError } from '../errors.ts'
import { assetViews, storedMeasures } from '../library/assets.ts'
import { cameraOf } from '../stages/photo-score.ts'
import { scanCard, shownPath } from '../stages/scan-card.ts'
import type { CommandContext } from './context.ts'
import { folderAt } from './offload-places.ts'
import { sideBySide } from './side-by-side.ts'

type Analysed = { path: string; out: TaskOut<'score.photo'> } | { path: string; because: string }

/** Analyses files side by side, as wide as the pool; a file that fails is named and the rest goes on. */
async function analyse(ctx: CommandContext, paths: readonly string[], what: string): Promise<Analysed[]> {
  const signal = new AbortController().signal
  const results: Analysed[] = new Array(paths.length)
  let done = 0
  const one = async (path: string): Promise<Analysed> => {
    try {
      const there = path.startsWith('\0') ? null : await stat(path)
      if (there !== null && !there.isFile())
        return { path, because: there.isDirectory() ? 'a file was expected, but this is a folder' : 'not a regular file' }
      const reply = await ctx.pool.run('score.photo', { path, modelsDir: ctx.modelsDir, thumbPath: null, previewPath: null }, { signal })
      if (reply.kind === 'done') return { path, out: reply.out }
      return { path, because: reply.kind === 'refused' ? reply.because : 'cancelled' }
    } catch (error) {
      return { path, because: systemError(error, 'The file')?.message ?? describe(error) }
    }
  }
  await sideBySide(paths, ctx.pool.width('score.photo'), async (path, index) => {
    results[index] = await one(path)
    done += 1
    ctx.emit('progress', { what, done, total: paths.length })
  })
  return results
}

const frameOf = (id: AssetId, name: string, out: TaskOut<'score.photo'>): BurstFrame => ({
  id,
  name,
  capturedAt: out.info.capturedAt,
  camera: cameraOf(out.info),
  orientation: out.info.orientation,
  focalMm: out.info.focalMm,
  exposureS: out.info.exposureS,
  fNumber: out.info.fNumber,
  iso: out.info.iso,
  width: out.info.width,
  height: out.info.height,
  phash: out.phash,
  embedding: out.embedding,
  sketch: out.sketch,
  score: weigh(out.measures).score,
  taste: 0,
  measures: out.measures,
})

export const scoreCommands = (ctx: CommandContext): Pick<Handlers, 'score.files' | 'triage.folder' | 'triage.library'> => ({
  'score.files': async ({ paths }) => {
    const results = await analyse(
      ctx,
      paths.map((path) => resolve(path)),
      'Scoring',
    )
    return {
      results: results.map((one, index) => {
        const path = paths[index] ?? one.path
        if ('because' in one)
          return { path, ok: false, score: null, components: {}, reasons: [], model: null, subject: null, warnings: [], error: one.because }
        const { score, components, reasons } = weigh(one.out.measures)
        return {
          path,
          ok: true,
          score,
          components,
          reasons,
          model: one.out.model,
          subject: one.out.subject,
          warnings: [...one.out.warnings, ...one.out.degraded],
        }
      }),
    }
  },
  'triage.folder': async ({ path }) => {
    const folder = await folderAt(path, 'The folder')
    const scan = await scanCard(folder, new AbortController().signal)
    const sources = scan.assets.filter((asset) => asset.kind === 'photo').map((asset) => asset.source)
    const analysed = await analyse(ctx, sources, 'Scoring')
    const signal = new AbortController().signal
    const refused: CommandOut<'triage.folder'>['refused'] = scan.ignored.map((one) => ({
      path: shownPath(one.source),
      because: one.because,
    }))
    const byId = new Map<string, { paths: string[]; frame: BurstFrame; out: TaskOut<'score.photo'> }>()
    for (const one of analysed) {
      if ('because' in one) {
        refused.push({ path: shownPath(one.path), because: one.because })
        continue
      }
      const hash = await ctx.pool.run('copy.hash', { path: one.path }, { signal })
      if (hash.kind !== 'done') {
        refused.push({ path: shownPath(one.path), because: hash.kind === 'refused' ? hash.because : 'cancelled' })
        continue
      }
      const id = assetId.parse(hash.out.sha256)
      const known = byId.get(id)
      // The same bytes under two names are one asset; both paths are listed.
      if (known !== undefined) known.paths.push(shownPath(one.path))
      else byId.set(id, { paths: [shownPath(one.path)], frame: frameOf(id, basename(shownPath(one.path)), one.out), out: one.out })
    }
    const frames = [...byId.values()].map((one) => one.frame)
    const stacks = groupBursts(frames)
    const proposals = suggest(stacks, frames)
    const pathOf = (id: AssetId): string[] => byId.get(id)?.paths ?? []
    return {
      assets: stacks.flatMap((stack) =>
        stack.members.flatMap((id, index) => {
          const found = byId.get(id)
          if (found === undefined) return []
          const { score, components, reasons } = weigh(found.out.measures)
          const proposal = proposals.get(id)
          return found.paths.map((at) => ({
            path: at,
            id,
            score,
            components,
            stack: stack.id,
            rank: index + 1,
            suggestion: proposal?.suggestion ?? null,
            reasons: [...(proposal === undefined ? [] : [proposal.because]), ...reasons],
          }))
        }),
      ),
      stacks: stacks.map((stack) => ({ id: stack.id, cover: pathOf(stack.cover)[0] ?? '', members: stack.members.flatMap(pathOf) })),
      refused,
    }
  },
  'triage.library': async () => {
    const { db, dir } = ctx.library
    const stored = new Map((await db.selectFrom('asset').select(['id', 'stored']).execute()).map((row) => [row.id, join(dir, row.stored)]))
    const all = await assetViews(db)
    const stacks = await db.selectFrom('stack').select(['id', 'cover']).orderBy('id').execute()
    const measures = new Map(
      (await db.selectFrom('score').select(['asset_id', 'measures']).execute()).map((row) => [row.asset_id, row.measures]),
    )
    const members = await db.selectFrom('stack_member').select(['asset_id', 'stack_id']).orderBy('rank').execute()
    const byStack = Map.groupBy(members, (row) => row.stack_id)
    return {
      assets: all
        .filter((one) => one.analysis === 'ready')
        .map((one) => {
          const raw = measures.get(one.id)
          return {
            path: stored.get(one.id) ?? one.name,
            id: one.id,
            score: one.score,
            components: raw === undefined ? {} : weigh(storedMeasures.parse(JSON.parse(raw))).components,
            stack: one.stack,
            rank: one.rank,
            suggestion: one.suggestion,
            reasons: one.reasons,
          }
        }),
      stacks: stacks.map((row) => ({
        id: row.id,
        cover: stored.get(row.cover) ?? '',
        members: (byStack.get(row.id) ?? []).map((one) => stored.get(one.asset_id) ?? ''),
      })),
      refused: all
        .filter((one) => one.analysis === 'refused')
        .map((one) => ({ path: stored.get(one.id) ?? one.name, because: one.because ?? 'it could not be analysed' })),
    }
  },
})
