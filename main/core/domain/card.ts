import type { AssetKind } from '../../contract/views.ts'

/**
 * What a file on a card is, from its path alone. Layouts and pairing rules: DCF 2.0 (JEITA CP-3461) and the makers' manuals
 * named in ARCHITECTURE.md.
 */
export type CardFile = { kind: AssetKind; raw: boolean } | { kind: 'companion' } | { kind: 'ignored'; because: string }

const photos = new Set(['jpg', 'jpeg', 'jpe', 'heic', 'heif', 'png', 'webp', 'tif', 'tiff', 'mpo', 'avif'])
const raws = new Set([
  'cr2',
  'cr3',
  'crw',
  'nef',
  'nrw',
  'arw',
  'sr2',
  'srf',
  'dng',
  'raf',
  'rw2',
  'rwl',
  'orf',
  'pef',
  'srw',
  'x3f',
  '3fr',
  'iiq',
  'gpr',
])
const clips = new Set(['mp4', 'mov', 'm4v', 'mts', 'm2ts', 'm2t', 'avi', '3gp', '3g2', 'webm', 'mkv', 'mpg', 'mpeg', '360', 'insv'])
const companions = new Set(['thm', 'lrv', 'wav', 'xml', 'xmp', 'aae', 'cpi', 'mpl', 'srt', 'log', 'glv'])
/** Folders that hold a camera's own files: settings, thumbnails, print orders, the system's rubbish. */
const foldersIgnored: Record<string, string> = {
  CANONMSC: 'camera settings, not photos',
  MISC: 'print orders and settings, not photos',
  THMBNL: 'the camera’s own thumbnails of its clips',
  AVCHDTN: 'the camera’s own thumbnails of its clips',
  'SYSTEM VOLUME INFORMATION': 'a system folder',
  '$RECYCLE.BIN': 'a system folder (deleted files)',
  RECYCLER: 'a system folder (deleted files)',
  'LOST.DIR': 'a system folder',
  __MACOSX: 'a system folder',
  '.TRASHES': 'a system folder (deleted files)',
  '.TRASH-1000': 'a system folder (deleted files)',
  '.SPOTLIGHT-V100': 'a system folder',
  '.FSEVENTSD': 'a system folder',
  '.THUMBNAILS': 'another program’s thumbnails',
}

export const extension = (name: string): string => {
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase()
}
export const stem = (name: string): string => {
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? name : name.slice(0, dot)
}

/** Why a whole folder is left alone, or null when it is read. */
export const folderIgnored = (name: string): string | null =>
  foldersIgnored[name.toUpperCase()] ?? (/^\.trash/i.test(name) ? 'a system folder (deleted files)' : null)

/** @param bytes size of the file, so that an empty one is told apart */
export function classify(name: string, bytes: number): CardFile {
  if (name.startsWith('._')) return { kind: 'ignored', because: 'macOS bookkeeping, not a photo' }
  if (/^(\.ds_store|thumbs\.db|desktop\.ini|\.nomedia)$/i.test(name)) return { kind: 'ignored', because: 'system bookkeeping, not a photo' }
  const ext = extension(name)
  const known = photos.has(ext) || raws.has(ext) || clips.has(ext) || companions.has(ext)
  if (!known)
    return {
      kind: 'ignored',
      because: ext === '' ? 'no photo or clip: the name has no ending' : `no photo or clip: .${ext} files are not read`,
    }
  if (bytes === 0)
    return { kind: 'ignored', because: 'the file is empty (0 bytes): the camera may have been switched off while writing it' }
  if (companions.has(ext)) return { kind: 'companion' }
  if (clips.has(ext)) return { kind: 'clip', raw: false }
  return { kind: 'photo', raw: raws.has(ext) }
}

export type Found = { source: string; folder: string; name: string; bytes: number; modifiedMs: number }

