/**
 * A strict little reader for the pages and feeds we write: every tag closed in order, every attribute double-quoted and named once,
 * every `&` a known entity. Not a browser's parser: what a browser would forgive, this refuses.
 */
export type Element = { name: string; attributes: Record<string, string>; text: string; children: Element[]; content: (string | Element)[] }

const VOID = new Set(['meta', 'link', 'img', 'source', 'br'])
const RAW = new Set(['script', 'style'])

export function readMarkup(text: string, kind: 'html' | 'xml'): Element {
  const root: Element = { name: '#root', attributes: {}, text: '', children: [], content: [] }
  const open: Element[] = [root]
  const token = /<!doctype html>|<\?xml[^>]*\?>|<\/([a-zA-Z][\w:-]*)>|<([a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>|([^<]+)/y
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (match === null) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 80)}`)
    const [, closing, opening, attributes, selfClosing, words] = match
    const parent = open.at(-1) ?? root
    if (words !== undefined) {
      parent.text += decode(words)
      parent.content.push(decode(words))
    }
    if (closing !== undefined && open.pop()?.name !== closing) throw new Error(`</${closing}> closes <${parent.name}> at ${at}`)
    if (opening === undefined) continue
    const element: Element = { name: opening, attributes: readAttributes(attributes ?? ''), text: '', children: [], content: [] }
    parent.children.push(element)
    parent.content.push(element)
    if (selfClosing === '/' || (kind === 'html' && VOID.has(opening))) continue
    if (kind === 'html' && RAW.has(opening)) {
      const end = text.indexOf(`</${opening}`, token.lastIndex)
      element.text = text.slice(token.lastIndex, end)
      token.lastIndex = end + opening.length + 3
      continue
    }
    open.push(element)
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> is never closed`)
  return root
}

/** Every element below, in document order. */
export const all = (element: Element, name?: string): Element[] =>
  element.children.flatMap((child) => [...(name === undefined || child.name === name ? [child] : []), ...all(child, name)])

export const words = (element: Element): string => element.content.map((part) => (typeof part === 'string' ? part : words(part))).join('')

function readAttributes(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name, value] of text.matchAll(/\s+([\w:-]+)(?:="([^"]*)")?/g)) {
    if (name === undefined || Object.hasOwn(found, name)) throw new Error(`attribute ${name} twice in ${text}`)
    found[name] = decode(value ?? '')
  }
  return found
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const decode = (text: string): string =>
  text.replace(/&(?:([#\w]+);)?/g, (whole, name: string | undefined) => {
    const character = ENTITIES[name ?? '']
    if (character === undefined) throw new Error(`stray ampersand or unknown entity: ${whole}`)
    return character
  })

/** RFC 4180. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
    if (end === '') break
  }
  return rows.filter((row) => row.length > 1)
}
