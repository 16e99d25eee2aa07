import { mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { execa } from 'execa'
import sharp, { type OverlayOptions } from 'sharp'
import { inputArgs, openSource } from '../../workers/cut/container/sniff.ts'
import { needFfmpeg } from '../../workers/cut/ffmpeg/tools.ts'
import { find } from '../../workers/cut/find.ts'
import type { Measure } from '../../workers/protocol.ts'

/**
 * Contact sheets for looking at what `cut.find` does: the chosen clips of a take with their measures, then what was left and why.
 * `node tests/bench/cut-sheet.bench.ts OUT-FOLDER SHORTEST LONGEST MOST video…` (seconds); one JPEG for each.
 */
const [out = '.', shortest = '5', longest = '15', most = '3', ...files] = process.argv.slice(2)
const [tile, high, label] = [240, 135, 34]
const perRow = 6
const context = { signal: new AbortController().signal, progress: () => {} }

type Row = { inUs: number; outUs: number; title: string; text: string; chosen: boolean }

await mkdir(resolve(out), { recursive: true })
for (const path of files) {
  const found = await find(
    {
      path,
      minUs: Number(shortest) * 1e6,
      maxUs: Number(longest) * 1e6,
      most: Number(most),
      modelsDir: join(import.meta.dirname, '../../models'),
    },
    context,
  )
  const seconds = (us: number): string => (us / 1e6).toFixed(1)
  const range = (one: { inUs: number; outUs: number }): string => `${seconds(one.inUs)}–${seconds(one.outUs)} s`
  const rows: Row[] = [
    ...found.clips.map((one, at) => ({ ...one, title: `clip ${at + 1}: ${range(one)}`, text: words(one.measures), chosen: true })),
    ...found.rejected
      .toSorted((a, b) => b.outUs - b.inUs - (a.outUs - a.inUs))
      .slice(0, 8)
      .sort((a, b) => a.inUs - b.inUs)
      .map((one) => ({ ...one, title: `left: ${range(one)}`, text: one.because, chosen: false })),
  ]
  const to = join(resolve(out), `${basename(path).replace(/\.[^.]*$/, '')}.jpg`)
  await draw(path, rows, to)
  process.stdout.write(
    `${to}: ${found.clips.length} clips, ${found.rejected.length} ranges left${found.degraded.map((one) => `; ${one}`).join('')}\n`,
  )
}

function words(measures: Record<string, Measure>): string {
  return Object.entries(measures)
    .map(([name, { value, because }]) => `${name} ${value.toFixed(2)} (${because})`)
    .join(' · ')
}

async function draw(path: string, rows: readonly Row[], to: string): Promise<void> {
  const layers: OverlayOptions[] = []
  for (const [at, row] of rows.entries()) {
    const top = at * (high + label)
    layers.push({ input: caption(row), left: 0, top })
    for (let n = 0; n < perRow; n++) {
      const input = await still(path, row.inUs + ((row.outUs - row.inUs) * (n + 0.5)) / perRow)
      if (input !== null) layers.push({ input, left: n * tile, top: top + label })
    }
  }
  const background = { r: 20, g: 20, b: 20 }
  await sharp({ create: { width: perRow * tile, height: rows.length * (high + label), channels: 3, background } })
    .composite(layers)
    .jpeg({ quality: 82 })
    .toFile(to)
}

function caption({ title, text, chosen }: Row): Buffer {
  const safe = (words: string): string => words.replace(/[<>&]/g, ' ')
  const colour = chosen ? '#7fd67f' : '#d6a07f'
  const line = (y: number, size: number, words: string): string =>
    `<text x="6" y="${y}" font-family="sans-serif" font-size="${size}" fill="${colour}">${safe(words)}</text>`
  return Buffer.from(`<svg width="${perRow * tile}" height="${label}">${line(14, 13, title)}${line(29, 10.5, text)}</svg>`)
}

async function still(path: string, atUs: number): Promise<Buffer | null> {
  const { path: ffmpeg } = await needFfmpeg()
  const input = inputArgs(await openSource(path), ['-ss', (atUs / 1e6).toFixed(3)])
  const fit = `scale=${tile}:${high}:force_original_aspect_ratio=decrease,pad=${tile}:${high}:-1:-1`
  const { stdout } = await execa(
    ffmpeg,
    ['-nostdin', '-v', 'error', ...input, '-map', '0:v:0', '-frames:v', '1', '-vf', fit, '-f', 'image2pipe', '-c:v', 'png', '-'],
    { encoding: 'buffer', reject: false },
  )
  return stdout.length > 0 ? Buffer.from(stdout) : null
}
