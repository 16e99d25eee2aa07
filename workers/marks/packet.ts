import { DOMParser, type Document, type Element, onErrorStopParsing, XMLSerializer } from '@xmldom/xmldom'
import { Refusal } from '../protocol.ts'

/** Namespaces of XMP: Part 1 (rdf, x, xmp, dc) and Part 2 (xmpDM) of ISO 16684. */
export const names = {
  x: 'adobe:ns:meta/',
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xmpDM: 'http://ns.adobe.com/xmp/1.0/DynamicMedia/',
  dc: 'http://purl.org/dc/elements/1.1/',
} as const
export type Prefix = keyof typeof names

/** Real packets are a few kilobytes; Lightroom's with long edit histories reach one megabyte. */
const mostBytes = 8 * 2 ** 20

/** One XMP packet as a tree: everything another program wrote stays where it is. */
export type Packet = { document: Document; descriptions: Element[] }

const xmlns = 'http://www.w3.org/2000/xmlns/'
const empty = `<x:xmpmeta xmlns:x="${names.x}"><rdf:RDF xmlns:rdf="${names.rdf}"><rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>`

/**
 * Reads a packet (the contents of a .xmp file, or of the segment in a JPEG). null or blank = a new, empty one.
 * Declarations of document types are refused, so no entity can be defined, fetched or multiplied.
 * @throws Refusal damaged, unsupported, too-large
 */
export function parsePacket(bytes: Uint8Array | null): Packet {
  if (bytes !== null && bytes.length > mostBytes)
    throw new Refusal('too-large', `expected notes (XMP) of at most 8 MB, found ${bytes.length} bytes`)
  let text: string
  try {
    text = bytes === null ? '' : new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal('unsupported', 'expected notes (XMP) in UTF-8, found another encoding')
  }
  // Writers pad packets with blanks or NULs.
  text = text.replaceAll('\0', ' ').trim()
  if (text === '') text = empty
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw new Refusal('unsupported', 'the notes (XMP) declare a document type, which no camera or editor does')
  let document: Document
  try {
    document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'text/xml')
  } catch (error) {
    throw new Refusal('damaged', `the notes (XMP) are not well-formed: ${firstLine(error)}`)
  }
  const rdf = document.getElementsByTagNameNS(names.rdf, 'RDF').item(0)
  if (rdf === null) throw new Refusal('damaged', 'expected rdf:RDF in the notes (XMP), found none')
  const descriptions = elements(rdf).filter((one) => is(one, 'rdf', 'Description'))
  if (descriptions.length === 0) {
    const made = document.createElementNS(names.rdf, 'rdf:Description')
    made.setAttributeNS(names.rdf, 'rdf:about', '')
    rdf.appendChild(made)
    descriptions.push(made)
  }
  return { document, descriptions }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 160) ?? ''

export const elements = (parent: Element): Element[] => {
  const found: Element[] = []
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) if (isElement(node)) found.push(node)
  return found
}
const isElement = (node: { nodeType: number }): node is Element => node.nodeType === 1

export const is = (element: Element, prefix: Prefix, name: string): boolean =>
  element.namespaceURI === names[prefix] && element.localName === name

/** A plain value, written as an attribute or as an element: both are XMP. null when it is absent. */
export function simple(packet: Packet, prefix: Prefix, name: string): string | null {
  for (const description of packet.descriptions) {
    if (description.hasAttributeNS(names[prefix], name)) return description.getAttributeNS(names[prefix], name)
    const found = elements(description).find((one) => is(one, prefix, name))
    if (found !== undefined) return (found.textContent ?? '').trim()
  }
  return null
}

