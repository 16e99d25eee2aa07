import { readdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, sep } from 'node:path'
import { foldersToList, layoutOf } from '../domain/card-layout.ts'

/** The nearest folder of this path that exists, without links; null when there is none. */
async function nearest(path: string): Promise<string | null> {
  for (let at = path; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => null)
    if (real !== null) return real
    if (dirname(at) === at) return null
  }
}

/**
 * The card that a folder lies on, or null: nothing is ever written to one. A card is a disk, or a folder above, that holds what cameras write (DCIM
 * and its like); the home folder and the top of the system are none, whatever lies in them.
 * @param library folders above the library are none either; null = there is no library
 */
export async function cardOf(path: string, library: string | null): Promise<string | null> {
  const start = await nearest(path)
  if (start === null) return null
  const home = homedir()
  const kept = library === null ? null : await realpath(library).catch(() => library)
  for (let at = start; dirname(at) !== at; at = dirname(at)) {
    if (basename(at).toUpperCase() === 'DCIM') return dirname(at)
    if (at === home || (kept !== null && `${kept}${sep}`.startsWith(`${at}${sep}`))) return null
    const names = await readdir(at).catch(() => [])
    const under: Record<string, string[]> = Object.create(null)
    for (const name of foldersToList(names).slice(0, 8)) under[name] = await readdir(`${at}/${name}`).catch(() => [])
    if (layoutOf(names, under).isCard) return at
    const [own, above] = await Promise.all([stat(at).catch(() => null), stat(dirname(at)).catch(() => null)])
    // The top of a disk: what lies above is another one.
    if (own === null || above === null || own.dev !== above.dev) return null
  }
  return null
}
