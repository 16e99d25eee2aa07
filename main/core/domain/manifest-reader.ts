import { AppError } from '../errors.ts'
import { readXml, type XmlElement } from './xml.ts'

/** Kinds of checksum that can be computed here, strongest first. */
export const hashKinds = ['sha256', 'sha1', 'md5'] as const
export type HashKind = (typeof hashKinds)[number]

export type ListedFile = {
  /** Relative, parts joined by `/`, none of them empty, `.` or `..`. */
  path: string
  bytes: number | null
  /** The strongest checksum that can be computed here; null = none of them. */
  hash: { kind: HashKind; value: string } | null
  /** What it has instead, in the manifest's own words. */
  otherKinds: string[]
}
export type ReadManifest = { at: string | null; files: ListedFile[] }

export const mostManifestBytes = 96 * 1024 * 1024
const mostFiles = 300_000
const mostPath = 4096
const digits: Readonly<Record<HashKind, number>> = { sha256: 64, sha1: 40, md5: 32 }

const local = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase()
const childrenOf = (element: XmlElement, name: string): XmlElement[] => element.children.filter((one) => local(one.name) === name)
const attribute = (element: XmlElement, name: string): string | null =>
  [...element.attributes].find(([key]) => local(key) === name)?.[1] ?? null

function refused(line: number, expected: string, came: string): AppError {
  return new AppError(
    'unreadable',
    `This manifest cannot be believed: line ${line}: expected ${expected}, came ${JSON.stringify(came.slice(0, 120))}`,
    {
      next: 'Nothing was checked. Choose a manifest that nobody has edited.',
    },
  )
}

/** A path that stays below the folder it starts from, on every system. */
function safePath(raw: string, element: XmlElement): string {
  const isBad = raw.split(/[\\/]/).some((part) => part === '' || part === '.' || part === '..')
  if (isBad || raw.length > mostPath || /^[A-Za-z]:/.test(raw) || /[\t\n\r]/.test(raw))
    throw refused(element.line, 'a path below the folder of the disk', raw)
  return raw
}

function sizeOf(raw: string | null, element: XmlElement): number | null {
  if (raw === null || raw.trim() === '') return null
  const text = raw.trim()
  const bytes = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(bytes)) throw refused(element.line, 'a size in bytes', raw)
  return bytes
}

/** Sums of folders, and of the manifest itself, look like those of files but are not. */
const notSums = ['path', 'file', 'size', 'lastmodificationdate', 'creationdate', 'hashdate', 'previouspath', 'metadata', 'null']

function fileOf(element: XmlElement): ListedFile | null {
  const place = childrenOf(element, 'path')[0] ?? childrenOf(element, 'file')[0]
  if (place === undefined) throw refused(element.line, 'a <path> or a <file>', element.name)
  const path = safePath(place.text, place)
  const bytes = sizeOf(attribute(place, 'size') ?? childrenOf(element, 'size')[0]?.text ?? null, place)
  const sums = element.children.filter((one) => !notSums.includes(local(one.name)))
  // What a later check found to be wrong is not what the file should be.
  const good = sums.filter((one) => attribute(one, 'action') !== 'failed')
  if (sums.length > 0 && good.length === 0) return null
  let hash: ListedFile['hash'] = null
  for (const kind of hashKinds) {
    const sum = good.find((one) => local(one.name) === kind)
    if (sum === undefined || hash !== null) continue
    const value = sum.text.trim().toLowerCase()
    if (!/^[0-9a-f]+$/.test(value) || value.length !== digits[kind]) throw refused(sum.line, `${digits[kind]} hex digits`, sum.text)
    hash = { kind, value }
  }
  return { path, bytes, hash, otherKinds: hash === null ? good.map((one) => local(one.name)) : [] }
}

/**
 * Reads a manifest in the manner of ASC MHL (https://theasc.com/society/ascmitc/asc-media-hash-list): version 2 as Dropcard writes it
 * (`hashlist/hashes/hash/path@size`) and the older version 1 (`hashlist/hash/file, size`). Hostile until proven otherwise: see `readXml` for its
 * limits; every path must stay below the folder it starts from. Directory hashes are left out.
 * @throws AppError unreadable, with the line
 */
export function readManifest(text: string): ReadManifest {
  const root = readXml(text)
  if (local(root.name) !== 'hashlist') throw refused(root.line, '<hashlist>', `<${root.name}>`)
  const version = root.attributes.get('version') ?? ''
  if (!/^[12](\.\d{1,3})?$/.test(version)) throw refused(root.line, 'version 1 or 2 of ASC MHL', version)
  const lists = [root, ...childrenOf(root, 'hashes')]
  const hashes = lists.flatMap((list) => childrenOf(list, 'hash'))
  if (hashes.length > mostFiles) throw refused(root.line, `at most ${mostFiles} files`, String(hashes.length))
  const files = new Map<string, ListedFile>()
  for (const element of hashes) {
    const file = fileOf(element)
    if (file === null) continue
    const known = files.get(file.path)
    if (known !== undefined && known.hash?.value !== file.hash?.value) throw refused(element.line, 'each file once', file.path)
    files.set(file.path, file)
  }
  const info = childrenOf(root, 'creatorinfo')[0]
  const when = info === undefined ? null : (childrenOf(info, 'creationdate')[0] ?? childrenOf(info, 'finishdate')[0] ?? null)
  const ms = when === null ? Number.NaN : Date.parse(when.text.trim())
  return { at: Number.isNaN(ms) ? null : new Date(ms).toISOString(), files: [...files.values()] }
}
