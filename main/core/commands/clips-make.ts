import { lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { channelName, type TaskIn, type TaskName, type TaskOut } from '../../../workers/protocol.ts'
import type { CommandArgs, CommandOut } from '../../contract/ipc.ts'
import type { Handlers } from '../dispatch.ts'
import { stem } from '../domain/card.ts'
import { type Channel, exportName, ruleBroken } from '../domain/clip-plan.ts'
import { weighClip } from '../domain/clip-score.ts'
import { AppError, describe, systemError } from '../errors.ts'
import { channelList } from '../stages/channel-list.ts'
import { cardOf } from '../stages/off-card.ts'
import { sweepFolders } from '../stages/sweep.ts'
import { type Journal, readJournal, stampOf, writeJournal } from './clips-journal.ts'
import type { CommandContext } from './context.ts'

type Answer<N extends TaskName> = { ok: true; out: TaskOut<N> } | { ok: false; because: string }
type Ask = <N extends TaskName>(name: N, input: TaskIn<N>, what: string) => Promise<Answer<N>>
type Wanted = CommandArgs<'clips.make'>
type Entry = CommandOut<'clips.make'>['clips'][number]
type Found = Journal['sources'][string]

/** Asks a thread; whatever goes wrong with one file is an answer, so that the next one gets its turn. */
export function asking(ctx: CommandContext): Ask {
  return async (name, input, what) => {
    const signal = new AbortController().signal
    try {
      const reply = await ctx.pool.run(name, input, { signal, progress: (done, total) => ctx.emit('progress', { what, done, total }) })
      if (reply.kind === 'done') return { ok: true, out: reply.out }
      return { ok: false, because: reply.kind === 'refused' ? reply.because : 'cancelled' }
    } catch (error) {
      ctx.log.error('a clip could not be made', { task: name, error: describe(error) })
      return { ok: false, because: 'the worker stopped unexpectedly while reading this file' }
    }
  }
}

/** The command line's way to clips, without a library: a folder of videos in, a folder of clips out, gone on with where it was stopped. */
export const clipsMakeCommands = (ctx: CommandContext): Pick<Handlers, 'clips.make'> => ({
  'clips.make': async (wanted) => {
    const ask = asking(ctx)
    if (wanted.minUs > wanted.maxUs)
      throw new AppError('invalid-input', `The least length (${wanted.minUs / 1e6} s) is longer than the most (${wanted.maxUs / 1e6} s)`)
    const known = await channelList((name, input) => ctx.pool.run(name, input, { signal: new AbortController().signal }))
    const channels = [...new Set(wanted.channels)].map((name) => {
      const found = known.get(name)
      if (found === undefined)
        throw new AppError('invalid-input', `There is no channel called ${name}`, {
          next: `Use one of: ${channelName.options.join(', ')}.`,
        })
      return found
    })
    const folder = resolve(wanted.outDir)
    await prepare(folder, wanted.dryRun, ctx.life)
    const masters = await mkdtemp(join(tmpdir(), 'dropcard-masters-'))
    try {
      const batch = { ctx, ask, wanted, channels, folder, masters, journal: await readJournal(folder) }
      const report: CommandOut<'clips.make'> = { clips: [], refused: [] }
      for (const path of wanted.paths) await oneTake(batch, resolve(path), report)
      return report
    } finally {
      await rm(masters, { recursive: true, force: true })
    }
  },
})

type Batch = {
  ctx: CommandContext
  ask: Ask
  wanted: Wanted
  channels: readonly Channel[]
  folder: string
  masters: string
  journal: Journal
}

async function prepare(folder: string, isDry: boolean, life: string): Promise<void> {
  const card = await cardOf(folder, null)
  if (card !== null)
    throw new AppError('invalid-input', `Nothing is written to a card, and this folder is on one: ${card}`, {
      next: 'Name another folder with --out.',
    })
  if (isDry) return
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw systemError(error, 'The output folder') ?? error
  })
  await sweepFolders([folder], life)
}

async function oneTake(batch: Batch, source: string, report: CommandOut<'clips.make'>): Promise<void> {
  const problem = await unreadable(source)
  if (problem !== null) {
    report.refused.push({ source, because: problem })
    return
  }
  const found = await search(batch, source)
  if (typeof found === 'string') {
    report.refused.push({ source, because: found })
    return
  }
  if (found.clips.length === 0) {
    const why = found.left[0]
    report.refused.push({ source, because: `no seconds worth keeping were found${why === undefined ? '' : `: ${why}`}` })
  }
  for (const [index, clip] of found.clips.entries()) {
    const entry: Entry = { source, inUs: clip.inUs, outUs: clip.outUs, ...weighClip(clip.measures), outputs: [], refused: [] }
    for (const channel of batch.channels) await oneOutput(batch, { source, clip, place: index + 1, channel }, entry)
    report.clips.push(entry)
    for (const name of await readdir(batch.masters).catch(() => [])) await rm(join(batch.masters, name), { force: true })
  }
}

