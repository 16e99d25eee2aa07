// biome-ignore-all lint/style/noNonNullAssertion: loops over a small grid; every index is in range by the loop bounds
import { expect, test } from 'vitest'
import { qrCode } from '../../../../workers/cut/clip/burn/qr.ts'

/** Reads a code the way a camera does, and shares nothing with the code that made it: layout first, then Reed–Solomon syndromes, then bytes. */
function read(grid: readonly (readonly boolean[])[]): string {
  const side = grid.length
  const version = (side - 17) / 4
  const dark = (y: number, x: number): number => Number(grid[y]![x])
  let format = 0
  for (const [y, x] of [...[0, 1, 2, 3, 4, 5, 7, 8].map((i) => [8, i] as const), ...[7, 5, 4, 3, 2, 1, 0].map((i) => [i, 8] as const)])
    format = (format << 1) | dark(y, x)
  let second = 0
  for (let i = 0; i < 7; i++) second = (second << 1) | dark(side - 1 - i, 8)
  for (let i = 0; i < 8; i++) second = (second << 1) | dark(8, side - 8 + i)
  expect(second).toBe(format)
  format ^= 0b101010000010010
  expect(format >> 13).toBe(0)
  const mask = (format >> 10) & 7

  const reserved = grid.map((row) => row.map(() => false))
  const block = (top: number, left: number, high: number, wide: number) => {
    for (let y = Math.max(0, top); y < Math.min(side, top + high); y++)
      for (let x = Math.max(0, left); x < Math.min(side, left + wide); x++) reserved[y]![x] = true
  }
  block(0, 0, 9, 9)
  block(0, side - 8, 9, 8)
  block(side - 8, 0, 8, 9)
  block(6, 0, 1, side)
  block(0, 6, side, 1)
  if (version >= 7) {
    block(0, side - 11, 6, 3)
    block(side - 11, 0, 3, 6)
  }
  const middles = [[], [], [18], [22], [26], [30], [34], [22, 38], [24, 42], [26, 46], [28, 50]][version]!
  const places = middles.length === 0 ? [] : [6, ...middles]
  for (const y of places)
    for (const x of places) if (![`6,6`, `6,${side - 7}`, `${side - 7},6`].includes(`${y},${x}`)) block(y - 2, x - 2, 5, 5)

  const flips = [
    (i: number, j: number) => (i + j) % 2,
    (i: number) => i % 2,
    (_: number, j: number) => j % 3,
    (i: number, j: number) => (i + j) % 3,
    (i: number, j: number) => ((i >> 1) + Math.trunc(j / 3)) % 2,
    (i: number, j: number) => ((i * j) % 2) + ((i * j) % 3),
    (i: number, j: number) => (((i * j) % 2) + ((i * j) % 3)) % 2,
    (i: number, j: number) => (((i + j) % 2) + ((i * j) % 3)) % 2,
  ]
  const bits: number[] = []
  for (let pair = 0, right = side - 1; right > 0; right -= 2, pair++) {
    if (right === 6) right--
    for (let step = 0; step < side; step++)
      for (const x of [right, right - 1]) {
        const y = pair % 2 === 0 ? side - 1 - step : step
        if (!reserved[y]![x]) bits.push(dark(y, x) ^ Number(flips[mask]!(y, x) === 0))
      }
  }
  const words = Array.from({ length: bits.length >> 3 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8).join(''), 2))

  // Level M: check bytes a block, then the data bytes of each block.
  const layout: [number, number[]][] = [
    [10, [16]],
    [16, [28]],
    [26, [44]],
    [18, [32, 32]],
    [24, [43, 43]],
    [16, [27, 27, 27, 27]],
    [18, [31, 31, 31, 31]],
    [22, [38, 38, 39, 39]],
    [22, [36, 36, 36, 37, 37]],
    [26, [43, 43, 43, 43, 44]],
  ]
  const [checks, sizes] = layout[version - 1]!
  const blocks = sizes.map((): number[] => [])
  let at = 0
  for (let i = 0; i < Math.max(...sizes); i++) for (const [b, size] of sizes.entries()) if (i < size) blocks[b]!.push(words[at++]!)
  for (let i = 0; i < checks; i++) for (const one of blocks) one.push(words[at++]!)
  for (const one of blocks)
    for (let root = 0; root < checks; root++) {
      let sum = 0
      for (const byte of one) sum = multiply(sum, power(root)) ^ byte
      expect(sum).toBe(0)
    }
  const data = blocks.flatMap((one, b) => one.slice(0, sizes[b]))
  const stream = data.map((byte) => byte.toString(2).padStart(8, '0')).join('')
  expect(stream.slice(0, 4)).toBe('0100')
  const counts = version < 10 ? 8 : 16
  const length = Number.parseInt(stream.slice(4, 4 + counts), 2)
  const bytes = Array.from({ length }, (_, i) => Number.parseInt(stream.slice(4 + counts + 8 * i, 12 + counts + 8 * i), 2))
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes))
}

function multiply(a: number, b: number): number {
  let out = 0
  for (let bit = 7; bit >= 0; bit--) {
    out = (out << 1) ^ (out & 0x80 ? 0x11d : 0)
    if ((b >> bit) & 1) out ^= a
  }
  return out
}
const power = (n: number): number => Array.from({ length: n }).reduce<number>((value) => multiply(value, 2), 1)

test('a code of every version is read back by an independent reader', () => {
  const lengths = [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 213]
  const sides = lengths.map((length) => {
    const text = `https://shop.example/${'abcdefghij0123456789-_/?=&'.repeat(9)}`.slice(0, length)
    const code = qrCode(text)
    expect(code === null ? null : read(code)).toBe(text)
    return code?.length
  })
  expect(sides).toEqual([21, 21, 25, 25, 29, 33, 37, 41, 45, 49, 53, 57])
  expect(read(qrCode('Öl & 漢字 🎉') ?? [])).toBe('Öl & 漢字 🎉')
  expect(qrCode('x'.repeat(214))).toBeNull()
})
