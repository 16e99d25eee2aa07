import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, resolve, sep } from 'node:path'
import { shownName } from '../domain/name.ts'
import { AppError, systemError } from '../errors.ts'

/** The real folder behind a path the user named. @throws AppError not-found, unreadable */
export async function folderAt(path: string, what: string): Promise<string> {
  const full = resolve(path)
  const there = await stat(full).catch((error: unknown) => {
    throw systemError(error, what) ?? error
  })
  if (!there.isDirectory()) {
    throw new AppError('unreadable', `${what} must be a folder, but this is a file: ${full}`, {
      next: 'Name the folder that holds the photos.',
    })
  }
  await readdir(full).catch((error: unknown) => {
    throw systemError(error, what) ?? error
  })
  return realpath(full)
}

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

export type OffloadPlaces = { path: string; backups: string[]; label: string }

/** The card and the other disks, none inside another: nothing is ever written to a card. @throws AppError */
export async function offloadPlaces(libraryDir: string, input: { path: string; backups: readonly string[] }): Promise<OffloadPlaces> {
  const path = await folderAt(input.path, 'The card or folder')
  const library = await realpath(libraryDir)
  if (inside(path, library))
    throw new AppError('invalid-input', `The card is inside the library: ${path}`, { next: 'Choose a folder outside the library.' })
  if (inside(library, path)) {
    throw new AppError('invalid-input', `The library is inside the card or folder to offload: ${path}`, {
      next: 'Choose another folder, or keep the library elsewhere: nothing is ever written to a card.',
    })
  }
  const backups: string[] = []
  for (const backup of input.backups) {
    const full = await realpath(resolve(backup)).catch(() => resolve(backup))
    if (inside(full, path))
      throw new AppError('invalid-input', `The backup is on the card itself: ${full}`, { next: 'Choose a folder on another disk.' })
    if (inside(full, library) || inside(library, full)) {
      throw new AppError('invalid-input', `The backup and the library share a folder: ${full}`, {
        next: 'Choose a folder on another disk.',
      })
    }
    if (!backups.includes(full)) backups.push(full)
  }
  return { path, backups, label: shownName(basename(path)) || 'card' }
}
