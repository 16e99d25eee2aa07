import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError, systemError } from '../../core/errors.ts'
import { cardOf } from '../../core/stages/off-card.ts'

/**
 * Puts a file where a person asked for it: whole under that name, or not at all, and never on a card. What is there under that name is replaced: the
 * save dialog has asked about it.
 * @param write fills the file it is given the path of
 * @throws AppError in words a person can act on
 */
export async function saveAt(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  const card = await cardOf(folder, null)
  if (card !== null)
    throw new AppError('invalid-input', `This folder is on a card: ${card}. Nothing is ever written to a card`, {
      next: 'Choose a folder on another disk.',
    })
  const part = join(folder, `.${basename(path)}.${process.pid}.part`)
  try {
    await write(part)
    const file = await open(part, 'r+')
    await file.sync().finally(() => file.close())
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw systemError(error, 'The file') ?? error
  }
}
