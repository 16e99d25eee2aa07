// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { curvesTo, lumaCrop, lumaTo, type Plane, type Rgb } from './pixels.ts'

/** Sides of the three grids of a sketch, all stretched over the upright frame. */
const lumaSide = 48
const colourSide = 16
const grainSide = 8

/**
 * A photo in 2,880 bytes, for comparing two photos without opening them: 48 × 48 luma, 16 × 16 blue and 16 × 16 red difference (128 = none), and
 * 8 × 8 fine-detail energy, 16 × log2 (where the focus lies). Row by row, in this order.
 * @param small the whole frame, any size of at least 48 pixels a side; @param frame luma at about half scale
 */
export function sketch(small: Rgb, frame: Plane): Uint8Array<ArrayBuffer> {
  const luma = lumaTo(lumaCrop(small, { x: 0, y: 0, width: small.width, height: small.height }), lumaSide, lumaSide)
  const out = new Uint8Array(lumaSide ** 2 + 2 * colourSide ** 2 + grainSide ** 2)
  for (let i = 0; i < luma.length; i++) out[i] = Math.round(luma[i]!)
  colours(small, out, lumaSide ** 2)
  curvesTo(frame, grainSide).forEach((mean, c) => {
    out[lumaSide ** 2 + 2 * colourSide ** 2 + c] = byte(16 * Math.log2(1 + mean))
  })
  return out
}

function colours({ data, width, height }: Rgb, out: Uint8Array, from: number): void {
  const cells = colourSide ** 2
  for (let v = 0; v < colourSide; v++) {
    const y0 = Math.floor((v * height) / colourSide)
    const y1 = Math.max(y0 + 1, Math.floor(((v + 1) * height) / colourSide))
    for (let u = 0; u < colourSide; u++) {
      const x0 = Math.floor((u * width) / colourSide)
      const x1 = Math.max(x0 + 1, Math.floor(((u + 1) * width) / colourSide))
      let [red, green, blue, n] = [0, 0, 0, 0]
      for (let y = y0; y < Math.min(y1, height); y++) {
        for (let x = x0, i = 3 * (y * width + x0); x < Math.min(x1, width); x++, i += 3, n++) {
          red += data[i]!
          green += data[i + 1]!
          blue += data[i + 2]!
        }
      }
      const mean = (77 * red + 150 * green + 29 * blue) / 256
      const share = n === 0 ? 0 : 1 / n
      out[from + v * colourSide + u] = byte(128 + 0.56 * (blue - mean) * share)
      out[from + cells + v * colourSide + u] = byte(128 + 0.71 * (red - mean) * share)
    }
  }
}

const byte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)))
