import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CardView, ClipSettings, PeekView } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { cardRoots, classify, folderIgnored } from '../domain/card.ts'
import { shownName } from '../domain/name.ts'
import { AppError } from '../errors.ts'
import { readSettings, writeSettings } from '../library/settings.ts'
import type { SeenCard } from '../ports.ts'
import { groupSoon } from '../stages/group.ts'
import { cardOf } from '../stages/off-card.ts'
import type { CommandContext } from './context.ts'
import { folderAt } from './offload-places.ts'

export const peekFolder = join('cache', 'peek')
/** Shots from all over a card are chosen among so many. */
const mostSpread = 20_000

/** Cards as the window sees them: with what this user wants done with each. */
export async function cardViews(ctx: Pick<CommandContext, 'library'>, seen: readonly SeenCard[]): Promise<CardView[]> {
  const { cards } = await readSettings(ctx.library.db)
  return seen.map((card) => ({ path: card.path, label: card.label, kind: 'card', key: card.key, choice: cards[card.key] ?? 'ask' }))
}

export const cardCommands = (
  ctx: CommandContext,
): Pick<
  Handlers,
  'card.list' | 'card.sample' | 'card.choose' | 'card.eject' | 'card.peek' | 'peek.resolve' | 'settings.get' | 'settings.set'
> => ({
  'card.list': async () => cardViews(ctx, await ctx.volumes.cards()),
  'card.sample': async () => {
    if (ctx.sampleCard === null) {
      throw new AppError('unavailable', 'The sample card is not in this package', { next: 'Choose a folder with photos instead.' })
    }
    return { path: ctx.sampleCard, label: 'Sample card', kind: 'sample' as const, key: null, choice: 'ask' as const }
  },
  'card.choose': async ({ key, choice }) => {
    const next = await ctx.write(async (tx) => {
      const { cards } = await readSettings(tx)
      const { [key]: _, ...others } = cards
      return { out: await writeSettings(tx, { cards: choice === 'ask' ? others : { ...others, [key]: choice } }) }
    })
    ctx.emit('settings.changed', next)
    ctx.emit('cards.changed', { cards: await cardViews(ctx, await ctx.volumes.cards()) })
    return {}
  },
  'card.eject': async ({ path }) => {
    const busy = await ctx.library.db
      .selectFrom('offload')
      .select('id')
      .where('path', '=', path)
      .where('state', 'in', ['scanning', 'copying', 'paused'])
      .executeTakeFirst()
    if (busy !== undefined) return { ejected: false, because: 'it is still being copied; wait for the verdict, or cancel first' }
    return ctx.volumes.eject(path)
  },
  'card.peek': async ({ path, limit, spread }) => {
    const folder = await folderAt(path, 'The card or folder')
    const { files, more } = await firstFiles(folder, spread ? mostSpread : limit)
    const shown = spread ? spreadOver(files, limit) : files
    const outDir = join(ctx.library.dir, peekFolder)
    const reply = await ctx.pool.run(
      'peek.files',
      { paths: shown.map((file) => file.path), outDir, decodeMissing: false },
      { signal: new AbortController().signal },
    )
    const facts = new Map(reply.kind === 'done' ? reply.out.files.map((file) => [file.path, file]) : [])
    const shots = shown.map((file) => {
      const fact = facts.get(file.path)
      const token = /([0-9a-f]{64})\.jpg$/.exec(fact?.thumb ?? '')?.[1] ?? null
      return { name: shownName(file.name), kind: file.kind, capturedAt: fact?.capturedAt ?? null, token, camera: fact?.camera ?? null }
    })
    return {
      shots: shots.map(({ camera: _, ...shot }) => shot),
      more: more + files.length - shown.length,
      cameras: camerasOf(shots),
    }
  },
  'peek.resolve': async ({ token }) => {
    if (!/^[0-9a-f]{64}$/.test(token))
      throw new AppError('invalid-input', 'A preview is asked for by its token', { next: 'Look at the card again.' })
    const path = join(ctx.library.dir, peekFolder, `${token}.jpg`)
    const there = await lstat(path).catch(() => null)
    if (there?.isFile() !== true) throw new AppError('not-found', 'This preview is not there any more', { next: 'Look at the card again.' })
    return { path, type: 'image/jpeg' }
  },
  'settings.get': () => readSettings(ctx.library.db),
  'settings.set': async (change) => {
    if (change.clips !== undefined) await offCards(change.clips, ctx.library.dir)
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const next = await ctx.write(async (tx) => ({
      out: await writeSettings(tx, given),
      next: given['strictness'] === undefined && given['cameraOffsets'] === undefined ? [] : [groupSoon],
    }))
    ctx.watch(next.watched)
    ctx.emit('settings.changed', next)
    return next
  },
})

/** @throws AppError invalid-input when clips of new takes would go to a card */
async function offCards({ auto }: ClipSettings, library: string): Promise<void> {
  for (const { folder } of Object.values(auto)) {
    const card = folder === null ? null : await cardOf(folder, library)
    if (card !== null)
      throw new AppError('invalid-input', `Nothing is written to a card, and this folder is on one: ${card}`, {
        next: 'Choose a folder on a disk of this computer.',
      })
  }
}

/** So many of them, evenly from first to last: two cameras on one card lie in different folders. */
export function spreadOver<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]).filter((one) => one !== undefined)
}

type LookedAt = { camera: string | null; capturedAt: string | null; token: string | null }

/** The cameras behind these shots, most shots first, each with its earliest. */
export function camerasOf(shots: readonly LookedAt[]): PeekView['cameras'] {
  const byCamera = Map.groupBy(shots, (shot) => shot.camera)
  return [...byCamera]
    .flatMap(([name, own]) => {
      if (name === null) return []
      const first = own.toSorted((a, b) => ((a.capturedAt ?? '9') < (b.capturedAt ?? '9') ? -1 : 1))[0]
      return [{ name, shots: own.length, firstAt: first?.capturedAt ?? null, token: first?.token ?? null }]
    })
    .sort((a, b) => b.shots - a.shots || (a.name < b.name ? -1 : 1))
}

/** The first photos and clips in folder order, without waiting for the whole card; how many more were seen is a lower bound. */
async function firstFiles(
  root: string,
  limit: number,
): Promise<{ files: { path: string; name: string; kind: 'photo' | 'clip' }[]; more: number }> {
  const files: { path: string; name: string; kind: 'photo' | 'clip' }[] = []
  let more = 0
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries: { name: string; isFolder: boolean; isFile: boolean }[] = []
    const handle = await opendir(folder).catch(() => null)
    if (handle === null) return
    for await (const entry of handle) entries.push({ name: entry.name, isFolder: entry.isDirectory(), isFile: entry.isFile() })
    const roots = depth === 0 ? cardRoots(entries.map((entry) => entry.name)) : []
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= limit && more > limit) return
      if (entry.isFolder && depth < 8 && folderIgnored(entry.name) === null && (roots.length === 0 || roots.includes(entry.name)))
        await walk(join(folder, entry.name), depth + 1)
      if (!entry.isFile) continue
      const what = classify(entry.name, 1)
      if (what.kind !== 'photo' && what.kind !== 'clip') continue
      if (files.length < limit) files.push({ path: join(folder, entry.name), name: entry.name, kind: what.kind })
      else more += 1
    }
  }
  await walk(root, 0)
  return { files, more }
}
