import { mkdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { channelName, type TaskIn, type TaskName, type TaskOut } from '../../../workers/protocol.ts'
import type { CommandOut } from '../../contract/ipc.ts'
import type { Handlers } from '../dispatch.ts'
import { stem } from '../domain/card.ts'
import { weighClip } from '../domain/clip-score.ts'
import { safeName } from '../domain/name.ts'
import { AppError, systemError } from '../errors.ts'
import { clipLength } from '../stages/analyse-clip.ts'
import type { CommandContext } from './context.ts'

type Answer<N extends TaskName> = { ok: true; out: TaskOut<N> } | { ok: false; because: string }

export const videoCommands = (ctx: CommandContext): Pick<Handlers, 'shots.find' | 'clips.make'> => {
  const ask = async <N extends TaskName>(name: N, input: TaskIn<N>, what: string): Promise<Answer<N>> => {
    const signal = new AbortController().signal
    const reply = await ctx.pool.run(name, input, { signal, progress: (done, total) => ctx.emit('progress', { what, done, total }) })
    return reply.kind === 'done'
      ? { ok: true, out: reply.out }
      : { ok: false, because: reply.kind === 'refused' ? reply.because : 'cancelled' }
  }
  const fileAt = async (path: string): Promise<string> => {
    const full = resolve(path)
    const there = await stat(full).catch((error: unknown) => {
      throw systemError(error, 'The video') ?? error
    })
    if (!there.isFile()) throw new AppError('invalid-input', `A video file was expected, but this is not a file: ${full}`)
    return full
  }
  return {
    'shots.find': async ({ path }) => {
      const full = await fileAt(path)
      const found = await ask('cut.shots', { path: full }, 'Looking for cuts')
      if (!found.ok)
        throw new AppError('unreadable', `${full}: ${found.because}`, {
          next: 'Try another file, or run "doctor" to see what this machine can read.',
        })
      return found.out
    },
    'clips.make': async ({ paths, outDir, channels, most }) => {
      const wanted = channels.map((name) => {
        const parsed = channelName.safeParse(name)
        if (!parsed.success)
          throw new AppError('invalid-input', `There is no channel called ${name}`, {
            next: `Use one of: ${channelName.options.join(', ')}.`,
          })
        return parsed.data
      })
      const folder = resolve(outDir)
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw systemError(error, 'The output folder') ?? error
      })
      const report: CommandOut<'clips.make'> = { clips: [], refused: [] }
      for (const path of paths) {
        const source = resolve(path)
        try {
          await fileAt(path)
        } catch (error) {
          report.refused.push({ source, because: error instanceof Error ? error.message : String(error) })
          continue
        }
        const found = await ask(
          'cut.find',
          { path: source, minUs: clipLength.minUs, maxUs: clipLength.maxUs, most },
          `Looking through ${basename(source)}`,
        )
        if (!found.ok) {
          report.refused.push({ source, because: found.because })
          continue
        }
        if (found.out.clips.length === 0) {
          const why = found.out.rejected[0]?.because
          report.refused.push({ source, because: `no seconds worth keeping were found${why === undefined ? '' : `: ${why}`}` })
        }
        for (const [index, clip] of found.out.clips.entries()) {
          const weighed = weighClip(clip.measures)
          const entry: CommandOut<'clips.make'>['clips'][number] = {
            source,
            inUs: clip.inUs,
            outUs: clip.outUs,
            ...weighed,
            outputs: [],
            refused: [],
          }
          for (const channel of wanted) {
            const outPath = join(folder, `${safeName(stem(basename(source)))}-${index + 1}-${channel}.mp4`)
            const made = await ask(
              'cut.clip',
              { path: source, inUs: clip.inUs, outUs: clip.outUs, channel, outPath, posterPath: outPath.replace(/\.mp4$/, '.jpg') },
              `Making ${basename(outPath)}`,
            )
            if (made.ok) entry.outputs.push({ channel, path: made.out.path })
            else entry.refused.push({ channel, because: made.because })
          }
          report.clips.push(entry)
        }
      }
      return report
    },
  }
}