/** Why a file travels with another. */
export type Role = 'raw' | 'thumbnail' | 'proxy' | 'metadata' | 'memo' | 'edit' | 'motion' | 'chapter'
export type Companion = Found & { role: Role }
export type FoundAsset = Found & { kind: AssetKind; companions: Companion[] }
export type Pairing = { assets: FoundAsset[]; ignored: { source: string; because: string }[] }

type Candidate = FoundAsset & { raw: boolean }

const byName = (a: { source: string }, b: { source: string }): number => (a.source < b.source ? -1 : a.source > b.source ? 1 : 0)

/**
 * Groups the files of one card into assets with the companions that travel with them. Always within one folder, case ignored:
 *
 * - same stem: RAW beside a JPEG, THM, LRV, XMP, XML, WAV, AAE
 * - Sony `C0001M01.XML` → `C0001.MP4` · GoPro proxies `GL010128.LRV` → `GX010128.MP4` or `GH010128.MP4`
 * - GoPro chapters `GX010128`, `GX020128` … and `GOPR1234`, `GP011234` … → the first chapter: one recording
 * - an iPhone's Live Photo: `IMG_3589.MOV` → `IMG_3589.HEIC` · its edited copy `IMG_E3606.JPG` and `IMG_O3606.AAE` → `IMG_3606`
 * - a voice memo of the same DCF number: `SND_0005.WAV` → `IMG_0005.JPG` (DCF 2.0: files of one number are one object)
 */
export function pair(files: readonly Found[]): Pairing {
  const ignored: Pairing['ignored'] = []
  const assets: FoundAsset[] = []
  for (const folder of Map.groupBy(files, (file) => file.folder).values()) {
    const paired = pairFolder(folder)
    assets.push(...paired.assets)
    ignored.push(...paired.ignored)
  }
  return { assets: assets.sort(byName), ignored: ignored.sort(byName) }
}

function pairFolder(files: readonly Found[]): Pairing {
  const ignored: Pairing['ignored'] = []
  const candidates: Candidate[] = []
  const loose: Found[] = []
  for (const file of files.toSorted(byName)) {
    const what = classify(file.name, file.bytes)
    if (what.kind === 'ignored') ignored.push({ source: file.source, because: what.because })
    else if (what.kind === 'companion') loose.push(file)
    else candidates.push({ ...file, kind: what.kind, raw: what.raw, companions: [] })
  }
  const byStem = Map.groupBy(candidates, (one) => stem(one.name).toUpperCase())
  const carried = new Set<Candidate>()
  const carry = (host: Candidate, rider: Candidate, role: Role): void => {
    carried.add(rider)
    host.companions.push({
      source: rider.source,
      folder: rider.folder,
      name: rider.name,
      bytes: rider.bytes,
      modifiedMs: rider.modifiedMs,
      role,
    })
  }
  for (const same of byStem.values()) {
    const photo = same.find((one) => one.kind === 'photo' && !one.raw)
    if (photo === undefined) continue
    for (const other of same) {
      if (other === photo) continue
      if (other.raw) carry(photo, other, 'raw')
      else if (isMotion(photo, other)) carry(photo, other, 'motion')
    }
  }
  for (const one of candidates) {
    const first = chapterOf(one.name)
    const host =
      first === null
        ? undefined
        : first
            .map((name) => byStem.get(name)?.find((other) => other.kind === 'clip'))
            .find((other) => other !== undefined && other !== one)
    if (host !== undefined && one.kind === 'clip') carry(host, one, 'chapter')
    const edited = /^(IMG_)E(\d{4})$/i.exec(stem(one.name))
    const original = edited === null ? undefined : byStem.get(`IMG_${edited[2] ?? ''}`)?.find((other) => other.kind === one.kind)
    if (original !== undefined && !carried.has(original)) carry(original, one, 'edit')
  }
  const hosts = candidates.filter((one) => !carried.has(one))
  for (const one of loose) {
    const host = hostOf(one, hosts, candidates, carried)
    if (host === undefined) ignored.push({ source: one.source, because: 'travels with a photo or clip that is not in this folder' })
    else host.companions.push({ ...one, role: roleOf(one.name) })
  }
  return { assets: hosts.map(({ raw: _, ...asset }) => ({ ...asset, companions: asset.companions.sort(byName) })), ignored }
}

