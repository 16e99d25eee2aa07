import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { CatalogProblem, CatalogReply } from '../../../core/catalog.ts'

export type Body = { kind: 'file'; path: string; bytes: number; sha256: string } | { kind: 'text'; text: string }

/**
 * A place that keeps files, whatever it is reached by. Paths are relative, parted by `/`, made of plain names only. Nothing throws, nothing is tried again.
 * A file stands under its name whole or not at all, wherever the protocol allows it.
 */
export interface Target {
  /** How it is called in messages: host or folder. */
  readonly where: string
  /** Folders on the way are made. What stood there is replaced. Answers only when the size there is right. */
  put(path: string, body: Body, type: string, signal: AbortSignal): Promise<CatalogReply<null>>
  /** Bytes of those that are there, by name. */
  sizes(folder: string, names: readonly string[], signal: AbortSignal): Promise<CatalogReply<Map<string, number>>>
  /** null = there is none. */
  read(path: string, mostBytes: number, signal: AbortSignal): Promise<CatalogReply<string | null>>
  /** Names in a folder; none when it is not there. */
  list(folder: string, signal: AbortSignal): Promise<CatalogReply<{ name: string; isFolder: boolean }[]>>
  /** Replaces what stands at `to`. Nothing at `from` is `permanent` "gone". */
  move(from: string, to: string, signal: AbortSignal): Promise<CatalogReply<null>>
  /** Nothing there is fine. */
  remove(path: string, signal: AbortSignal): Promise<CatalogReply<null>>
}

export const good = <T>(value: T): CatalogReply<T> => ({ ok: true, value })
export const no = (kind: CatalogProblem['class'], code: string, message: string): CatalogReply<never> => ({
  ok: false,
  problem: { class: kind, code, message },
})

export const isFull = (where: string): CatalogReply<never> =>
  no(
    'retryable',
    'disk-full',
    `There is no room left in ${where}. Free some space there; publishing then goes on. Nothing half was left under a name.`,
  )
export const isGone = (where: string, path: string): CatalogReply<never> =>
  no('permanent', 'gone', `Expected ${path} in ${where}, it is not there any more. Publish the listing again.`)
export const wrongSize = (where: string, path: string, wanted: number, found: number | null): CatalogReply<never> =>
  no('retryable', 'size', `${where} keeps ${found ?? 'none'} of the ${wanted} bytes of ${path}. It is sent again.`)

export const bytesOf = (body: Body): number => (body.kind === 'file' ? body.bytes : Buffer.byteLength(body.text))

/** Nothing may go out that is not what was promised. */
export async function check(body: Body): Promise<CatalogReply<null>> {
  if (body.kind === 'text') return good(null)
  const sum = await sha256Of(body.path)
  if (sum?.sha256 === body.sha256 && sum.bytes === body.bytes) return good(null)
  return no('permanent', 'file', `The file to send is not the one that was made: ${body.path}. Render it again.`)
}

export async function sha256Of(path: string): Promise<{ sha256: string; bytes: number } | null> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
  } catch {
    return null
  }
  return { sha256: hash.digest('hex'), bytes }
}

/** `a/b/c.jpg` is `['a', 'a/b']`. */
export const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, n, parts) => parts.slice(0, n + 1).join('/'))

/** Runs these side by side; the first failure is the answer. */
export async function side<A, B>(all: readonly A[], width: number, act: (one: A) => Promise<CatalogReply<B>>): Promise<CatalogReply<B[]>> {
  const found: B[] = []
  for (let from = 0; from < all.length; from += width) {
    for (const reply of await Promise.all(all.slice(from, from + width).map(act))) {
      if (!reply.ok) return reply
      found.push(reply.value)
    }
  }
  return good(found)
}
