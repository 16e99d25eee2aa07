import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

/** The checkout these checks look at. */
export const repositoryRoot = resolve(import.meta.dirname, '../..')

export type RepositoryFile = { path: string; bytes: number }

/** Reads the plain lines of a .gitignore (`name/`, `name`, `*.ext`); anything cleverer is refused, so that nothing is left out by accident. */
export function parseIgnores(text: string): (name: string, path: string) => boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const clever = lines.find((line) => /[!?[\]]/.test(line) || /\*(?!\.)/.test(line))
  if (clever !== undefined)
    throw new Error(`.gitignore: expected plain names, paths or *.ext, got "${clever}". Spell it out, or teach parseIgnores.`)
  const suffixes = lines.filter((line) => line.startsWith('*')).map((line) => line.slice(1))
  const plain = lines.filter((line) => !line.startsWith('*')).map((line) => line.replace(/^\/|\/$/g, ''))
  return (name, path) =>
    suffixes.some((suffix) => name.endsWith(suffix)) || plain.some((line) => (line.includes('/') ? path === line : name === line))
}

/** Every file that belongs to the project (ignored ones left out), with forward slashes, sorted. Symlinks are not followed. */
export function listRepository(root: string): RepositoryFile[] {
  const ignored = parseIgnores(readFileSync(join(root, '.gitignore'), 'utf8'))
  const found: RepositoryFile[] = []
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name)
      const path = relative(root, full).split(sep).join('/')
      if (entry.name === '.git' || ignored(entry.name, path)) continue
      if (entry.isDirectory()) walk(full)
      else if (entry.isFile()) found.push({ path, bytes: statSync(full).size })
    }
  }
  walk(root)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}
