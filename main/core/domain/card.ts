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
export type FoundAsset = Found & { kind: AssetKind; companions: Found[] }

/**
 * Groups files of one card into assets with the companions that travel with them: same folder, same stem (case ignored),
 * Sony's `C0001M01.XML`, GoPro's `GLxxnnnn.LRV`. A RAW beside a JPEG of the same stem travels with the JPEG.
 */
export function pair(files: readonly Found[]): { assets: FoundAsset[]; ignored: { source: string; because: string }[] } {
  const ignored: { source: string; because: string }[] = []
  const groups = new Map<string, { assets: (FoundAsset & { raw: boolean })[]; companions: Found[] }>()
  for (const file of files) {
    const what = classify(file.name, file.bytes)
    if (what.kind === 'ignored') {
      ignored.push({ source: file.source, because: what.because })
      continue
    }
    const key = `${file.folder}\n${pairingStem(file.name, what.kind === 'companion')}`
    const group = groups.get(key) ?? { assets: [], companions: [] }
    if (what.kind === 'companion') group.companions.push(file)
    else group.assets.push({ ...file, kind: what.kind, raw: what.raw, companions: [] })
    groups.set(key, group)
  }
  const assets: FoundAsset[] = []
  for (const group of groups.values()) {
    const developed = group.assets.find((asset) => asset.kind === 'photo' && !asset.raw)
    const carriers = group.assets.filter((asset) => !(asset.raw && developed !== undefined))
    const riders = group.assets.filter((asset) => asset.raw && developed !== undefined)
    if (developed !== undefined) developed.companions.push(...riders)
    // THM, XML and LRV belong to the clip when there is one; otherwise to the photo.
    const host = carriers.find((asset) => asset.kind === 'clip') ?? carriers[0]
    if (host === undefined)
      for (const lone of group.companions)
        ignored.push({ source: lone.source, because: 'travels with a photo or clip that is not on the card' })
    else host.companions.push(...group.companions)
    assets.push(...carriers.map(({ raw: _, ...asset }) => asset))
  }
  const bySource = (a: { source: string }, b: { source: string }): number => (a.source < b.source ? -1 : a.source > b.source ? 1 : 0)
  return { assets: assets.sort(bySource), ignored: ignored.sort(bySource) }
}

function pairingStem(name: string, companion: boolean): string {
  const upper = stem(name).toUpperCase()
  if (!companion) return upper
  const sony = /^(C\d{4})M\d{2}$/.exec(upper)
  if (sony?.[1] !== undefined && extension(name) === 'xml') return sony[1]
  // GoPro HERO6+: GX010128.MP4 has the proxy GL010128.LRV; the THM keeps the clip's own name.
  if (extension(name) === 'lrv' && upper.startsWith('GL')) return `GX${upper.slice(2)}`
  return upper
}

const layouts = ['DCIM', 'PRIVATE', 'MP_ROOT', 'VIDEO', 'AVCHD', 'CLIP']
/** True when the top folder of a volume says that a camera wrote it. */
export const looksLikeCard = (names: readonly string[]): boolean => names.some((name) => layouts.slice(0, 3).includes(name.toUpperCase()))
/** The folders of a card that are read; everything when none of them is there (a plain folder). */
export const cardRoots = (names: readonly string[]): string[] => names.filter((name) => layouts.includes(name.toUpperCase()))
