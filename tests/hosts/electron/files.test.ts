import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../../main/adapters/log.ts'
import { assetId } from '../../../main/contract/ids.ts'
import { mostThumbs, thumbsUrl } from '../../../main/contract/media-url.ts'
import { pack, unpack } from '../../../main/contract/packed.ts'
import type { Reply } from '../../../main/contract/reply.ts'
import { createMedia } from '../../../main/hosts/electron/media.ts'
import { createPage } from '../../../main/hosts/electron/page.ts'
import { parseRange } from '../../../main/hosts/electron/range.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropcard-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a range is either inside of the file, refused or ignored, whatever the header says', () => {
  const size = 100
  expect(['bytes=0-9', 'bytes=90-', 'bytes=-10', 'bytes=-1000', 'bytes=50-1000'].map((header) => parseRange(header, size))).toEqual([
    { start: 0, end: 9 },
    { start: 90, end: 99 },
    { start: 90, end: 99 },
    { start: 0, end: 99 },
    { start: 50, end: 99 },
  ])
  expect(['bytes=100-', 'bytes=-0', 'bytes=100-200'].map((header) => parseRange(header, size))).toEqual(Array(3).fill('unsatisfiable'))
  expect(
    [null, '', 'bytes=', 'bytes=-', 'bytes=9-1', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b'].map((header) => parseRange(header, size)),
  ).toEqual(Array(8).fill('whole'))
  expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable')
  void fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(10_000), (first, last, bytes) => {
      const range = parseRange(`bytes=${first}-${last}`, bytes)
      if (typeof range === 'object') expect(0 <= range.start && range.start <= range.end && range.end < bytes).toBe(true)
    }),
  )
})

const id = 'a'.repeat(64)
const media = (reply: Reply<unknown>) =>
  createMedia({
    engine: { call: async () => reply },
    log: createLog(join(folder, 'logs/dropcard.log')),
    made: (id, rendition) => join(folder, 'cache', `${id}-${rendition}`),
  })
const ask = (reply: Reply<unknown>, range?: string, url = `media://asset/${id}/proxy`) =>
  media(reply)(new Request(url, range === undefined ? {} : { headers: { Range: range } }))

test('media: a picture that was made is served while the engine is away; a folder or a link in its place is not', async () => {
  const away = { ok: false as const, error: { code: 'unavailable' as const, message: 'starting', next: null, retryable: true } }
  const url = `media://asset/${id}/thumb`
  expect((await ask(away, undefined, url)).status).toBe(503)
  await mkdir(join(folder, 'cache'))
  const path = join(folder, 'cache', `${id}-thumb`)
  await writeFile(join(folder, 'secret'), 'not a picture')
  await symlink(join(folder, 'secret'), path)
  expect((await ask(away, undefined, url)).status).toBe(503)
  await rm(path)
  await writeFile(path, 'a small picture')
  const whole = await ask(away, undefined, url)
  expect([whole.status, whole.headers.get('content-type'), await whole.text()]).toEqual([200, 'image/jpeg', 'a small picture'])
  const part = await ask(away, 'bytes=2-6', url)
  expect([part.status, await part.text()]).toEqual([206, 'small'])
  // The original is for the engine to say.
  expect((await ask(away, undefined, `media://asset/${id}/original`)).status).toBe(503)
})

test('media: thumbnails come several in one answer, in the order asked for, empty where there is none, and nothing else is packed', async () => {
  const away = { ok: false as const, error: { code: 'unavailable' as const, message: 'starting', next: null, retryable: true } }
  const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => assetId.parse(letter.repeat(64)))
  await mkdir(join(folder, 'cache', `${ids[4]}-thumb`), { recursive: true })
  await writeFile(join(folder, 'secret'), 'not a picture')
  for (const id of [ids[0], ids[2]]) await writeFile(join(folder, 'cache', `${id}-thumb`), `thumb of ${id}`)
  await symlink(join(folder, 'secret'), join(folder, 'cache', `${ids[3]}-thumb`))
  const reply = await ask(away, undefined, thumbsUrl(ids))
  const files = unpack(await reply.arrayBuffer(), ids.length)
  const texts = files?.map((bytes) => (bytes === null ? null : Buffer.from(bytes).toString()))
  expect([reply.status, texts]).toEqual([200, [`thumb of ${ids[0]}`, null, `thumb of ${ids[2]}`, null, null]])
  const many = Array.from({ length: mostThumbs + 1 }, () => ids[0]).join(',')
  for (const wrong of [many, '', 'a', `${ids[0]},`, `${ids[0]},../secret`, `${ids[0]}/thumb`])
    expect((await ask(away, undefined, `media://thumbs/${wrong}`)).status).toBe(404)
})