async function unreadable(path: string): Promise<string | null> {
  try {
    return (await stat(path)).isFile() ? null : `a video file was expected, but this is not a file: ${path}`
  } catch (error) {
    return (systemError(error, 'The video') ?? new AppError('unreadable', describe(error))).message
  }
}

/** What is worth keeping, from the journal where the same was looked for in the same file. */
async function search({ ctx, ask, wanted, folder, journal }: Batch, source: string): Promise<Found | string> {
  const { minUs, maxUs, most } = wanted
  const stamp = await stampOf(source, [minUs, maxUs, most])
  const before = Object.hasOwn(journal.sources, source) ? journal.sources[source] : undefined
  if (before?.stamp === stamp) return before
  const found = await ask('cut.find', { path: source, minUs, maxUs, most }, `Looking through ${basename(source)}`)
  if (!found.ok) return found.because
  const now: Found = { stamp, clips: found.out.clips, left: found.out.rejected.map((one) => one.because) }
  if (!wanted.dryRun) {
    journal.sources[source] = now
    await writeJournal(folder, journal, ctx.life)
  }
  return now
}

type Output = { source: string; clip: Found['clips'][number]; place: number; channel: Channel }

async function oneOutput(batch: Batch, { source, clip, place, channel }: Output, entry: Entry): Promise<void> {
  const { ctx, ask, wanted, folder, journal } = batch
  const refuse = (because: string): void => void entry.refused.push({ channel: channel.name, because })
  const broken = ruleBroken(channel, (clip.outUs - clip.inUs) / 1e6, wanted.look)
  if (broken !== null) return refuse(`${broken.because}. ${broken.next.replace(/Move .*?, or/, 'Choose another length, or')}`)
  const captions = await captionsOf(source, wanted.look.captions)
  const request = JSON.stringify([source, clip.inUs, clip.outUs, channel.name, wanted.look, wanted.overlay, captions])
  for (let copy = 1; copy < 1000; copy++) {
    const name = exportName(stem(basename(source)), place, channel.name, copy)
    const path = join(folder, name)
    const noted = Object.hasOwn(journal.files, name) ? journal.files[name] : undefined
    const there = await lstat(path).catch(() => null)
    // A name that another file has, or that another wish of this folder has, is left alone.
    if (noted?.request !== request && (there !== null || noted !== undefined)) continue
    if (there !== null && noted !== undefined && (await stillPasses(batch, path, there.size, noted, clip, channel))) {
      entry.outputs.push({ channel: channel.name, path, state: 'have', notes: noted.notes })
      return
    }
    if (wanted.dryRun) {
      entry.outputs.push({ channel: channel.name, path, state: 'planned', notes: [] })
      return
    }
    // Noted before it is made: a file that is there after a crash is then known to be ours.
    journal.files[name] = { request, bytes: null, notes: [] }
    await writeJournal(folder, journal, ctx.life)
    const { aspect, reframe, stabilise, sound } = wanted.look
    const made = await ask(
      'cut.clip',
      {
        path: source,
        inUs: clip.inUs,
        outUs: clip.outUs,
        channel: channel.name,
        outPath: path,
        posterPath: path.replace(/\.mp4$/, '.jpg'),
        ...{ aspect, reframe, stabilise, sound, captions, overlay: wanted.overlay },
        masterPath: batch.channels.length > 1 ? join(batch.masters, `${place}-${channel.shape === null ? 'own' : 'upright'}.mp4`) : null,
        modelsDir: ctx.modelsDir,
      },
      `Making ${name}`,
    )
    if (!made.ok) {
      delete journal.files[name]
      await writeJournal(folder, journal, ctx.life)
      return refuse(made.because)
    }
    const notes = [
      ...(wanted.look.captions && captions === null ? ['there is no .srt beside the take: no captions'] : []),
      ...made.out.notes,
    ]
    journal.files[name] = { request, bytes: made.out.bytes, notes }
    await writeJournal(folder, journal, ctx.life)
    entry.outputs.push({ channel: channel.name, path: made.out.path, state: 'made', notes })
    return
  }
  refuse(`there are a thousand other files of this name in ${folder}; name another folder`)
}

/** Made for the same wish, whole, and its channel still takes it. */
async function stillPasses(
  { ask }: Batch,
  path: string,
  bytes: number,
  noted: Journal['files'][string],
  clip: { inUs: number; outUs: number },
  channel: Channel,
): Promise<boolean> {
  if (noted.bytes !== null && noted.bytes !== bytes) return false
  const checked = await ask('cut.check', { path, channel: channel.name }, `Checking ${basename(path)}`)
  if (!checked.ok || checked.out.violations.length > 0) return false
  return noted.bytes !== null || Math.abs(checked.out.durationUs - (clip.outUs - clip.inUs)) < 100_000
}

async function captionsOf(source: string, isWanted: boolean): Promise<string | null> {
  if (!isWanted) return null
  const folder = dirname(source)
  const own = basename(source, extname(source)).toLowerCase()
  const found = (await readdir(folder).catch(() => [])).find((name) => name.toLowerCase() === `${own}.srt`)
  return found === undefined ? null : join(folder, found)
}
