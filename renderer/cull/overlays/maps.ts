/** What overlays show, worked out from pixels (RGBA, 8 bit). Pure; runs in a worker. */

export type Pixels = { data: Uint8ClampedArray; width: number; height: number }
/** A small picture to lay over the photo, RGBA. */
export type Map2d = { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }
/** 256 counts each; `lost` and `dark` are shares (0–1) of pixels with a channel at the very top, or all at the very bottom. */
export type Histogram = { red: Uint32Array; green: Uint32Array; blue: Uint32Array; lost: number; dark: number }

/** Cells along the longest side, about; a cell is at least 4 pixels wide. */
const cells = 320
/** At the very end of the scale, give or take what JPEG does to it. */
const brightest = 254
const darkest = 2

/** ITU-R BT.709 luma of one pixel, 0–255. */
const lumaAt = (data: Uint8ClampedArray, at: number): number =>
  0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0)

/**
 * Where the photo is sharp: the mean absolute Laplacian of luma in small square cells, above the photo's own noise, which the quietest quarter of the cells
 * tells. Nothing where it is soft, stronger green where it is sharper; one pixel for each cell.
 */
export function focusMap({ data, width, height }: Pixels): Map2d {
  const block = Math.max(4, Math.round(Math.max(width, height) / cells))
  const across = Math.max(1, Math.floor(width / block))
  const down = Math.max(1, Math.floor(height / block))
  const luma = new Float32Array(width * height)
  for (let index = 0; index < luma.length; index += 1) luma[index] = lumaAt(data, index * 4)
  const energy = new Float32Array(across * down)
  for (let y = 1; y < height - 1 && y < down * block; y += 1) {
    const row = Math.floor(y / block) * across
    for (let x = 1; x < width - 1 && x < across * block; x += 1) {
      const at = y * width + x
      const around = (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - width] ?? 0) + (luma[at + width] ?? 0)
      const cell = row + Math.floor(x / block)
      energy[cell] = (energy[cell] ?? 0) + Math.abs(4 * (luma[at] ?? 0) - around) / (block * block)
    }
  }
  const sorted = energy.toSorted()
  const quiet = sorted[Math.floor(sorted.length / 4)] ?? 0
  const sharpest = sorted[Math.floor(sorted.length * 0.995)] ?? 0
  const floor = Math.max(3, quiet * 2)
  const map = new Uint8ClampedArray(across * down * 4)
  // A photo that is soft everywhere has nothing to show.
  const reach = Math.max(sharpest - floor, 12)
  for (let cell = 0; cell < energy.length; cell += 1) {
    const share = ((energy[cell] ?? 0) - floor) / reach
    if (share <= 0.12) continue
    map[cell * 4] = 40
    map[cell * 4 + 1] = 255
    map[cell * 4 + 2] = 120
    map[cell * 4 + 3] = Math.min(210, 60 + share * 170)
  }
  return { data: map, width: across, height: down }
}

/** Lost highlights red, lost shadows blue; half the size, a lost pixel counts for its whole quad. */
export function clippingMap({ data, width, height }: Pixels): Map2d {
  const across = Math.max(1, width >> 1)
  const down = Math.max(1, height >> 1)
  const map = new Uint8ClampedArray(across * down * 4)
  for (let y = 0; y < down * 2 && y < height; y += 1) {
    for (let x = 0; x < across * 2 && x < width; x += 1) {
      const at = (y * width + x) * 4
      const [red, green, blue] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
      const isLost = red >= brightest || green >= brightest || blue >= brightest
      if (!isLost && (red > darkest || green > darkest || blue > darkest)) continue
      const cell = ((y >> 1) * across + (x >> 1)) * 4
      map[cell] = isLost ? 255 : 30
      map[cell + 1] = isLost ? 40 : 110
      map[cell + 2] = isLost ? 40 : 255
      map[cell + 3] = 235
    }
  }
  return { data: map, width: across, height: down }
}

export function histogramOf({ data, width, height }: Pixels): Histogram {
  const red = new Uint32Array(256)
  const green = new Uint32Array(256)
  const blue = new Uint32Array(256)
  let lost = 0
  let dark = 0
  const total = width * height
  for (let at = 0; at < total * 4; at += 4) {
    const [r, g, b] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
    red[r] = (red[r] ?? 0) + 1
    green[g] = (green[g] ?? 0) + 1
    blue[b] = (blue[b] ?? 0) + 1
    if (r >= brightest || g >= brightest || b >= brightest) lost += 1
    else if (r <= darkest && g <= darkest && b <= darkest) dark += 1
  }
  return { red, green, blue, lost: lost / total, dark: dark / total }
}