test('what is packed is unpacked, and bytes that are anything else are not', () => {
  const file = fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }))
  void fc.assert(
    fc.property(fc.array(file, { maxLength: 6 }), fc.nat(60), (files, cut) => {
      const packed = pack(files)
      expect(unpack(packed.buffer, files.length)).toEqual(files.map((one) => (one === null ? null : Uint8Array.from(one))))
      expect(unpack(packed.buffer, files.length + 1)).toBeNull()
      if (cut < packed.length) expect(unpack(packed.buffer.slice(0, cut), files.length)).toBeNull()
    }),
  )
})

test('media: any part of a file larger than a chunk arrives byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 1_300_000 }, (_, index) => (index * 7 + (index >> 8)) & 255))
  const path = join(folder, 'clip.mp4')
  await writeFile(path, bytes)
  const found = { ok: true as const, value: { path, type: 'video/mp4' } }
  const whole = await ask(found)
  expect([whole.status, whole.headers.get('accept-ranges'), whole.headers.get('content-length')]).toEqual([200, 'bytes', '1300000'])
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
  const part = await ask(found, 'bytes=300001-1200000')
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 300001-1200000/1300000'])
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(300_001, 1_200_001))).toBe(true)

  const changed = await ask(found)
  await truncate(path, 10)
  await expect(changed.arrayBuffer()).rejects.toThrow()
})

test('media: what cannot be served has a status and no path in its body', async () => {
  const fail = (code: 'not-found' | 'unavailable' | 'internal') => ({
    ok: false as const,
    error: { code, message: 'no', next: null, retryable: false },
  })
  const to = (path: string, type: string) => ({ ok: true as const, value: { path, type } })
  await writeFile(join(folder, 'x'), 'x')
  await writeFile(join(folder, 'empty'), '')
  const answers = await Promise.all([
    ask(fail('not-found')),
    ask(fail('unavailable')),
    ask(fail('internal')),
    ask(to(join(folder, 'none'), 'image/jpeg')),
    ask(to(folder, 'image/jpeg')),
    ask(to('x', 'image/jpeg')),
    ask(to(join(folder, 'x'), 'image/svg+xml')),
    ask(to(join(folder, 'x'), 'text/html')),
    ask({ ok: true, value: { path: 1 } }),
    ask(to(join(folder, 'x'), 'image/jpeg'), undefined, `media://asset/${id}/../../etc/passwd`),
    ask(to(join(folder, 'empty'), 'image/jpeg')),
  ])
  expect(answers.map((answer) => answer.status)).toEqual([404, 503, 500, 404, 404, 500, 500, 500, 500, 404, 200])
  for (const answer of answers) expect(await answer.text()).not.toContain(folder)
})

test('page: files of its folder with the policy, nothing else', async () => {
  const built = join(folder, 'out')
  await mkdir(join(built, 'assets'), { recursive: true })
  await writeFile(join(built, 'index.html'), '<!doctype html>')
  await writeFile(join(built, 'assets/a b.js'), '1')
  await writeFile(join(folder, 'secret.json'), '{}')
  const page = createPage(built)
  const get = (url: string, method = 'GET') => page(new Request(url, { method }))
  const home = await get('app://dropcard/?x#y')
  expect([home.status, home.headers.get('content-type'), await home.text()]).toEqual([200, 'text/html; charset=utf-8', '<!doctype html>'])
  expect(home.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' media:;(?!.*unsafe)/,
  )
  const statuses = await Promise.all([
    get('app://dropcard/assets/a%20b.js'),
    get('app://dropcard/..%2fsecret.json'),
    get('app://dropcard/assets/..%2f..%2fsecret.json'),
    get('app://other/index.html'),
    get('app://dropcard/assets'),
    get('app://dropcard/%E0%A4%A'),
    get('app://dropcard/index.html', 'POST'),
  ])
  expect(statuses.map(({ status }) => status)).toEqual([200, 404, 404, 404, 404, 404, 405])
})
