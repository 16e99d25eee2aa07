import { readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { foldersToList, type Layout, layoutOf } from '../../core/domain/card-layout.ts'

/** `bytes`: size of the volume, which tells volumes of one name apart. */
export type Seen = Layout & { bytes: number | null }

/**
 * A look at a volume that is never waited for longer than `withinMs`. A volume whose disk does not answer holds one of the few threads Node reads
 * files with until it does, so it is not asked again meanwhile, and while two hang no other volume is asked either: the rest of the engine needs
 * the other threads.
 */
export function createLook(withinMs: number): { at(path: string): Promise<Seen | 'hung' | null> } {
  const hung = new Map<string, Promise<unknown>>()
  return {
    async at(path) {
      if (hung.has(path) || hung.size >= 2) return 'hung'
      const looking = look(path)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'hung'>((resolve) => {
        timer = setTimeout(() => resolve('hung'), withinMs)
      })
      const seen = await Promise.race([looking, late])
      clearTimeout(timer)
      if (seen === 'hung') {
        hung.set(
          path,
          looking.finally(() => hung.delete(path)),
        )
      }
      return seen
    },
  }
}

/** One listing of the top for an ordinary volume, and of a few folders in it where the top does not say enough. null: it cannot be listed. */
async function look(path: string): Promise<Seen | null> {
  const names = await readdir(path).catch(() => null)
  if (names === null) return null
  const subnames: Record<string, string[]> = Object.create(null)
  for (const name of foldersToList(names).slice(0, 8)) subnames[name] = await readdir(join(path, name)).catch(() => [])
  const layout = layoutOf(names, subnames)
  if (!layout.isCard) return { ...layout, bytes: null }
  const stats = await statfs(path).catch(() => null)
  return { ...layout, bytes: stats === null ? null : stats.blocks * stats.bsize }
}
