import { createHash } from 'node:crypto'
import { link, lstat, mkdir, readdir, realpath, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { AppError, systemError } from '../errors.ts'
import { places } from './places.ts'

/**
 * The library's trash as files: `trash/<first two digits>/<asset id>.<ending>`, companions beside it as `<asset id>~<their own key>.<ending>`.
 * Every name is made here from ids, so that no text of the library file can lead out of the folder.
 */
const named = /^([0-9a-f]{64})(~[0-9a-f]{16})?(\.[A-Za-z0-9]{1,12})?$/

const ending = (path: string): string => (/^\.[A-Za-z0-9]{1,12}$/.test(extname(path)) ? extname(path) : '')

/** Where an original lies while it is in the trash, relative to the library. */
export const trashPlace = (id: string, path: string): string => join(places.trash, id.slice(0, 2), `${id}${ending(path)}`)

/** The same for one of its companions. */
export function companionPlace(id: string, companion: { id: string; name: string }): string {
  const key = createHash('sha256').update(`${companion.id}\0${companion.name}`).digest('hex').slice(0, 16)
  return join(places.trash, id.slice(0, 2), `${id}~${key}${ending(companion.name)}`)
}

export const isThere = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null))?.isFile() === true

const code = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '')

/**
 * Moves a file within a disk; never over another one. `taken`: something else has that name and was left alone. Can be killed anywhere and done
 * again. @throws AppError for what the system refuses
 */
export async function moveTo(from: string, to: string): Promise<'moved' | 'missing' | 'taken'> {
  try {
    await mkdir(dirname(to), { recursive: true })
    try {
      await link(from, to)
    } catch (error) {
      if (code(error) === 'ENOENT') return 'missing'
      const [a, b] = await Promise.all([lstat(from), lstat(to).catch(() => null)])
      // Killed between the two steps: both names are the same file.
      if (b !== null && (b.ino !== a.ino || b.dev !== a.dev || a.ino === 0)) return 'taken'
      // Disks without hard links, and links that the system does not allow.
      if (b === null) {
        await rename(from, to)
        return 'moved'
      }
    }
    await unlink(from)
    return 'moved'
  } catch (error) {
    throw systemError(error, 'The original') ?? error
  }
}

/** The trash folder when it really is the library's own, null when there is none yet. @throws AppError conflict when it is a link to elsewhere */
async function ownFolder(dir: string): Promise<string | null> {
  const folder = join(dir, places.trash)
  const there = await lstat(folder).catch(() => null)
  if (there === null) return null
  if (!there.isDirectory() || (await realpath(folder)) !== join(await realpath(dir), places.trash)) {
    throw new AppError('conflict', `The trash is not a folder of this library: ${folder}`, {
      next: 'It is a link or a file. Put a real folder in its place; nothing was deleted.',
    })
  }
  return folder
}

/** Every file of the trash that has one of our names, by asset. Links and folders that lie there are not ours. */
export async function filesInTrash(dir: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  const root = await ownFolder(dir)
  if (root === null) return found
  for (const folder of await readdir(root, { withFileTypes: true })) {
    if (!folder.isDirectory() || !/^[0-9a-f]{2}$/.test(folder.name)) continue
    for (const file of await readdir(join(root, folder.name), { withFileTypes: true })) {
      const id = named.exec(file.name)?.[1]
      if (id === undefined || !file.isFile() || !id.startsWith(folder.name)) continue
      found.set(id, [...(found.get(id) ?? []), join(root, folder.name, file.name)])
    }
  }
  return found
}

/** Deletes for good, and only what `filesInTrash` found. @throws AppError for what the system refuses */
export async function deleteTrashed(dir: string, files: readonly string[]): Promise<void> {
  const root = await ownFolder(dir)
  for (const path of files) {
    if (root === null || dirname(dirname(path)) !== root || !named.test(basename(path)))
      throw new TypeError(`expected a file of the trash, came ${path}`)
    await unlink(path).catch((error: unknown) => {
      if (code(error) !== 'ENOENT') throw systemError(error, 'The file in the trash') ?? error
    })
  }
}

/** The pictures that were made of an asset to look at it. They can be made again while there is an original, and go with it. */
export async function deletePictures(dir: string, id: string): Promise<void> {
  for (const name of ['thumb', 'preview', 'proxy'] as const) await rm(join(dir, places.cache(id, name)), { force: true })
}
