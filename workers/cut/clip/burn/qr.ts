// biome-ignore-all lint/style/noNonNullAssertion: loops over a small grid; every index is in range by the loop bounds
/**
 * A QR code of some text: bytes, error correction M, versions 1–10 (at most 213 bytes of UTF-8). After ISO/IEC 18004:2015; tables are those of its
 * annexes. null: too long. Row by row, true = dark, without the quiet zone of four modules that belongs around it.
 */
export function qrCode(text: string): boolean[][] | null {
  const data = new TextEncoder().encode(text)
  const index = versions.findIndex(({ groups }, v) => data.length <= dataBytes(groups) - (v < 9 ? 2 : 3))
  const version = versions[index]
  if (version === undefined) return null
  const words = interleave(codewords(data, index + 1, dataBytes(version.groups)), version)
  const base = functionModules(index + 1, version.marks)
  let best: { grid: Uint8Array[]; cost: number } | null = null
  for (let mask = 0; mask < 8; mask++) {
    const grid = filled(base, words, mask)
    writeFormat(grid, mask)
    const cost = penalty(grid)
    if (best === null || cost < best.cost) best = { grid, cost }
  }
  return best?.grid.map((row) => Array.from(row, (module) => module === 1)) ?? null
}

type Group = { count: number; data: number }
type Version = { check: number; groups: readonly Group[]; marks: readonly number[] }
const version = (check: number, groups: readonly (readonly [count: number, data: number])[], marks: readonly number[]): Version => ({
  check,
  groups: groups.map(([count, data]) => ({ count, data })),
  marks,
})
/** For level M: check bytes a block, blocks and their data bytes; where alignment marks stand. */
const versions: readonly Version[] = [
  version(10, [[1, 16]], []),
  version(16, [[1, 28]], [6, 18]),
  version(26, [[1, 44]], [6, 22]),
  version(18, [[2, 32]], [6, 26]),
  version(24, [[2, 43]], [6, 30]),
  version(16, [[4, 27]], [6, 34]),
  version(18, [[4, 31]], [6, 22, 38]),
  version(
    22,
    [
      [2, 38],
      [2, 39],
    ],
    [6, 24, 42],
  ),
  version(
    22,
    [
      [3, 36],
      [2, 37],
    ],
    [6, 26, 46],
  ),
  version(
    26,
    [
      [4, 43],
      [1, 44],
    ],
    [6, 28, 50],
  ),
]
const dataBytes = (groups: readonly Group[]): number => groups.reduce((sum, { count, data }) => sum + count * data, 0)

/** Mode, length, the bytes, a terminator, then 0xEC 0x11 to the end. */
function codewords(data: Uint8Array, number: number, room: number): Uint8Array {
  const bits: number[] = []
  const push = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  push(0b0100, 4)
  push(data.length, number < 10 ? 8 : 16)
  for (const byte of data) push(byte, 8)
  push(0, Math.min(4, room * 8 - bits.length))
  while (bits.length % 8 !== 0) bits.push(0)
  const out = new Uint8Array(room)
  for (let i = 0; i < room; i++) {
    const from = 8 * i
    out[i] =
      from < bits.length ? bits.slice(from, from + 8).reduce((sum, bit) => 2 * sum + bit, 0) : (i - bits.length / 8) % 2 === 0 ? 0xec : 0x11
  }
  return out
}

/** GF(256) with x⁸ + x⁴ + x³ + x² + 1. */
const powers = new Uint8Array(512)
const logs = new Uint8Array(256)
for (let i = 0, value = 1; i < 255; i++) {
  powers[i] = powers[i + 255] = value
  logs[value] = i
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0)
}
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : powers[logs[a]! + logs[b]!]!)

function checkBytes(block: Uint8Array, count: number): Uint8Array {
  let generator = [1]
  for (let i = 0; i < count; i++) {
    const next = Array.from({ length: generator.length + 1 }, () => 0)
    for (const [j, factor] of generator.entries()) {
      next[j]! ^= factor
      next[j + 1]! ^= times(factor, powers[i]!)
    }
    generator = next
  }
  const rest = new Uint8Array(block.length + count)
  rest.set(block)
  for (let i = 0; i < block.length; i++) {
    const lead = rest[i]!
    if (lead !== 0) for (const [j, factor] of generator.entries()) rest[i + j]! ^= times(factor, lead)
  }
  return rest.slice(block.length)
}

function interleave(words: Uint8Array, { check, groups }: Version): number[] {
  const blocks: Uint8Array[] = []
  let at = 0
  for (const { count, data } of groups)
    for (let i = 0; i < count; i++) {
      blocks.push(words.subarray(at, at + data))
      at += data
    }
  const checks = blocks.map((block) => checkBytes(block, check))
  const columns = (rows: readonly Uint8Array[]): number[] =>
    Array.from({ length: Math.max(...rows.map((row) => row.length)) }, (_, i) =>
      rows.flatMap((row) => (i < row.length ? [row[i]!] : [])),
    ).flat()
  return [...columns(blocks), ...columns(checks)]
}

