import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { CatalogMedia } from '../catalog.ts'
import { AppError } from '../errors.ts'
import { places } from '../library/places.ts'

/**
 * Puts every file of a listing aside under its own hash, so that what was promised to a shop is what it gets, however long that takes.
 * Paths come in and go out relative to the library. @throws AppError when a file is not what its key says
 */
export async function freezeFiles(dir: string, media: readonly CatalogMedia[]): Promise<CatalogMedia[]> {
  await mkdir(join(dir, places.outbox), { recursive: true })
  const keep = async <T extends { key: string; path: string }>(file: T): Promise<T> => ({ ...file, path: await putAside(dir, file) })
  const frozen: CatalogMedia[] = []
  for (const one of media) {
    const sources = []
    for (const source of one.sources) sources.push(await keep(source))
    frozen.push({ ...(await keep(one)), sources, poster: one.poster === null ? null : await keep(one.poster) })
  }
  return frozen
}

async function putAside(dir: string, file: { key: string; path: string }): Promise<string> {
  const place = join(places.outbox, `${file.key}${extname(file.path)}`)
  const to = join(dir, place)
  const known = await stat(to).catch(() => null)
  if (known?.isFile() === true) return place
  const from = join(dir, file.path)
  const part = `${to}.part`
  await rm(part, { force: true })
  await link(from, part).catch(() => copyFile(from, part))
  const hash = createHash('sha256')
  await pipeline(createReadStream(part), hash)
  if (hash.digest('hex') !== file.key) {
    await rm(part, { force: true })
    throw new AppError('unreadable', `${file.path} is not what was rendered any more`, { next: 'Publish again: it is then rendered anew.' })
  }
  await rename(part, to)
  await using folder = await open(join(dir, places.outbox), 'r')
  await folder.sync().catch(() => undefined)
  return place
}