const roles: Record<string, Role> = { thm: 'thumbnail', lrv: 'proxy', glv: 'proxy', wav: 'memo' }
const roleOf = (name: string): Role => roles[extension(name)] ?? 'metadata'

/** Live Photos are short: a longer movie of the same stem (Panasonic's `P1000244.JPG` + `.MOV`) is a take of its own. */
const longestMotion = 12_000_000
const isMotion = (photo: Found, other: Candidate): boolean =>
  other.kind === 'clip' &&
  extension(other.name) === 'mov' &&
  other.bytes <= longestMotion &&
  (['heic', 'heif'].includes(extension(photo.name)) || /^IMG_\d{4}$/i.test(stem(photo.name)))

/** Stems of the first chapter that this one would belong to, or null when it is not a later chapter. */
function chapterOf(name: string): string[] | null {
  const upper = stem(name).toUpperCase()
  const newer = /^(G[HX])(\d\d)(\d{4})$/.exec(upper)
  if (newer !== null && newer[2] !== '01') return [`${newer[1]}01${newer[3]}`]
  const older = /^GP\d\d(\d{4})$/.exec(upper)
  return older === null ? null : [`GOPR${older[1]}`]
}

function hostOf(
  one: Found,
  hosts: readonly Candidate[],
  all: readonly Candidate[],
  carried: ReadonlySet<Candidate>,
): Candidate | undefined {
  const upper = stem(one.name).toUpperCase()
  const sony = /^(C\d{4})M\d{2}$/.exec(upper)?.[1]
  const proxy = /^GL(\d{6})$/.exec(upper)?.[1]
  const phone = /^IMG_[EO](\d{4})$/.exec(upper)?.[1]
  const stems = [
    upper,
    ...(sony === undefined ? [] : [sony]),
    ...(proxy === undefined ? [] : [`GX${proxy}`, `GH${proxy}`]),
    ...(phone === undefined ? [] : [`IMG_${phone}`]),
  ]
  for (const wanted of stems) {
    const same = hosts.filter((host) => stem(host.name).toUpperCase() === wanted)
    // THM, XML and LRV belong to the clip when there is one; otherwise to the photo.
    const host = same.find((candidate) => candidate.kind === 'clip') ?? same[0]
    if (host !== undefined) return host
    // What belongs to a later chapter or to an edited copy travels with the whole.
    const rider = all.find((candidate) => carried.has(candidate) && stem(candidate.name).toUpperCase() === wanted)
    const home =
      rider === undefined
        ? undefined
        : hosts.find((candidate) => candidate.companions.some((companion) => companion.source === rider.source))
    if (home !== undefined) return home
  }
  const number = /^[0-9A-Z_]{4}(\d{4})$/.exec(upper)?.[1]
  const object =
    number === undefined ? [] : hosts.filter((host) => /^[0-9A-Z_]{4}\d{4}$/i.test(stem(host.name)) && stem(host.name).endsWith(number))
  return object.length === 1 ? object[0] : undefined
}

const layouts = ['DCIM', 'PRIVATE', 'MP_ROOT', 'VIDEO', 'AVCHD', 'CLIP']
/** True when the top folder of a volume says that a camera wrote it. */
export const looksLikeCard = (names: readonly string[]): boolean => names.some((name) => layouts.slice(0, 3).includes(name.toUpperCase()))
/** The folders of a card that are read; everything when none of them is there (a plain folder). */
export const cardRoots = (names: readonly string[]): string[] => names.filter((name) => layouts.includes(name.toUpperCase()))
