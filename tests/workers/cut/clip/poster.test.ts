import { readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writePoster } from '../../../../workers/cut/clip/poster.ts'
import { needFfmpeg } from '../../../../workers/cut/ffmpeg/tools.ts'
import { make, makeFolder } from '../made.ts'

let at: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  at = await makeFolder()
})
afterAll(() => at[Symbol.asyncDispose]())

test('the cover is the picture meant, also the last one; past its start there is one all the same; what holds none is named', async () => {
  // Ten pictures that differ by their brightness, 30 a second: the last one starts at 0.3 s of 0.333 s.
  const path = await make(
    at.path('steps.mp4'),
    ...['-f', 'lavfi', '-i', "color=black:s=64x64:r=30:d=0.3333,geq=lum='20+N*20':cb=128:cr=128"],
    ...['-frames:v', '10', '-c:v', 'libx264', '-preset', 'veryfast', '-qp', '4', '-pix_fmt', 'yuv420p'],
  )
  const ffmpeg = await needFfmpeg()
  const { signal } = new AbortController()
  const brightness = async (seconds: number): Promise<number> => {
    await writePoster(ffmpeg, path, seconds, at.path('cover.jpg'), signal)
    const { channels } = await sharp(await readFile(at.path('cover.jpg'))).stats()
    return Math.round((((channels[0]?.mean ?? 0) * 219) / 255 + 16 - 20) / 20)
  }
  const before = 0.25 / 30
  expect([await brightness(0), await brightness(4 / 30 - before), await brightness(9 / 30 - before), await brightness(0.32)]).toEqual([
    0,
    4,
    9,
    expect.toBeOneOf([0, 9]),
  ])
  const nothing = at.path('nothing.mp4')
  await writeFile(nothing, '')
  await expect(writePoster(ffmpeg, nothing, 0, at.path('none.jpg'), signal)).rejects.toThrow(/making the cover/)
}, 60_000)
