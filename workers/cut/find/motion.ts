// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
/**
 * Camera movement between two frames: each of eight tiles says where it went, from the brightness of its rows and columns; the camera is what most of
 * them say. A subject that moves in two or three tiles does not move the camera. Cheap enough for every frame of a take.
 */

const across = 4
const down = 2
const tiles = across * down
/** As far as a frame may move against the one before, pixels of the measured frame. */
const reach = { x: 24, y: 16 }

export type Profile = { columns: Float32Array[]; rows: Float32Array[]; texture: Float32Array }
/** Pixels since the frame before; `agree` 0–1: share of the structure that moved this way; `texture` grey levels of structure it was read from. */
export type Shift = { dx: number; dy: number; agree: number; texture: number }

/** Means of brightness per column and row of each tile, each without its own mean: a change of light is no movement. */
export function profileOf(pixels: Uint8Array, width: number, height: number): Profile {
  const [wide, high] = [Math.floor(width / across), Math.floor(height / down)]
  const profile: Profile = { columns: [], rows: [], texture: new Float32Array(tiles) }
  for (let tile = 0; tile < tiles; tile++) {
    const columns = new Float32Array(wide)
    const rows = new Float32Array(high)
    const corner = Math.floor(tile / across) * high * width + (tile % across) * wide
    for (let y = 0; y < high; y++) {
      let sum = 0
      for (let x = 0, at = corner + y * width; x < wide; x++, at++) {
        const value = pixels[at]!
        sum += value
        columns[x] = columns[x]! + value
      }
      rows[y] = sum
    }
    profile.columns.push(columns)
    profile.rows.push(rows)
    profile.texture[tile] = Math.min(level(columns, high), level(rows, wide))
  }
  return profile
}

/** Scales sums to means, removes the overall mean; returns the mean deviation left, grey levels. */
function level(sums: Float32Array, per: number): number {
  let mean = 0
  for (let at = 0; at < sums.length; at++) mean += sums[at]! / sums.length
  let deviation = 0
  for (let at = 0; at < sums.length; at++) {
    const value = (sums[at]! - mean) / per
    sums[at] = value
    deviation += Math.abs(value) / sums.length
  }
  return deviation
}

/** What the camera did from one frame to the next. */
export function shiftBetween(from: Profile, to: Profile): Shift {
  const votes: { dx: number; dy: number; weight: number }[] = []
  let texture = 0
  for (let tile = 0; tile < tiles; tile++) {
    const structure = Math.min(from.texture[tile]!, to.texture[tile]!)
    texture += structure / tiles
    // A plain wall says nothing; very strong structure says no more than strong.
    const weight = Math.min(structure, 8) - 0.6
    if (weight <= 0) continue
    votes.push({
      dx: shiftOf(from.columns[tile]!, to.columns[tile]!, reach.x),
      dy: shiftOf(from.rows[tile]!, to.rows[tile]!, reach.y),
      weight,
    })
  }
  if (votes.length === 0) return { dx: 0, dy: 0, agree: 0, texture }
  const dx = weightedMedian(votes.map(({ dx: value, weight }) => ({ value, weight })))
  const dy = weightedMedian(votes.map(({ dy: value, weight }) => ({ value, weight })))
  const total = votes.reduce((sum, { weight }) => sum + weight, 0)
  const agreeing = votes.reduce((sum, vote) => sum + (Math.hypot(vote.dx - dx, vote.dy - dy) <= 2 ? vote.weight : 0), 0)
  return { dx, dy, agree: agreeing / total, texture }
}

function weightedMedian(values: { value: number; weight: number }[]): number {
  const sorted = values.sort((a, b) => a.value - b.value)
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2
  let seen = 0
  for (const { value, weight } of sorted) {
    seen += weight
    if (seen >= half) return value
  }
  return 0
}

/** How far `to` has moved against `from`, in samples (fractions kept), within ±reach. */
export function shiftOf(from: Float32Array, to: Float32Array, most: number): number {
  const cost = (shift: number): number => {
    const start = Math.max(0, -shift)
    const end = Math.min(from.length, from.length - shift)
    let sum = 0
    for (let at = start; at < end; at++) {
      const gap = from[at]! - to[at + shift]!
      sum += gap < 0 ? -gap : gap
    }
    return sum / (end - start)
  }
  let best = 0
  let least = cost(0)
  for (let shift = -most; shift <= most; shift++) {
    const value = cost(shift)
    // Standing still wins a tie: flat pictures match everywhere.
    if (value < least * 0.98) {
      least = value
      best = shift
    }
  }
  if (best === -most || best === most) return best
  const before = cost(best - 1)
  const after = cost(best + 1)
  const bend = before + after - 2 * least
  return bend <= 1e-9 ? best : best + Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)))
}
