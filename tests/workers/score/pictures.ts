import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { modelsDir } from '../../../models/load.ts'
import { Refusal, type TaskContext, type TaskOut } from '../../../workers/protocol.ts'
import { photo } from '../../../workers/score/photo.ts'

/** Pictures made by drawing, so that what is wrong with each is known exactly. */

export const quiet = (): TaskContext => ({ signal: new AbortController().signal, progress() {} })

export async function temporary(): Promise<
  { dir: string; put(name: string, bytes: Uint8Array | string): Promise<string> } & AsyncDisposable
> {
  const dir = await mkdtemp(join(tmpdir(), 'dropcard-score-'))
  return {
    dir,
    async put(name, bytes) {
      await writeFile(join(dir, name), bytes)
      return join(dir, name)
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

export const score = (
  path: string,
  change: { thumbPath?: string; previewPath?: string; modelsDir?: string; subjectAt?: { x: number; y: number } } = {},
): Promise<TaskOut<'score.photo'>> => photo({ path, modelsDir, thumbPath: null, previewPath: null, subjectAt: null, ...change }, quiet())

/** The code of the refusal, or 'scored'. Anything else thrown is a bug and stays thrown. */
export const ending = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'scored',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code
      throw error
    },
  )

/** A product-like drawing: a striped, lettered vase on a backdrop. `lift` is added to the vase's paint. */
export function scene({ width = 1600, height = 1200, backdrop = '#ffffff', vase = '#7a5238', stripe = '#e8d9b0' } = {}): Buffer {
  const stripes = Array.from({ length: 24 }, (_, i) => `<rect x="500" y="${300 + i * 26}" width="600" height="9" fill="${stripe}"/>`).join(
    '',
  )
  const dots = Array.from(
    { length: 90 },
    (_, i) => `<circle cx="${515 + ((i * 137) % 570)}" cy="${310 + ((i * 89) % 600)}" r="6" fill="#26384f"/>`,
  ).join('')
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 1200" width="${width}" height="${height}"><rect width="1600" height="1200" fill="${backdrop}"/>` +
      `<ellipse cx="800" cy="610" rx="300" ry="340" fill="${vase}"/><clipPath id="c"><ellipse cx="800" cy="610" rx="300" ry="340"/></clipPath>` +
      `<g clip-path="url(#c)">${stripes}${dots}</g></svg>`,
  )
}

export const jpeg = (svg: Buffer, quality = 92): Promise<Buffer> => sharp(svg).jpeg({ quality }).toBuffer()

/** Gaussian noise of the given strength added to every channel, the same on every run. */
export async function grainy(svg: Buffer, sigma: number): Promise<Buffer> {
  const { data, info } = await sharp(svg).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  let state = 12345
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 1) / 2 ** 32
  }
  for (let i = 0; i < data.length; i++) {
    const g = Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
    data[i] = Math.min(255, Math.max(0, Math.round((data[i] ?? 0) + sigma * g)))
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer()
}
