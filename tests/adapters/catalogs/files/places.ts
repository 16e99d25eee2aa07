import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { openFiles } from '../../../../main/adapters/catalogs/files.ts'
import type { Catalog, CatalogReply } from '../../../../main/core/catalog.ts'
import { sha256 } from '../shop.ts'
import { ftpStandIn } from './servers/ftp.ts'
import { s3StandIn } from './servers/s3.ts'
import { sftpStandIn } from './servers/sftp.ts'
import { davStandIn } from './servers/webdav.ts'

/** A place that takes files, with a way to look into it from behind. */
export type Place = {
  config: Record<string, string>
  secrets: Record<string, string>
  /** Path → content of every file there. */
  files(): Promise<Map<string, Buffer>>
  /** Free space ends, or comes back. */
  fill?: (isFull: boolean) => void
  [Symbol.asyncDispose](): Promise<void>
}

export const value = <T>(reply: CatalogReply<T>): T => {
  if (!reply.ok) throw new Error(`${reply.problem.class} ${reply.problem.code}: ${reply.problem.message}`)
  return reply.value
}
export const openAt = (
  place: Pick<Place, 'config' | 'secrets'>,
  more: Record<string, string> = {},
  deps: { timeoutMs?: number; ca?: string } = {},
): Catalog =>
  value(
    openFiles({ name: 'files', kind: 'files', config: { baseUrl: 'https://cdn.example/shop', ...place.config, ...more } }, place.secrets, {
      timeoutMs: 10_000,
      ...deps,
    }),
  )

export async function tempRoot(): Promise<{ root: string; files(): Promise<Map<string, Buffer>>; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'dropcard-files-'))
  return { root, files: () => filesIn(root), remove: () => rm(root, { recursive: true, force: true }) }
}

export async function filesIn(root: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for (const name of await readdir(root, { recursive: true })) {
    const path = join(root, name)
    if ((await stat(path)).isFile()) found.set(relative(root, path), await readFile(path))
  }
  return found
}

/** Pictures there, public and hidden, by whole path; parts that nobody sees are left out. */
export const mediaIn = (files: ReadonlyMap<string, Buffer>): string[] =>
  [...files]
    .filter(([path]) => /media\/[0-9a-f]{64}\.(jpg|mp4)$/.test(path))
    .map(([path, bytes]) => `${path.startsWith('media/') ? 'public' : 'hidden'} ${sha256(bytes)}`)

export const standIns: Record<string, () => Promise<Place>> = {
  folder: folderPlace,
  async ftp() {
    const { root, files, remove } = await tempRoot()
    await mkdir(join(root, 'www'))
    const server = await ftpStandIn(root)
    return {
      config: { target: 'ftp', address: `${server.address}/www`, user: 'seller' },
      secrets: { password: server.password.now },
      files: async () => new Map([...(await files())].map(([path, bytes]) => [path.replace(/^www\//, ''), bytes])),
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await remove()
      },
    }
  },
  async sftp() {
    const { root, files, remove } = await tempRoot()
    const server = await sftpStandIn(root)
    return {
      config: { target: 'sftp', address: server.address, user: 'seller', fingerprint: server.fingerprint },
      secrets: { privateKey: server.userKey },
      files,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await remove()
      },
    }
  },
  async s3() {
    const server = await s3StandIn()
    return {
      config: { target: 's3', address: `${server.url}/stall/a%20shop`, user: 'AK1', region: 'eu-test-1' },
      secrets: { password: server.secret.now },
      files: async () => new Map([...server.objects].map(([name, { bytes }]) => [name.replace(/^a shop\//, ''), bytes])),
      fill: (isFull) => {
        server.orders.full = isFull
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
  async webdav() {
    const { root, files, remove } = await tempRoot()
    const server = await davStandIn(root)
    return {
      config: { target: 'webdav', address: server.url, user: 'seller' },
      secrets: { password: server.password.now },
      files,
      fill: (isFull) => {
        server.orders.full = isFull
      },
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await remove()
      },
    }
  },
}

export async function folderPlace(): Promise<Place> {
  const { root, files, remove } = await tempRoot()
  return { config: { target: 'folder', folder: root }, secrets: {}, files, [Symbol.asyncDispose]: remove }
}