/** Sets a plain value in the form and place it has already, once; '' takes it out. */
export function setSimple(packet: Packet, prefix: Prefix, name: string, value: string): void {
  let left: string | null = value === '' ? null : value
  for (const description of packet.descriptions) {
    if (description.hasAttributeNS(names[prefix], name)) {
      if (left === null) description.removeAttributeNS(names[prefix], name)
      else description.setAttributeNS(names[prefix], qualified(description, prefix, name), left)
      left = null
    }
    for (const found of elements(description).filter((one) => is(one, prefix, name))) {
      if (left === null) description.removeChild(found)
      else found.textContent = left
      left = null
    }
  }
  const [first] = packet.descriptions
  if (left !== null && first !== undefined) first.setAttributeNS(names[prefix], qualified(first, prefix, name), left)
}

/** `prefix:name` as this packet spells the namespace; declared where nobody has yet. */
function qualified(at: Element, prefix: Prefix, name: string): string {
  const known = at.lookupPrefix(names[prefix])
  if (known !== null && known !== '') return `${known}:${name}`
  let free: string = prefix
  for (let n = 2; taken(at, free, prefix); n += 1) free = `${prefix}${n}`
  at.setAttributeNS(xmlns, `xmlns:${free}`, names[prefix])
  return `${free}:${name}`
}

function taken(at: Element, free: string, prefix: Prefix): boolean {
  const uri = at.lookupNamespaceURI(free)
  return uri !== null && uri !== names[prefix]
}

type Kind = 'Alt' | 'Bag' | 'Seq'

/** The entries of a list (dc:subject …); a plain value counts as a list of one. */
export function list(packet: Packet, prefix: Prefix, name: string): string[] {
  for (const description of packet.descriptions) {
    const found = elements(description).find((one) => is(one, prefix, name))
    if (found === undefined) continue
    const entries = elements(found).flatMap((container) => elements(container).filter((one) => is(one, 'rdf', 'li')))
    const first = entries.toSorted((a, b) => Number(isDefault(b)) - Number(isDefault(a)))
    return (entries.length === 0 ? [found] : first).map((one) => (one.textContent ?? '').trim()).filter((text) => text !== '')
  }
  const plain = simple(packet, prefix, name)
  return plain === null || plain === '' ? [] : [plain]
}

const isDefault = (entry: Element): boolean => entry.getAttribute('xml:lang') === 'x-default'

/** Adds entries to a list that has none of them; what is there stays. */
export function addToList(packet: Packet, prefix: Prefix, name: string, kind: Kind, values: readonly string[]): void {
  const there = new Set(list(packet, prefix, name))
  const missing = values.filter((value) => value !== '' && !there.has(value))
  const [first] = packet.descriptions
  if (missing.length === 0 || first === undefined) return
  const { document } = packet
  const owner = packet.descriptions.find((one) => elements(one).some((child) => is(child, prefix, name))) ?? first
  let property = elements(owner).find((child) => is(child, prefix, name))
  if (property === undefined) {
    const plain = [...there]
    setSimple(packet, prefix, name, '')
    property = document.createElementNS(names[prefix], qualified(owner, prefix, name))
    owner.appendChild(property)
    missing.unshift(...plain)
  }
  let container = elements(property)[0]
  if (container === undefined) {
    const plain = (property.textContent ?? '').trim()
    property.textContent = ''
    container = document.createElementNS(names.rdf, qualified(owner, 'rdf', kind))
    property.appendChild(container)
    if (plain !== '') missing.unshift(plain)
  }
  for (const value of missing) {
    const entry = document.createElementNS(names.rdf, qualified(owner, 'rdf', 'li'))
    if (kind === 'Alt') entry.setAttribute('xml:lang', 'x-default')
    entry.textContent = value
    container.appendChild(entry)
  }
}

/** The packet with its wrapper (XMP Part 1, 7.3); `padding` bytes of blanks let other programs write in place. */
export function packetText(packet: Packet, padding: number): string {
  const whole = packet.document.documentElement
  if (whole === null) throw new TypeError('a packet without its root')
  const body = new XMLSerializer().serializeToString(whole)
  const line = `${' '.repeat(99)}\n`
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>\n${body}\n${line.repeat(Math.floor(padding / 100))}<?xpacket end="w"?>`
}
