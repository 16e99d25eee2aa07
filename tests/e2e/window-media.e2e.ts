import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { type OpenApp, openApp } from './support/app.ts'

/** `media://` in the real window; which file an asset is comes from the FAKE engine. */

const photo = 'a'.repeat(64)
const vanished = 'b'.repeat(64)
const script = 'c'.repeat(64)
const bytes = randomBytes(1_500_000)
const clip = 'e'.repeat(64)
const sampleClip = resolve(import.meta.dirname, '../fixtures/card/DCIM/100CANON/MVI_0011.MP4')
let folder: string
let dropcard: OpenApp

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropcard-media-'))
  await writeFile(join(folder, 'photo.jpg'), bytes)
  dropcard = await openApp({
    fake: {
      media: {
        [photo]: { path: join(folder, 'photo.jpg'), type: 'image/jpeg' },
        [vanished]: { path: join(folder, 'gone.jpg'), type: 'image/jpeg' },
        [clip]: { path: sampleClip, type: 'video/mp4' },
        [script]: { path: join(folder, 'photo.jpg'), type: 'text/html' },
      },
    },
  })
})
test.afterAll(async () => {
  await dropcard[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

test('media:// is shown, answers Range, and names no paths', async () => {
  const { page, app } = dropcard
  // the policy keeps the page itself from fetching media, so the requests are made where the policy does not reach
  const ask = (url: string, range: string | null) =>
    app.evaluate(
      async ({ net }, { url, range }) => {
        const response = await net.fetch(url, range === null ? {} : { headers: { Range: range } })
        const body = Buffer.from(await response.arrayBuffer())
        const header = (name: string) => response.headers.get(name)
        return {
          status: response.status,
          type: header('content-type'),
          contentRange: header('content-range'),
          length: body.length,
          body: body.length < 100 ? body.toString('hex') : `${body.subarray(0, 8).toString('hex')}…${body.subarray(-8).toString('hex')}`,
        }
      },
      { url, range },
    )
  const url = `media://asset/${photo}/original`
  const ends = (part: Buffer) =>
    part.length < 100 ? part.toString('hex') : `${part.subarray(0, 8).toString('hex')}…${part.subarray(-8).toString('hex')}`
  const slice = (start: number, end: number) => ({
    status: 206,
    type: 'image/jpeg',
    contentRange: `bytes ${start}-${end}/${bytes.length}`,
    length: end - start + 1,
    body: ends(bytes.subarray(start, end + 1)),
  })
  expect(await ask(url, null)).toEqual({ status: 200, type: 'image/jpeg', contentRange: null, length: bytes.length, body: ends(bytes) })
  expect(await ask(url, 'bytes=10-19')).toEqual(slice(10, 19))
  expect(await ask(url, 'bytes=600000-')).toEqual(slice(600_000, bytes.length - 1))
  expect(await ask(url, 'bytes=-16')).toEqual(slice(bytes.length - 16, bytes.length - 1))
  expect(await ask(url, `bytes=${bytes.length - 5}-${bytes.length + 5}`)).toEqual(slice(bytes.length - 5, bytes.length - 1))
  expect(await ask(url, `bytes=${bytes.length}-`)).toMatchObject({ status: 416, contentRange: `bytes */${bytes.length}` })
  const statuses = []
  for (const path of [
    `${vanished}/thumb`,
    `${script}/thumb`,
    `${'d'.repeat(64)}/thumb`,
    `${photo}/secret`,
    `${photo}/../x`,
    `${photo}/thumb?x`,
  ]) {
    statuses.push((await ask(`media://asset/${path}`, null)).status)
  }
  expect(statuses).toEqual([404, 500, 404, 404, 404, 404])

  // a real picture reaches an <img>: the smallest GIF would be refused by nothing but its type, so a real one is written
  await writeFile(join(folder, 'photo.jpg'), Buffer.from('R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'))
  const width = await page.evaluate(async (url) => {
    const image = new Image()
    image.src = url
    await image.decode()
    return image.naturalWidth
  }, `media://asset/${photo}/thumb`)
  expect(width).toBe(1)
})

test('a clip plays from media:// and any moment of it can be sought', async () => {
  const seen = await dropcard.page.evaluate(async (url) => {
    const video = document.createElement('video')
    video.src = url
    video.muted = true
    document.body.append(video)
    const heard = (name: string) =>
      new Promise<void>((resolve, reject) => {
        video.addEventListener(name, () => resolve(), { once: true })
        video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true })
      })
    await heard('loadeddata')
    const moments: number[] = []
    for (const moment of [4, 0.5, 2.5]) {
      const sought = heard('seeked')
      video.currentTime = moment
      await sought
      moments.push(video.currentTime)
    }
    await video.play()
    await heard('timeupdate')
    video.pause()
    const { videoWidth, videoHeight, duration, readyState } = video
    video.remove()
    return { moments, videoWidth, videoHeight, seconds: Math.round(duration), readable: readyState >= 2 }
  }, `media://asset/${clip}/proxy`)
  expect(seen).toEqual({ moments: [4, 0.5, 2.5], videoWidth: 960, videoHeight: 540, seconds: 5, readable: true })
})
