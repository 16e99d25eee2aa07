import { createHash } from 'node:crypto'
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readlinkSync, readSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Bytes nobody else has, the same for the same seed. */
export function noise(seed: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = (Math.imul(seed, 2654435761) + 1) >>> 0
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

export const usualTime = new Date('2026-05-01T10:00:00Z')

/** Writes a card file (path below the card) with a camera's time, not today's. */
export function put(card: string, path: string, bytes: Uint8Array | string, modified: Date = usualTime): void {
  const full = join(card, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, bytes)
  utimesSync(full, modified, modified)
}

/** A card of noise: `photos` JPEGs by name, the first of them with a companion. Nothing here is decoded: offload only copies. */
export function noiseCard(dir: string, photos: number, size = 40_000, seed = 1): string {
  for (let n = 1; n <= photos; n += 1) put(dir, `DCIM/100CANON/IMG_${String(n).padStart(4, '0')}.JPG`, noise(seed * 1000 + n, size + n * 7))
  put(dir, 'DCIM/100CANON/IMG_0001.XMP', `<x:xmpmeta seed="${seed}"/>`)
  return dir
}

/** `latin1` text of a path's bytes: names on a card need not be text. */
type Key = string
export type Seen = { kind: 'file' | 'folder' | 'link' | 'other'; bytes: number; modifiedNs: bigint; mode: number; sha256: string | null }
export type Tree = Map<Key, Seen>

export function sha256Of(path: string | Buffer): string {
  const sum = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1 << 20)
  const fd = openSync(path, 'r')
  try {
    for (;;) {
      const read = readSync(fd, buffer, 0, buffer.length, null)
      if (read === 0) return sum.digest('hex')
      sum.update(buffer.subarray(0, read))
    }
  } finally {
    closeSync(fd)
  }
}

/** Everything below a folder: kind, size, time to the nanosecond, mode, and the content of every file. */
export function look(root: string): Tree {
  const tree: Tree = new Map()
  const walk = (folder: Buffer): void => {
    for (const name of readdirSync(folder, { encoding: 'buffer' })) {
      const path = Buffer.concat([folder, Buffer.from('/'), name])
      const stat = lstatSync(path, { bigint: true })
      const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other'
      tree.set(path.toString('latin1'), {
        kind,
        bytes: Number(stat.size),
        modifiedNs: stat.mtimeNs,
        mode: Number(stat.mode),
        sha256: kind === 'file' ? sha256Of(path) : kind === 'link' ? readlinkSync(path) : null,
      })
      if (kind === 'folder') walk(path)
    }
  }
  walk(Buffer.from(root))
  return tree
}

const shot = /\.(jpe?g|cr3|dng|mp4|mov)$/i
const companion = /\.(thm|xmp|xml|wav|aae|lrv)$/i

export const isCompanion = (path: string): boolean => companion.test(path)

/** Files whose loss would hurt: photos and clips wherever they lie, and what travels with one of the same folder; not empty ones. */
export function precious(tree: Tree): { path: string; sha256: string }[] {
  const files = [...tree].flatMap(([key, { kind, bytes, sha256 }]) =>
    kind === 'file' && bytes > 0 && sha256 !== null ? [{ path: Buffer.from(key, 'latin1').toString('utf8'), sha256 }] : [],
  )
  const visible = files.filter(({ path }) => !path.slice(path.lastIndexOf('/') + 1).startsWith('._'))
  const stems = new Set(visible.flatMap(({ path }) => (shot.test(path) ? [path.replace(shot, '').toLowerCase()] : [])))
  return visible.filter(
    ({ path }) =>
      shot.test(path) ||
      (companion.test(path) &&
        // Sony names the description of C0001.MP4 C0001M01.XML.
        (stems.has(path.replace(companion, '').toLowerCase()) || stems.has(path.replace(/(\/C\d{4})M\d\d\.XML$/i, '$1').toLowerCase()))),
  )
}
