import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql'

/**
 * Shopify's own published schema of its Admin API, taken out of one pinned npm package (ISC, 13.9 MB, which is why it is neither installed nor
 * committed) into `.cache/`. What arrives is compared with the hash below before anything in it is read.
 */
const PACKAGE = '@shopify/dev-mcp@1.16.0'
const SHA512 = 'tqgRnK7sQhjew+htxtleTH23nXB5fZcsrhWgEkomsorGXvLOB2mh2upwZm8uzuTDNTZnqtLMe64yIwh6s2awtw=='
const VERSIONS = ['2026-10', '2026-01'] as const
export type SchemaVersion = (typeof VERSIONS)[number]

const cache = resolve(import.meta.dirname, '../../../../.cache/shopify-dev-mcp-1.16.0')

/** Where the schemas lie, or why they cannot be had: then suites that need them count as skipped. */
export async function shopifySchemas(): Promise<{ folder: string } | { reason: string }> {
  const names = VERSIONS.map((version) => `admin_${version}.json.gz`)
  if (names.every((name) => existsSync(join(cache, name)))) return { folder: cache }
  await mkdir(cache, { recursive: true })
  const there = await elsewhere(() => names.every((name) => existsSync(join(cache, name))))
  if (there) return { folder: cache }
  const scratch = await mkdtemp(join(cache, 'pack-'))
  try {
    // Not in this project's folder: its own package.json must not be what is packed.
    await promisify(execFile)('npm', ['pack', PACKAGE, '--silent', '--fetch-retries=0', '--pack-destination', scratch], {
      cwd: scratch,
      timeout: 60_000,
      shell: process.platform === 'win32',
    })
    const packed = await readFile(join(scratch, 'shopify-dev-mcp-1.16.0.tgz'))
    const hash = createHash('sha512').update(packed).digest('base64')
    if (hash !== SHA512) throw new Error(`${PACKAGE} is not the package that was pinned: expected sha512 ${SHA512}, got ${hash}`)
    const files = untar(gunzipSync(packed), (name) => names.find((wanted) => name === `package/dist/data/${wanted}`) ?? null)
    for (const name of names) {
      const bytes = files.get(name)
      if (bytes === undefined) throw new Error(`${PACKAGE} has no ${name}`)
      // Several suites may do this at once: a name only ever holds a whole file.
      const part = join(scratch, `${name}.${randomUUID()}`)
      await writeFile(part, bytes)
      await rename(part, join(cache, name))
    }
    return { folder: cache }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    // A wrong hash is no reason to skip.
    if (message.includes('pinned')) throw thrown
    return {
      reason: `[needs Shopify's schema, which could not be fetched from the npm registry: ${(message.split('\n')[0] ?? '').replaceAll(']', ')')}]`,
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
    await rm(lock, { recursive: true, force: true })
  }
}

const lock = join(cache, 'lock')
/** Suites start side by side and the package is large: one fetches it, the others wait for that one. true: it is there now. */
async function elsewhere(isThere: () => boolean): Promise<boolean> {
  const until = Date.now() + 90_000
  while (Date.now() < until) {
    if (isThere()) return true
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (mine) {
      if (!isThere()) return false
      await rm(lock, { recursive: true, force: true })
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  // Whoever held it is gone.
  return isThere()
}

export async function readSchema(folder: string, version: SchemaVersion): Promise<GraphQLSchema> {
  const text = gunzipSync(await readFile(join(folder, `admin_${version}.json.gz`))).toString('utf8')
  const { data } = JSON.parse(text) as { data: IntrospectionQuery }
  return buildClientSchema(data, { assumeValid: true })
}

/** Some files of a tar archive by the names that `pick` gives them. */
function untar(bytes: Buffer, pick: (name: string) => string | null): Map<string, Buffer> {
  const found = new Map<string, Buffer>()
  const field = (at: number, from: number, length: number) => bytes.toString('latin1', at + from, at + from + length).split('\0')[0] ?? ''
  for (let at = 0; at + 512 <= bytes.length && field(at, 0, 100) !== ''; ) {
    const size = Number.parseInt(field(at, 124, 12), 8)
    const prefix = field(at, 345, 155)
    const name = pick(`${prefix === '' ? '' : `${prefix}/`}${field(at, 0, 100)}`)
    if (name !== null) found.set(name, bytes.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return found
}
