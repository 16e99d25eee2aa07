import { AppError } from '../errors.ts'

/**
 * A small strict reader for XML that machines wrote: elements, attributes, text, comments. What manifests do not need and attacks do is refused:
 * document types and their entities, CDATA, processing instructions, several roots. https://www.w3.org/TR/xml/ (1.0, fifth edition)
 */
export type XmlElement = { name: string; attributes: ReadonlyMap<string, string>; children: XmlElement[]; text: string; line: number }

const limits = { depth: 16, attributes: 16, text: 16_384, name: 80, elements: 1_800_000 }
const none: ReadonlyMap<string, string> = new Map()
const namePattern = /[A-Za-z_][\w.:-]*/y
const space = /[ \t\r\n]*/y
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const isXmlChar = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

/** What XML 1.0 does not allow: most control characters, two that are none, and halves of characters. */
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/**
 * Parses a whole document into its root element. Text beside elements is dropped.
 * @throws AppError unreadable, with the line and what was expected
 */
export function readXml(source: string): XmlElement {
  const text = source.startsWith('\ufeff') ? source.slice(1) : source
  let at = 0
  let elements = 0
  let lineAt = 0
  let line = 1
  const lineOf = (place: number): number => {
    for (let next = text.indexOf('\n', lineAt); next !== -1 && next < place; next = text.indexOf('\n', lineAt)) {
      line += 1
      lineAt = next + 1
    }
    return line
  }
  const fail = (expected: string, came = text.slice(at, at + 24)): AppError =>
    new AppError(
      'unreadable',
      `This is not a manifest that can be read: line ${lineOf(at)}: expected ${expected}, came ${JSON.stringify(came)}`,
      {
        next: 'Choose an .mhl file that was written by Dropcard or another ASC MHL program, and that nobody has edited.',
      },
    )
  const skip = (): void => {
    space.lastIndex = at
    space.test(text)
    at = space.lastIndex
  }
  const name = (): string => {
    namePattern.lastIndex = at
    const found = namePattern.exec(text)?.[0]
    if (found === undefined || found.length > limits.name) throw fail('a name')
    at += found.length
    return found
  }
  const decoded = (raw: string, isValue: boolean): string => {
    if (raw.length > limits.text) throw fail(`at most ${limits.text} characters of text`, `${raw.length} characters`)
    const plain = raw.replace(/\r\n?/g, '\n').replace(isValue ? /[\n\t]/g : /(?!)/g, ' ')
    return plain.replace(/&([^;&\s]{1,12};)?/g, (whole, body: string | undefined) => {
      const key = body?.slice(0, -1) ?? ''
      const named = Object.hasOwn(entities, key) ? entities[key] : undefined
      if (named !== undefined) return named
      const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(key)
      const code = number === null ? -1 : number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16)
      if (!isXmlChar(code)) throw fail('&amp; &lt; &gt; &quot; &apos; or the number of a character', whole)
      return String.fromCodePoint(code)
    })
  }
  const attributesOf = (): ReadonlyMap<string, string> => {
    let found: Map<string, string> | null = null
    for (;;) {
      const before = at
      skip()
      if (text[at] === '>' || text[at] === '/' || text[at] === '?') return found ?? none
      if (before === at) throw fail('a space before an attribute')
      const key = name()
      skip()
      if (text[at] !== '=') throw fail('=')
      at += 1
      skip()
      const quote = text[at]
      if (quote !== '"' && quote !== "'") throw fail('a quoted value')
      const end = text.indexOf(quote, at + 1)
      if (end === -1) throw fail(`the closing ${quote}`)
      const raw = text.slice(at + 1, end)
      if (raw.includes('<')) throw fail('a value without <')
      found ??= new Map()
      if (found.has(key)) throw fail('each attribute once', key)
      if (found.size >= limits.attributes) throw fail(`at most ${limits.attributes} attributes`)
      found.set(key, decoded(raw, true))
      at = end + 1
    }
  }
  const comment = (): void => {
    const end = text.indexOf('--', at + 4)
    if (end === -1 || text[end + 2] !== '>') throw fail('the end of a comment')
    at = end + 3
  }

  const bad = illegal.exec(text)
  if (bad !== null) {
    at = bad.index
    throw fail('text', bad[0])
  }
  if (text.startsWith('<?xml')) {
    at = 5
    const declared = attributesOf().get('encoding')
    if (declared !== undefined && !/^utf-8$/i.test(declared)) throw fail('UTF-8', declared)
    if (!text.startsWith('?>', at)) throw fail('?>')
    at += 2
  }
  let root: XmlElement | null = null
  const open: XmlElement[] = []
  while (at < text.length) {
    const parent = open.at(-1)
    const next = text.indexOf('<', at)
    const raw = text.slice(at, next === -1 ? text.length : next)
    if (parent === undefined ? raw.trim() !== '' : raw.includes(']]>')) throw fail(parent === undefined ? 'an element' : 'text without ]]>')
    if (parent !== undefined) {
      const more = decoded(raw, false)
      // The space between elements says nothing; what is beside elements is not ours.
      if (parent.children.length === 0) parent.text += more
      if (parent.text.length > limits.text) throw fail(`at most ${limits.text} characters of text`, `${parent.text.length} characters`)
    }
    if (next === -1) {
      at = text.length
      break
    }
    at = next
    if (text.startsWith('<!--', at)) comment()
    else if (text.startsWith('</', at)) {
      at += 2
      const ends = name()
      skip()
      if (text[at] !== '>') throw fail('>')
      if (parent === undefined || parent.name !== ends)
        throw fail(parent === undefined ? 'nothing to close' : `</${parent.name}>`, `</${ends}>`)
      at += 1
      open.pop()
    } else if (text[at + 1] === '!' || text[at + 1] === '?')
      throw fail('an element (document types, entities, CDATA and instructions are not read)')
    else {
      if (parent === undefined && root !== null) throw fail('the end of the file')
      const began = lineOf(at)
      at += 1
      const element: XmlElement = { name: name(), attributes: attributesOf(), children: [], text: '', line: began }
      elements += 1
      if (elements > limits.elements) throw fail(`at most ${limits.elements} elements`, 'more')
      if (open.length >= limits.depth) throw fail(`at most ${limits.depth} elements inside each other`)
      if (parent === undefined) root = element
      else parent.children.push(element)
      if (text.startsWith('/>', at)) at += 2
      else if (text[at] === '>') {
        at += 1
        open.push(element)
      } else throw fail('> or />')
    }
  }
  if (open.length > 0) throw fail(`</${open.at(-1)?.name ?? ''}>`, 'the end of the file')
  if (root === null) throw fail('an element', 'an empty file')
  return root
}
