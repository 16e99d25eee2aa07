import { randomBytes } from 'node:crypto'
import { copyFile, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CatalogReply } from '../../../core/catalog.ts'
import { type Body, bytesOf, check, good, isFull, isGone, no, sha256Of, type Target, wrongSize } from './target.ts'

/** A folder on a disk or a share of the network that the system shows as one. */
export function folderTarget(root: string): Target {
  const attempt = async <T>(act: () => Promise<CatalogReply<T>>): Promise<CatalogReply<T>> => {
    try {
      return await act()
    } catch (thrown) {
      return refusal(thrown, root)
    }
  }
  return {
    where: root,
    put: (path, body) =>
      attempt(async () => {
        const checked = await check(body)
        if (!checked.ok) return checked
        // The root itself is never made: a disk that is not plugged in must not become a folder on another one.
        await lstat(root)
        const target = join(root, path)
        await mkdir(dirname(target), { recursive: true })
        const part = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.part`)
        try {
          await fill(part, body)
          const written = await sha256Of(part)
          const isRight = body.kind === 'text' ? written?.bytes === bytesOf(body) : written?.sha256 === body.sha256
          if (!isRight) return wrongSize(root, path, bytesOf(body), written?.bytes ?? null)
          await rename(part, target)
        } finally {
          await rm(part, { force: true })
        }
        return good(null)
      }),
    sizes: (folder, names) =>
      attempt(async () => {
        const found = new Map<string, number>()
        for (const name of names) {
          const stats = await lstat(join(root, folder, name)).catch(absent)
          if (stats?.isFile() === true) found.set(name, stats.size)
        }
        return good(found)
      }),
    read: (path, most) =>
      attempt(async () => {
        const stats = await lstat(join(root, path)).catch(absent)
        if (stats === null) return good(null)
        if (!stats.isFile() || stats.size > most) return no('conflict', 'in-the-way', `Expected a small plain file at ${path} in ${root}.`)
        return good(await readFile(join(root, path), 'utf8'))
      }),
    list: (folder) =>
      attempt(async () => {
        if (folder === '') await lstat(root)
        const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(absent)) ?? []
        return good(entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() })))
      }),
    move: (from, to) =>
      attempt(async () => {
        if ((await lstat(join(root, from)).catch(absent)) === null) return isGone(root, from)
        await mkdir(dirname(join(root, to)), { recursive: true })
        await rename(join(root, from), join(root, to))
        return good(null)
      }),
    remove: (path) =>
      attempt(async () => {
        await rm(join(root, path), { force: true })
        return good(null)
      }),
  }
}

async function fill(part: string, body: Body): Promise<void> {
  if (body.kind === 'file') await copyFile(body.path, part)
  const file = await open(part, body.kind === 'file' ? 'r+' : 'wx')
  try {
    if (body.kind === 'text') await file.writeFile(body.text, 'utf8')
    await file.sync()
  } finally {
    await file.close()
  }
}

const absent = (thrown: unknown): null => {
  if (codeOf(thrown) === 'ENOENT') return null
  throw thrown
}
const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '')

function refusal(thrown: unknown, root: string): CatalogReply<never> {
  const code = codeOf(thrown)
  if (code === 'ENOSPC' || code === 'EDQUOT') return isFull(root)
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'EHOSTDOWN' || code === 'ESTALE' || code === 'EIO')
    return no('retryable', code, `${root} is not there (${code}). Plug the disk in or connect the share; publishing then goes on.`)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return no('auth', code, `${root} cannot be written (${code}). Give yourself write access to it, or choose another folder.`)
  if (code === '') throw thrown
  return no('retryable', code, `${root} could not be changed (${code}). It is tried again; if it stays, look at the disk.`)
}
