import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeDurably } from './durable-file.ts'

/**
 * A small file on every disk that takes second copies. A disk that was pulled leaves its empty mount point behind, which would take copies
 * without a word: what is there without its mark is not the disk.
 */
const markName = '.dropcard-disk'
const marks = z.record(z.string(), z.string())

/** Reads or makes the mark of each disk. @returns JSON of path → mark @throws the system's error when a disk cannot be written */
export async function markDisks(paths: readonly string[], life: string): Promise<string> {
  const found: Record<string, string> = {}
  for (const path of paths) {
    await mkdir(path, { recursive: true })
    const known = (await readFile(join(path, markName), 'utf8').catch(() => '')).trim()
    found[path] = /^[0-9a-f-]{36}$/.test(known) ? known : randomUUID()
    if (found[path] !== known) await writeDurably({ root: path, path: join(path, markName) }, life, [`${found[path]}\n`])
  }
  return JSON.stringify(found)
}

/** The first disk that is not the one it was at the start, or null. */
export async function missingDisk(marked: string): Promise<string | null> {
  for (const [path, mark] of Object.entries(marks.parse(JSON.parse(marked)))) {
    const found = (await readFile(join(path, markName), 'utf8').catch(() => '')).trim()
    if (found !== mark) return path
  }
  return null
}
