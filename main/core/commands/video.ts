import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Handlers } from '../dispatch.ts'
import { AppError, systemError } from '../errors.ts'
import { asking } from './clips-make.ts'
import type { CommandContext } from './context.ts'

/** Looks at videos for the command line, without a library. */
export const videoCommands = (ctx: CommandContext): Pick<Handlers, 'shots.find'> => {
  const ask = asking(ctx)
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
  }
}
