import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { poster } from '../../../workers/crop/poster.ts'
import { qrCode } from '../../../workers/cut/clip/burn/qr.ts'
import { tempFolder } from '../../support/temp.ts'

const ctx = { signal: new AbortController().signal, progress: () => undefined }

/** Objects by number, found the way a reader finds them: last line → table → places. */
function objects(pdf: Buffer): Map<number, Buffer> {
  const tail = pdf.subarray(-64).toString('latin1')
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(tail)?.[1])
  const [head, ...rows] = pdf.subarray(start).toString('latin1').split('\n').slice(1)
  const count = Number(head?.split(' ')[1])
  return new Map(
    rows.slice(1, count).map((row, index): [number, Buffer] => {
      const at = Number(row.slice(0, 10))
      expect(pdf.subarray(at, at + 7).toString('latin1')).toBe(`${index + 1} 0 obj`)
      return [index + 1, pdf.subarray(at)]
    }),
  )
}

test('a poster is one page with the code as vectors and the words as a picture', async () => {
  const outPath = join(tempFolder(), 'posters', 'mug.pdf')
  const qr = 'https://shop.example/products/blue-mug/'
  const made = await poster(
    { title: 'Blue mug <24 cm> & 茶碗', lines: ['€18.50', 'Sat, 28 Nov 2026, 12:00 (Europe/Berlin)'], qr, foot: qr, outPath },
    ctx,
  )
  const pdf = readFileSync(outPath)
  expect([made.bytes, pdf.subarray(0, 8).toString('latin1')]).toEqual([pdf.length, '%PDF-1.4'])
  const all = objects(pdf)
  expect(all.size).toBe(5)
  // The rectangles of the page are the modules of the code, in their places.
  const content = all.get(4)?.toString('latin1') ?? ''
  const squares = [...content.matchAll(/^([\d.]+) ([\d.]+) ([\d.]+) \3 re$/gm)].map((match) => match.slice(1, 4).map(Number))
  const code = qrCode(qr) ?? []
  const size = squares[0]?.[2] ?? 0
  const left = Math.min(...squares.map(([x = 0]) => x))
  const top = Math.max(...squares.map(([, y = 0]) => y))
  const drawn = new Set(squares.map(([x = 0, y = 0]) => `${Math.round((x - left) / size)},${Math.round((top - y) / size)}`))
  const wanted = new Set(code.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`${x},${y}`] : []))))
  expect(drawn).toEqual(wanted)
  // The words are there: the picture is neither blank nor black.
  const image = all.get(5) ?? Buffer.alloc(0)
  const from = image.indexOf('stream\n') + 7
  const length = Number(/\/Length (\d+)/.exec(image.subarray(0, from).toString('latin1'))?.[1])
  const { channels } = await sharp(image.subarray(from, from + length)).stats()
  expect(channels[0]?.mean).toBeGreaterThan(180)
  expect(channels[0]?.stdev).toBeGreaterThan(20)
})

test.skipIf(spawnSync('pdfinfo', ['-v']).error !== undefined)(
  'an independent reader opens it [needs pdfinfo of poppler-utils]',
  async () => {
    const outPath = join(tempFolder(), 'a.pdf')
    await poster({ title: 'x', lines: [], qr: 'https://a.example/', foot: null, outPath }, ctx)
    expect(execFileSync('pdfinfo', [outPath], { encoding: 'utf8' })).toMatch(/Pages:\s+1\n[\s\S]*Page size:\s+420 x 595 pts \(A5\)/)
  },
)

test('an address that is too long is refused in words', async () => {
  const outPath = join(tempFolder(), 'a.pdf')
  await expect(poster({ title: 'x', lines: [], qr: `https://a.example/${'a'.repeat(300)}`, foot: null, outPath }, ctx)).rejects.toThrow(
    /too long for a code/,
  )
})
