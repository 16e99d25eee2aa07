/** Camera movement between two frames, from the brightness of their rows and columns: cheap enough for every frame of a take. */

export type Profile = { columns: Float64Array; rows: Float64Array; texture: number }

/** Sums of brightness per column and per row, each without its mean: a change of light is no movement. */
export function profileOf(pixels: Uint8Array, width: number, height: number): Profile {
  const columns = new Float64Array(width)
  const rows = new Float64Array(height)
  for (let y = 0; y < height; y++) {
    let sum = 0
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const value = pixels[at] ?? 0
      sum += value
      columns[x] = (columns[x] ?? 0) + value
    }
    rows[y] = sum
  }
  const texture = Math.min(level(columns, height), level(rows, width))
  return { columns, rows, texture }
}

/** Scales sums to means, removes the overall mean; returns the mean deviation left, grey levels. */
function level(sums: Float64Array, per: number): number {
  let mean = 0
  for (let at = 0; at < sums.length; at++) mean += (sums[at] ?? 0) / sums.length
  let deviation = 0
  for (let at = 0; at < sums.length; at++) {
    const value = ((sums[at] ?? 0) - mean) / per
    sums[at] = value
    deviation += Math.abs(value) / sums.length
  }
  return deviation
}

/** How far `to` has moved against `from`, in samples (fractions kept), within ±reach. */
export function shiftOf(from: Float64Array, to: Float64Array, reach: number): number {
  const cost = (shift: number): number => {
    const start = Math.max(0, -shift)
    const end = Math.min(from.length, from.length - shift)
    let sum = 0
    for (let at = start; at < end; at++) sum += Math.abs((from[at] ?? 0) - (to[at + shift] ?? 0))
    return sum / (end - start)
  }
  let best = 0
  let least = cost(0)
  for (let shift = -reach; shift <= reach; shift++) {
    const value = cost(shift)
    // Standing still wins a tie: flat pictures match everywhere.
    if (value < least * 0.98) {
      least = value
      best = shift
    }
  }
  if (best === -reach || best === reach) return best
  const before = cost(best - 1)
  const after = cost(best + 1)
  const bend = before + after - 2 * least
  return bend <= 1e-9 ? best : best + Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)))
}
