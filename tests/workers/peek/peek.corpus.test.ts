import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { peek } from '../../../workers/peek/peek.ts'
import { jpegHeader } from '../../../workers/score/sniff.ts'
import { corpus, corpusReason } from '../../support/corpus.ts'
import { tempFolder } from '../../support/temp.ts'
import { quiet } from '../score/pictures.ts'

const below = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const sides = (path: string): number[] => {
  const header = jpegHeader(readFileSync(path))
  return [header?.width ?? Infinity, header?.height ?? Infinity]
}

describe.skipIf(!corpus)(`a look at real cameras' files [${corpusReason}]`, () => {
  const media = join(corpus ?? '', 'dev')

  test('most cameras put a preview in, and each one found is a picture', async () => {
    const paths = below(join(media, 'photos', 'metadata-extractor-images')).filter((path) => /\.jpe?g$/i.test(path))
    const { files } = await peek({ paths, outDir: tempFolder('peek'), decodeMissing: false }, quiet())
    const thumbs = files.map((file) => file.thumb).filter((thumb) => thumb !== null)
    expect(thumbs.length).toBeGreaterThan(paths.length * 0.75)
    expect(files.filter((file) => file.capturedAt !== null && file.camera !== null).length).toBeGreaterThan(paths.length * 0.75)
    for (const thumb of thumbs) expect((await sharp(thumb, { failOn: 'none' }).stats()).channels.length).toBeGreaterThan(0)
  })

  test('files made to break readers break nothing', async () => {
    const paths = below(join(media, 'hostile'))
    const { files } = await peek({ paths: paths.slice(0, 500), outDir: tempFolder('peek'), decodeMissing: true }, quiet())
    expect(files.map((file) => file.path)).toEqual(paths.slice(0, 500))
    for (const { thumb } of files) if (thumb !== null) expect(Math.max(...sides(thumb))).toBeLessThanOrEqual(2048)
  })
})
