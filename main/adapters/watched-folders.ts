import type { Stats } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { WatchedFolders } from '../core/ports.ts'

/** A transfer that pauses longer than this looks finished; it is noticed again when it goes on. */
const settledMs = 1500
const quietMs = 1000
const deepest = 8

type Watched = { watcher: FSWatcher; fresh: Set<string>; timer: NodeJS.Timeout | null }

/**
 * Folders where a phone or a tether drops files. `onFiles` is called once per folder when new or changed files have all been there for a while,
 * with how many; what lies there already when watching begins is not news. Hidden files and those still arriving (`.part`) do not count, links are
 * not followed. A folder that is not there, or goes, is waited for.
 * @param onProblem a folder that cannot be watched, in the system's words
 */
export function createWatchedFolders(options: {
  onFiles(folder: string, files: number): void
  onProblem?(folder: string, because: string): void
}): WatchedFolders {
  const folders = new Map<string, Watched>()
  const closing = new Set<Promise<void>>()

  const begin = (folder: string, polling: boolean): void => {
    const watcher = watch(folder, {
      ignoreInitial: true,
      followSymlinks: false,
      alwaysStat: true,
      depth: deepest,
      ignorePermissionErrors: true,
      awaitWriteFinish: { stabilityThreshold: settledMs, pollInterval: 200 },
      ignored: (path) => isPassing(folder, path),
      ...(polling ? { backend: 'polling' as const, pollingInterval: 2000, pollingBinaryInterval: 2000 } : {}),
    })
    const watched: Watched = { watcher, fresh: new Set(), timer: null }
    const arrived = (path: string, stats?: Stats): void => {
      if (stats?.isFile() !== true || stats.size === 0) return
      watched.fresh.add(path)
      if (watched.timer !== null) clearTimeout(watched.timer)
      watched.timer = setTimeout(() => {
        const files = watched.fresh.size
        watched.fresh.clear()
        watched.timer = null
        options.onFiles(folder, files)
      }, quietMs)
    }
    watcher.on('add', arrived)
    watcher.on('change', arrived)
    watcher.on('error', (error) => {
      const because = error instanceof Error ? error.message : String(error)
      // The system has no watches left to give: looking every other second still works.
      if (!polling && /ENOSPC|EMFILE/.test(because) && folders.get(folder) === watched) {
        end(folder)
        begin(folder, true)
      } else options.onProblem?.(folder, because)
    })
    folders.set(folder, watched)
  }

  const end = (folder: string): void => {
    const watched = folders.get(folder)
    if (watched === undefined) return
    folders.delete(folder)
    if (watched.timer !== null) clearTimeout(watched.timer)
    const closed = watched.watcher.close().finally(() => closing.delete(closed))
    closing.add(closed)
  }

  return {
    set(wanted) {
      const next = new Set(wanted.map((folder) => resolve(folder)))
      for (const folder of [...folders.keys()]) if (!next.has(folder)) end(folder)
      for (const folder of next) if (!folders.has(folder)) begin(folder, false)
    },
    async [Symbol.asyncDispose]() {
      for (const folder of [...folders.keys()]) end(folder)
      await Promise.allSettled(closing)
    },
  }
}

/** Hidden, or still arriving: browsers, phones and our own copies give such names to what is not whole yet. */
const isPassing = (folder: string, path: string): boolean => {
  const below = relative(folder, resolve(path))
  if (below === '' || below.startsWith('..')) return false
  return (
    below.split(sep).some((part) => part.startsWith('.')) || /\.(part|partial|tmp|crdownload|download|filepart|sb-[\w-]+)$/i.test(below)
  )
}