/** 0 light, 1 dark, 2 = free for data. Format fields are held by 0 until they are written. */
function functionModules(number: number, marks: readonly number[]): Uint8Array[] {
  const side = 17 + 4 * number
  const grid = Array.from({ length: side }, () => new Uint8Array(side).fill(2))
  const set = (y: number, x: number, dark: boolean) => {
    if (y >= 0 && y < side && x >= 0 && x < side) grid[y]![x] = Number(dark)
  }
  for (const [top, left] of [
    [0, 0],
    [0, side - 7],
    [side - 7, 0],
  ] as const)
    for (let y = -1; y <= 7; y++)
      for (let x = -1; x <= 7; x++) {
        const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3))
        set(top + y, left + x, ring !== 2 && ring !== 4)
      }
  for (let i = 8; i < side - 8; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  const last = marks.at(-1)
  for (const y of marks)
    for (const x of marks) {
      if ((y === 6 && (x === 6 || x === last)) || (x === 6 && y === last)) continue
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(y + dy, x + dx, Math.max(Math.abs(dy), Math.abs(dx)) !== 1)
    }
  for (let i = 0; i < 9; i++) {
    if (grid[8]![i] === 2) set(8, i, false)
    if (grid[i]![8] === 2) set(i, 8, false)
    if (i < 8) {
      set(8, side - 1 - i, false)
      set(side - 1 - i, 8, false)
    }
  }
  set(side - 8, 8, true)
  if (number >= 7) {
    const bits = (number << 12) | remainder(number << 12, 0x1f25, 12)
    for (let i = 0; i < 18; i++) {
      set(Math.floor(i / 3), side - 11 + (i % 3), ((bits >> i) & 1) === 1)
      set(side - 11 + (i % 3), Math.floor(i / 3), ((bits >> i) & 1) === 1)
    }
  }
  return grid
}

function remainder(value: number, generator: number, degree: number): number {
  let rest = value
  for (let bit = 31 - Math.clz32(rest); bit >= degree; bit = 31 - Math.clz32(rest)) rest ^= generator << (bit - degree)
  return rest
}

const masks: readonly ((y: number, x: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
]

/** Data in pairs of columns from the right, up and down by turns, past the timing column. */
function filled(base: readonly Uint8Array[], words: readonly number[], mask: number): Uint8Array[] {
  const grid = base.map((row) => row.slice())
  const side = grid.length
  const turns = masks[mask]!
  let bit = 0
  let up = true
  for (let right = side - 1; right > 0; right -= 2) {
    if (right === 6) right = 5
    for (let i = 0; i < side; i++) {
      const y = up ? side - 1 - i : i
      for (const x of [right, right - 1]) {
        if (grid[y]![x] !== 2) continue
        const word = words[bit >> 3] ?? 0
        grid[y]![x] = ((word >> (7 - (bit & 7))) & 1) ^ Number(turns(y, x))
        bit += 1
      }
    }
    up = !up
  }
  return grid
}

/** Level M is 00. The fifteen bits stand twice. */
function writeFormat(grid: readonly Uint8Array[], mask: number): void {
  const side = grid.length
  const bits = ((mask << 10) | remainder(mask << 10, 0x537, 10)) ^ 0x5412
  for (let i = 0; i < 15; i++) {
    const bit = (bits >> i) & 1
    const down = i < 6 ? i : i < 8 ? i + 1 : side - 15 + i
    const across = i < 8 ? side - 1 - i : i === 8 ? 7 : 14 - i
    grid[down]![8] = bit
    grid[8]![across] = bit
  }
}

/** Runs, squares, things that look like a finder, and the balance of dark and light: clause 7.8.3. */
function penalty(grid: readonly Uint8Array[]): number {
  const side = grid.length
  let cost = 0
  const lines = [...grid.map((row) => [...row]), ...grid.map((_, x) => grid.map((row) => row[x]!))]
  for (const line of lines) {
    let run = 0
    for (let i = 0; i < side; i++) {
      run = i > 0 && line[i] === line[i - 1] ? run + 1 : 1
      if (run === 5) cost += 3
      else if (run > 5) cost += 1
    }
    const text = line.join('')
    for (const pattern of ['10111010000', '00001011101'])
      for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) cost += 40
  }
  for (let y = 0; y + 1 < side; y++)
    for (let x = 0; x + 1 < side; x++) {
      const sum = grid[y]![x]! + grid[y]![x + 1]! + grid[y + 1]![x]! + grid[y + 1]![x + 1]!
      if (sum === 0 || sum === 4) cost += 3
    }
  const dark = grid.reduce((sum, row) => sum + row.reduce((total, module) => total + module, 0), 0)
  return cost + 10 * Math.floor(Math.abs((dark * 20) / (side * side) - 10))
}
