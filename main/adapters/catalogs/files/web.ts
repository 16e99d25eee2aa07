import { DOMParser, type Element } from '@xmldom/xmldom'
import type { CatalogReply } from '../../../core/catalog.ts'
import { type HttpReply, type HttpRequest, problemOf, send, textOf } from '../http.ts'
import { good, isFull } from './target.ts'

/** One HTTP request of a target; statuses in `fine` are the caller's, everything else is a problem. */
export async function ask(
  request: HttpRequest,
  where: string,
  fine: readonly number[],
  more: (reply: HttpReply) => CatalogReply<never> | null = () => null,
): Promise<CatalogReply<HttpReply>> {
  const changes = !['GET', 'HEAD', 'PROPFIND'].includes(request.method)
  const end = await send(request)
  if (end.kind === 'failure') return { ok: false, problem: problemOf(end, { shop: where, changes }) }
  if (fine.includes(end.status)) return { ok: true, value: end }
  if (end.status === 507) return isFull(where)
  return more(end) ?? { ok: false, problem: problemOf(end, { shop: where, changes }) }
}

/** Elements with this local name, whatever their prefix; null = the answer is not XML. */
export function elementsIn(reply: HttpReply, root: string): Element | null {
  try {
    const text = textOf(reply)
    if (/<!DOCTYPE|<!ENTITY/i.test(text)) return null
    const { documentElement } = new DOMParser({ onError: () => undefined }).parseFromString(text, 'text/xml')
    return documentElement?.localName === root ? documentElement : null
  } catch {
    return null
  }
}

export const childrenOf = (element: Element, name: string): Element[] =>
  [...element.getElementsByTagName('*')].filter((one) => one.localName === name)
export const textIn = (element: Element, name: string): string | null => childrenOf(element, name)[0]?.textContent ?? null

/** An answer that cannot be used: looked up after a change, asked again otherwise. */
export const nonsense = (where: string, changes: boolean, detail: string): CatalogReply<never> => ({
  ok: false,
  problem: problemOf({ kind: 'failure', why: 'nonsense', sent: true, code: 'nonsense', detail }, { shop: where, changes }),
})

export const encodedPath = (path: string, encode: (part: string) => string = encodeURIComponent): string =>
  path.split('/').map(encode).join('/')

/** The text of a file of ours; none is a web page, as a network that wants a sign-in first would show. */
export function textFrom(reply: HttpReply, where: string): CatalogReply<string | null> {
  if (reply.status === 404) return good(null)
  if (reply.headers.get('content-type')?.startsWith('text/html') === true) return nonsense(where, false, 'a web page')
  return good(textOf(reply))
}
