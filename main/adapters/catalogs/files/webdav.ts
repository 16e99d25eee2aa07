import { randomBytes } from 'node:crypto'
import type { CatalogReply } from '../../../core/catalog.ts'
import { type HttpReply, type HttpRequest, told } from '../http.ts'
import { bytesOf, check, foldersOf, good, isGone, side, type Target, wrongSize } from './target.ts'
import { ask, childrenOf, elementsIn, encodedPath, nonsense, textFrom, textIn } from './web.ts'

const WIDTH = 4
const PROPS = '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><getcontentlength/><resourcetype/></prop></propfind>'

/** A folder on a WebDAV server (RFC 4918). `address` ends in a slash. Files are sent under another name and moved to their own when they are whole. */
export function webdavTarget(address: URL, sign: { user: string; password: string }, timeoutMs: number): Target {
  const where = told(address.host)
  const basic = Buffer.from(`${sign.user}:${sign.password}`, 'utf8').toString('base64')
  const urlOf = (path: string): URL => new URL(encodedPath(path), address)
  const call = (
    request: Pick<HttpRequest, 'method' | 'url' | 'signal' | 'body' | 'headers' | 'maxReplyBytes'>,
    fine: readonly number[],
  ): Promise<CatalogReply<HttpReply>> =>
    ask({ ...request, ...(sign.user === '' ? {} : { credentials: { authorization: `Basic ${basic}` } }), timeoutMs }, where, fine)
  const body = { kind: 'text', text: PROPS, type: 'application/xml' } as const
  const made = new Set<string>()

  const sizeOf = async (path: string, signal: AbortSignal): Promise<CatalogReply<number | null>> => {
    const got = await call({ method: 'PROPFIND', url: urlOf(path), headers: { depth: '0' }, body, signal }, [207, 404])
    if (!got.ok || got.value.status === 404) return got.ok ? good(null) : got
    const root = elementsIn(got.value, 'multistatus')
    const length = root === null ? null : textIn(root, 'getcontentlength')
    return length !== null && /^\d+$/.test(length.trim()) ? good(Number(length)) : nonsense(where, false, 'expected the size of a file')
  }
  /** 405: it is there already. 409: the one above is missing. */
  // One at a time: two requests for the same folder may both fail.
  let making: Promise<unknown> = Promise.resolve()
  const needFolders = (path: string, signal: AbortSignal): Promise<CatalogReply<null>> => {
    const next = making.then(() => makeFolders(path, signal))
    making = next
    return next
  }
  const makeFolders = async (path: string, signal: AbortSignal): Promise<CatalogReply<null>> => {
    for (const folder of foldersOf(path)) {
      if (made.has(folder)) continue
      const reply = await call({ method: 'MKCOL', url: urlOf(`${folder}/`), signal }, [200, 201, 405])
      if (!reply.ok) return reply
      made.add(folder)
    }
    return good(null)
  }

  const target: Target = {
    where,

    async put(path, content, type, signal) {
      const checked = await check(content)
      if (!checked.ok) return checked
      const folders = await needFolders(path, signal)
      if (!folders.ok) return folders
      const part = `${path}.${randomBytes(4).toString('hex')}.part`
      const sent = await call(
        {
          method: 'PUT',
          url: urlOf(part),
          body: content.kind === 'file' ? { kind: 'file', file: content, type } : { kind: 'text', text: content.text, type },
          signal,
        },
        [200, 201, 204],
      )
      const size = sent.ok ? await sizeOf(part, signal) : sent
      const ended = !size.ok
        ? unfinished(size, where)
        : size.value === bytesOf(content)
          ? await target.move(part, path, signal)
          : wrongSize(where, path, bytesOf(content), size.value)
      // A folder that was taken away meanwhile is made again the next time.
      if (!ended.ok) made.clear()
      // What is left of a part is in nobody's way; taking it away may fail as well.
      if (!ended.ok && ended.problem.code !== 'offline') await target.remove(part, signal)
      return ended
    },

    async sizes(folder, names, signal) {
      const found = await side(names, WIDTH, async (name) => {
        const size = await sizeOf(`${folder}/${name}`, signal)
        return size.ok ? good([name, size.value] as const) : size
      })
      return found.ok ? good(new Map(found.value.flatMap(([name, size]) => (size === null ? [] : [[name, size]])))) : found
    },

    async read(path, most, signal) {
      const got = await call({ method: 'GET', url: urlOf(path), signal, maxReplyBytes: most }, [200, 404])
      return got.ok ? textFrom(got.value, where) : got
    },

    async list(folder, signal) {
      const url = urlOf(folder === '' ? '' : `${folder}/`)
      const got = await call({ method: 'PROPFIND', url, headers: { depth: '1' }, body, signal }, folder === '' ? [207] : [207, 404])
      if (!got.ok || got.value.status === 404) return got.ok ? good([]) : got
      const root = elementsIn(got.value, 'multistatus')
      if (root === null) return nonsense(where, false, 'expected the list of a folder')
      return good(
        childrenOf(root, 'response').flatMap((one) => {
          const at = URL.parse(textIn(one, 'href')?.trim() ?? '', url.href)
          if (at === null || !at.pathname.startsWith(url.pathname)) return []
          const name = at.pathname.slice(url.pathname.length).replace(/\/$/, '')
          if (name === '' || name.includes('/')) return []
          return [{ name: decoded(name), isFolder: childrenOf(one, 'collection').length > 0 }]
        }),
      )
    },

    async move(from, to, signal) {
      const folders = await needFolders(to, signal)
      if (!folders.ok) return folders
      const headers = { destination: urlOf(to).href, overwrite: 'T' }
      const moved = await call({ method: 'MOVE', url: urlOf(from), headers, signal }, [200, 201, 204, 404])
      if (!moved.ok) return moved
      return moved.value.status === 404 ? isGone(where, from) : good(null)
    },

    async remove(path, signal) {
      const gone = await call({ method: 'DELETE', url: urlOf(path), signal }, [200, 204, 404])
      return gone.ok ? good(null) : gone
    },
  }
  return target
}

/** What was lost was a part, under a name that nobody looks for: it can simply be sent again. */
function unfinished(end: CatalogReply<unknown>, where: string): CatalogReply<never> {
  if (end.ok) throw new TypeError('a good end')
  if (end.problem.class !== 'ambiguous') return end
  const message = `${where} did not take the whole file (${end.problem.code}). Nothing stands under its name; it is sent again.`
  const wait = end.problem.retryAfterMs === undefined ? {} : { retryAfterMs: end.problem.retryAfterMs }
  return { ok: false, problem: { class: 'retryable', code: end.problem.code, message, ...wait } }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
