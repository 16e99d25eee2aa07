import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { LearningView } from '../../contract/views.ts'
import { AppError, systemError } from '../../core/errors.ts'
import type { ExitCode, Session } from './session.ts'
import { plain } from './terminal.ts'

export type LearningOptions = { library: string; json?: boolean; on?: boolean; off?: boolean; reset?: boolean; export?: string }

/** "214 picks and 12 comparisons". */
const taught = ({ picks, comparisons }: LearningView): string =>
  comparisons === 0 ? `${picks} picks` : `${picks} picks and ${comparisons} ${comparisons === 1 ? 'comparison' : 'comparisons'}`

const share = (value: number): string => `${Math.round(100 * value)} %`

function lines(view: LearningView): string[] {
  if (!view.on) return ['Learning is switched off; suggestions follow the shipped score.']
  if (view.picks < view.needed) return [`${taught(view)} of your own so far; from ${view.needed} picks on Dropcard learns from them.`]
  const agreement =
    view.agreement === null
      ? []
      : [`Orders your own pairs as you did: ${share(view.agreement.learned)}; the shipped score alone: ${share(view.agreement.shipped)}.`]
  if (!view.active) return [`Looked at ${taught(view)}: the shipped score already says it best, so it is left as it is.`, ...agreement]
  return [`Learned from ${taught(view)}:`, ...view.words.map((word) => `  ${plain(word)}`), ...agreement]
}

/** Shows, switches, forgets or writes out what was learned. */
export async function learning(session: Session, options: LearningOptions): Promise<ExitCode> {
  if (options.reset === true) await session.call('learning.reset', {})
  else if (options.on === true || options.off === true) await session.call('learning.set', { on: options.on === true })
  await session.call('engine.settle', {})
  if (options.export !== undefined) {
    const path = resolve(options.export)
    const text = `${JSON.stringify(await session.call('learning.export', {}), null, 2)}\n`
    // Never over a file that is there.
    await writeFile(path, text, { flag: 'wx' }).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
        throw new AppError('invalid-input', `There is a file already: ${path}`, { next: 'Choose a new name with --export.' })
      throw systemError(error, 'The file') ?? error
    })
  }
  const view = await session.call('learning.get', {})
  session.out.result({ ...view, exported: options.export === undefined ? null : resolve(options.export) }, () => [
    ...lines(view),
    ...(options.export === undefined ? [] : [`Written to ${plain(resolve(options.export))}`]),
  ])
  return 0
}
