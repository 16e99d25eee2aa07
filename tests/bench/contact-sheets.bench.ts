/**
 * Sheets to look at: what the scores and stacks of the corpus are, in pictures.
 *   node tests/bench/contact-sheets.bench.ts OUT_FOLDER [PHOTO_FOLDER]
 * Offloads a folder (the corpus' dev/photos and dev/bursts) into a library of its own by the real engine, then writes JPEGs: the twenty best and the twenty
 * worst by score, and every stack of two and more with its cover first and the reasons. Not a measurement: what was seen is in tests/reports.
 */
import '../../main/hosts/lean.ts'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import type { CommandIn, CommandName, CommandOut } from '../../main/contract/ipc.ts'
import { places } from '../../main/core/library/places.ts'
import { composeEngine } from '../../main/hosts/compose.ts'
import { corpus } from '../support/corpus.ts'

const [out, given] = process.argv.slice(2)
if (out === undefined) throw new Error('expected a folder for the sheets')
const folders =
  given !== undefined ? [resolve(given)] : corpus === null ? [] : ['photos', 'bursts'].map((name) => join(corpus ?? '', 'dev', name))
if (folders.length === 0) throw new Error('expected a folder of photos, or the corpus')
const dir = await mkdtemp(join(tmpdir(), 'dropcard-sheets-'))
await mkdir(out, { recursive: true })

const [cell, line, across] = [230, 15, 5]
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)

/** Words in lines of so many letters. */
function wrapped(text: string, most: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > most && lines.at(-1) !== '') lines.push('')
    lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim()
  }
  return lines
}

type Tile = { id: string; words: string[] }

async function sheet(name: string, title: string, tiles: readonly Tile[], library: string): Promise<void> {
  const said = tiles.map(({ words }) => words.flatMap((one) => wrapped(one, 36)).slice(0, 7))
  const high = cell + 8 * line
  const rows = Math.ceil(tiles.length / across)
  const place = (i: number) => ({ left: (i % across) * (cell + 10) + 5, top: Math.floor(i / across) * high + 60 })
  const pictures = await Promise.all(
    tiles.map(async ({ id }, i) => {
      const input = await sharp(join(library, places.cache(id, 'thumb')))
        .resize(cell, cell, { fit: 'inside' })
        .toBuffer()
      return { input, ...place(i) }
    }),
  )
  const width = across * (cell + 10)
  const height = rows * high + 70
  const text = said.flatMap((lines, i) =>
    lines.map((words, k) => `<text x="${place(i).left}" y="${place(i).top + cell + (k + 1) * line}">${escaped(words)}</text>`),
  )
  const heading = wrapped(title, 150).map(
    (words, k) => `<text x="5" y="${18 + k * 17}" font-size="15" font-weight="bold">${escaped(words)}</text>`,
  )
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11.5">${[...heading, ...text].join('')}</svg>`
  await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([...pictures, { input: Buffer.from(svg), left: 0, top: 0 }])
    .jpeg({ quality: 82 })
    .toFile(join(out ?? '', `${name}.jpg`))
}

const library = join(dir, 'library')
const engine = await composeEngine({ libraryDir: library, watchCards: false })
async function call<N extends CommandName>(name: N, input: CommandIn<N>): Promise<CommandOut<N>> {
  const reply = await engine.call(name, input)
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.value
}
try {
  for (const folder of folders) {
    await call('offload.start', { path: folder })
    await call('engine.settle', {})
  }
  const { assets } = await call('asset.list', { limit: 10_000 })
  const stacks = (await call('stack.list', {})).filter(({ members }) => members.length > 1)
  // As the grid shows them: a stack once, by its cover.
  const behind = new Set<string>(stacks.flatMap(({ members, cover }) => members.filter((id) => id !== cover)))
  const photos = assets.filter((one) => one.kind === 'photo' && one.score !== null).toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
  const scored = photos.filter(({ id }) => !behind.has(id))
  const byId = new Map<string, (typeof assets)[number]>(assets.map((one) => [one.id, one]))
  const tile = ({ id, name, score, suggestion, reasons }: (typeof assets)[number]): Tile => ({
    id,
    words: [`${score?.toFixed(1) ?? '–'}  ${suggestion ?? ''}  ${name}`, ...reasons.slice(0, 4)],
  })
  await sheet('top-20', `The twenty best of ${scored.length}`, scored.slice(0, 20).map(tile), library)
  await sheet('bottom-20', `The twenty worst of ${scored.length}, worst first`, scored.toReversed().slice(0, 20).map(tile), library)
  await sheet(
    'middle-20',
    'Twenty around the middle',
    scored.slice((scored.length >> 1) - 10, (scored.length >> 1) + 10).map(tile),
    library,
  )
  for (const [n, { members, kind, reason }] of stacks.entries()) {
    const tiles = members.flatMap((id) => byId.get(id) ?? []).map(tile)
    await sheet(`stack-${String(n + 1).padStart(2, '0')}`, `${kind}: ${reason} (cover first)`, tiles.slice(0, 20), library)
  }
  console.log(
    `${photos.length} photos scored, ${scored.length} with stacks closed; ${assets.length - photos.length} not; ${stacks.length} stacks of two and more; sheets in ${out}`,
  )
  for (const one of photos) console.log(`${one.score?.toFixed(1)}\t${one.suggestion}\t${one.name}\t${one.reasons.join('; ')}`)
} finally {
  await engine[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
}
