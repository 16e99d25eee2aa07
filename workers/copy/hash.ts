import { lstatSync } from 'node:fs'
import { fsPath, Refusal, type TaskHandler } from '../protocol.ts'
import { refusalOf } from './problems.ts'
import { readBack } from './read-back.ts'

/** SHA-256 of one file, read from the disk rather than from the cache where the system allows. */
export const hash: TaskHandler<'copy.hash'> = async ({ path }, ctx) => {
  try {
    if (!lstatSync(fsPath(path)).isFile()) throw new Refusal('unsupported', 'not a regular file')
    const { sha256, bytes } = await readBack(path, ctx)
    return { sha256, bytes }
  } catch (error) {
    throw refusalOf(error, ctx.signal)
  }
}
