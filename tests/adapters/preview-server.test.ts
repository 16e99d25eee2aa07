import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Preview, servePreview } from '../../main/adapters/preview-server.ts'

let home: string
let preview: Preview
let port: number
const clip = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 251))

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'preview-'))
  const dir = join(home, 'shop')
  await mkdir(join(dir, 'products', 'mug'), { recursive: true })
  await mkdir(join(dir, '.git'))
  await writeFile(join(dir, 'index.html'), '<h1>Shop</h1>')
  await writeFile(join(dir, '404.html'), '<h1>Not here</h1>')
  await writeFile(join(dir, 'products', 'mug', 'index.html'), '<h1>Mug</h1>')
  await writeFile(join(dir, 'clip.mp4'), clip)
  await writeFile(join(dir, 'empty.txt'), '')
  await writeFile(join(dir, 'a b&ü.jpg'), 'picture')
  for (const name of ['.dropcard-owner', '.git/config', '.hidden.html', 'catalog.json', 'notes.bin', 'noending'])
    await writeFile(join(dir, name), 'secret')
  await writeFile(join(home, 'outside.html'), 'secret')
  await symlink(join(home, 'outside.html'), join(dir, 'link.html'))
  await symlink(join(dir, '.hidden.html'), join(dir, 'hidden-link.html'))
  await symlink(home, join(dir, 'up'))
  preview = await servePreview({ dir, port: 0 })
  port = Number(new URL(preview.url).port)
})
afterAll(async () => {
  await preview[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

type Answer = { status: number; headers: Record<string, unknown>; body: Buffer }
/** The path goes out as it stands: no client tidies it up. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((done, failed) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }))
    })
    asked.once('error', failed)
    asked.end()
  })

describe('the preview server', () => {
  it('serves pages, folders and files with their types, as a static host does', async () => {
    const home = await get('/')
    expect([home.status, home.headers['content-type'], home.body.toString()]).toEqual([200, 'text/html; charset=utf-8', '<h1>Shop</h1>'])
    expect(home.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-cache',
    })
    expect(await get('/products/mug?from=poster')).toMatchObject({ status: 308, headers: { location: '/products/mug/' } })
    expect((await get('/products/mug/')).body.toString()).toBe('<h1>Mug</h1>')
    expect(await get('/a%20b&%C3%BC.jpg')).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg' } })
    expect(await get('/clip.mp4', {}, 'HEAD')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'video/mp4', 'content-length': '5000' },
      body: Buffer.alloc(0),
    })
    expect(await get('/empty.txt')).toMatchObject({ status: 200, headers: { 'content-length': '0' } })
    expect(await get('/', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it.each([
    '/..%2foutside.html',
    '/../outside.html',
    '/%2e%2e/outside.html',
    '/products/..%5c..%5coutside.html',
    '/products//mug/index.html',
    '//etc/passwd',
    '/link.html',
    '/hidden-link.html',
    '/up/outside.html',
    '/.dropcard-owner',
    '/.git/config',
    '/.hidden.html',
    '/catalog.json',
    '/CATALOG.json',
    '/notes.bin',
    '/noending',
    '/index.html%00.jpg',
    '/C:/index.html',
    '/%E0%A4%A',
    '/products/',
    '/media',
    `/${'a/'.repeat(2000)}index.html`,
  ])('has nothing at %s', async (path) => {
    const found = await get(path)
    expect([found.status, found.body.toString()]).toEqual([404, '<h1>Not here</h1>'])
  })

  it('answers only to this computer by its own name', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      'localhost',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
    ])
      expect((await get('/', { Host: host })).status, host).toBe(421)
    for (const host of [`127.0.0.1:${port}`, `LOCALHOST:${port}`]) expect((await get('/', { Host: host })).status).toBe(200)
    // No host at all, by hand.
    const said = await new Promise<string>((done) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'))
      let text = ''
      socket.on('data', (part) => {
        text += part.toString()
      })
      socket.on('close', () => done(text))
    })
    expect(said).toMatch(/^HTTP\/1\.1 421 /)
  })

  it('sends the part of a clip that a player asks for, and only when the file is still the same', async () => {
    const whole = await get('/clip.mp4')
    expect([whole.status, whole.headers['accept-ranges'], whole.body.equals(clip)]).toEqual([200, 'bytes', true])
    const ranges: [string, number, number, number][] = [
      ['bytes=0-99', 206, 0, 100],
      ['bytes=4900-', 206, 4900, 5000],
      ['bytes=-10', 206, 4990, 5000],
      ['bytes=-9000', 206, 0, 5000],
      ['bytes=4999-9999', 206, 4999, 5000],
      ['bytes=0-1,4-5', 200, 0, 5000],
      ['bytes=9-3', 200, 0, 5000],
      ['lines=0-3', 200, 0, 5000],
    ]
    for (const [range, status, from, to] of ranges) {
      const part = await get('/clip.mp4', { Range: range })
      expect([part.status, part.body.equals(clip.subarray(from, to))], range).toEqual([status, true])
      expect(part.headers['content-range']).toBe(status === 206 ? `bytes ${from}-${to - 1}/5000` : undefined)
    }
    expect(await get('/clip.mp4', { Range: 'bytes=5000-' })).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */5000' } })
    const tag = String(whole.headers['etag'])
    expect(await get('/clip.mp4', { 'If-None-Match': `"other", W/${tag}` })).toMatchObject({ status: 304, body: Buffer.alloc(0) })
    expect((await get('/clip.mp4', { Range: 'bytes=0-9', 'If-Range': tag })).status).toBe(206)
    await truncate(join(home, 'shop', 'clip.mp4'), 4000)
    expect((await get('/clip.mp4', { 'If-None-Match': tag })).status).toBe(200)
    expect((await get('/clip.mp4', { Range: 'bytes=0-9', 'If-Range': tag })).body).toHaveLength(4000)
  })

  it('is gone when it is closed, open connections included', async () => {
    const short = await servePreview({ dir: join(home, 'shop'), port: 0 })
    const socket = connect(Number(new URL(short.url).port), '127.0.0.1')
    await new Promise((done) => socket.once('connect', done))
    const closed = new Promise((done) => socket.once('close', done))
    socket.on('error', () => undefined)
    await short[Symbol.asyncDispose]()
    await closed
    await expect(fetch(short.url)).rejects.toThrow()
    await expect(servePreview({ dir: join(home, 'none'), port: 0 })).rejects.toThrow(/ENOENT/)
  })
})
