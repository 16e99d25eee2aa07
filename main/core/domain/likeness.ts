/** Likeness of two photos, from hash and descriptor. Pure arithmetic, no thresholds of its own. */

export type Print = { hi: number; lo: number }

/** 16 hex digits → two 32-bit halves; null for anything else. */
export function parsePrint(phash: string | null): Print | null {
  if (phash === null || !/^[0-9a-f]{16}$/.test(phash)) return null
  const print = { hi: Number.parseInt(phash.slice(0, 8), 16) | 0, lo: Number.parseInt(phash.slice(8), 16) | 0 }
  // A picture without structure hashes to few bits: it would look like every other plain picture.
  const set = bits(print.hi) + bits(print.lo)
  return set >= 12 && set <= 52 ? print : null
}

/** Bits that differ, 0–64. */
export const distance = (a: Print, b: Print): number => bits(a.hi ^ b.hi) + bits(a.lo ^ b.lo)

function bits(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** Dot product of two unit vectors; null when one is missing or they come from different models. */
export function cosine(a: Float32Array | null, b: Float32Array | null): number | null {
  if (a === null || b === null || a.length !== b.length || a.length === 0) return null
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return Number.isFinite(sum) ? sum : null
}

/**
 * Pairs within `most` differing bits, without comparing everything with everything: of most + 1 chunks at least one must be equal (pigeonhole),
 * so only frames that share a chunk are compared. Chance crowds in one chunk (blank frames) are cut at `crowd`.
 */
export function* closePairs(prints: readonly (Print | null)[], most: number, crowd = 256): Generator<[number, number]> {
  const chunks = most + 1
  const width = Math.floor(64 / chunks)
  for (let c = 0; c < chunks; c++) {
    const buckets = new Map<number, number[]>()
    for (let i = 0; i < prints.length; i++) {
      const print = prints[i]
      if (!print) continue
      const key = chunk(print, c * width, width)
      const bucket = buckets.get(key)
      if (!bucket) {
        buckets.set(key, [i])
        continue
      }
      for (const j of bucket) {
        const other = prints[j]
        if (other && distance(print, other) <= most) yield [j, i]
      }
      if (bucket.length < crowd) bucket.push(i)
    }
  }
}

function chunk(print: Print, from: number, width: number): number {
  const mask = 2 ** width - 1
  if (from + width <= 32) return (print.lo >>> from) & mask
  if (from >= 32) return (print.hi >>> (from - 32)) & mask
  const low = print.lo >>> from
  return (low | (print.hi << (32 - from))) & mask
}
