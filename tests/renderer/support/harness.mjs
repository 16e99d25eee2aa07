import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import react from '@vitejs/plugin-react'
import sharp from 'sharp'
import { build } from 'vite'
import { corpus } from '../../support/corpus.ts'

/** The policy of the real window, with the media scheme replaced by this server's own /media. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; connect-src 'self'"
const repository = join(import.meta.dirname, '../../..')
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Loads the fake before main.tsx, and turns media://asset/… and media://peek/… into /media/… since no plain browser knows our scheme. */
const withFake = {
  name: 'fake-dropcard',
  enforce: 'pre',
  transform(code, id) {
    if (id.endsWith('/renderer/main.tsx')) return `import ${JSON.stringify(join(import.meta.dirname, 'install-fake.ts'))}\n${code}`
    if (id.endsWith('/main/contract/media-url.ts'))
      return code.replaceAll('`media://asset/', '`/media/').replaceAll('`media://peek/', '`/media/peek/')
    return null
  },
}

async function find(folder, extension) {
  const found = await readdir(folder, { recursive: true })
  return found.filter((name) => extension.test(name)).map((name) => join(folder, name))
}

async function pictures() {
  if (corpus === null) return { photos: [], clip: null }
  const all = [...(await find(join(corpus, 'dev/bursts'), /\.jpe?g$/i)), ...(await find(join(corpus, 'dev/photos'), /\.jpe?g$/i))]
  const sized = await Promise.all(all.map(async (path) => ({ path, bytes: (await stat(path)).size })))
  const clips = await find(join(corpus, 'dev/clips'), /(flower|example)\.mp4$/i)
  return { photos: sized.filter(({ bytes }) => bytes > 150_000).map(({ path }) => path), clip: clips[0] ?? null }
}

const sides = { thumb: 480, preview: 2048, original: 4160, proxy: 480 }

async function draw(photos, id, rendition) {
  const picture = Number.parseInt(id.slice(48, 56), 16)
  const frame = Number.parseInt(id.slice(56), 16)
  const side = sides[rendition] ?? 480
  const path = photos[(picture * 7) % Math.max(photos.length, 1)]
  if (path !== undefined)
    return sharp(path, { failOn: 'none' })
      .rotate()
      .resize(side, side, { fit: 'inside' })
      .modulate({ brightness: 0.9 + (frame % 5) * 0.05 })
      .jpeg({ quality: 80 })
      .toBuffer()
  const hue = (picture * 47) % 360
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${Math.round(side / 1.5)}" viewBox="0 0 300 200"><rect width="300" height="200" fill="hsl(${hue} 25% 72%)"/><circle cx="${120 + (frame % 6) * 12}" cy="110" r="60" fill="hsl(${(hue + 40) % 360} 40% 45%)"/></svg>`
  return sharp(Buffer.from(svg)).jpeg().toBuffer()
}

/**
 * Builds the window with the FAKE engine and serves it on localhost under the real content security policy.
 * @returns {Promise<AsyncDisposable & { url: string }>}
 */
export async function openHarness() {
  const outDir = await mkdtemp(join(tmpdir(), 'dropcard-window-'))
  await build({
    configFile: false,
    root: join(repository, 'renderer'),
    base: '/',
    logLevel: 'error',
    plugins: [withFake, react()],
    build: { outDir, emptyOutDir: true },
  })
  const { photos, clip } = await pictures()
  const drawn = new Map()
  const media = async (id, rendition, range, response) => {
    if (rendition === 'proxy') {
      if (clip === null) {
        response.writeHead(404).end()
        return
      }
      const { size } = await stat(clip)
      const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
      response.writeHead(206, {
        'content-type': 'video/mp4',
        'accept-ranges': 'bytes',
        'content-range': `bytes ${start}-${size - 1}/${size}`,
        'content-length': size - start,
      })
      createReadStream(clip, { start }).pipe(response)
      return
    }
    const key = `${id}/${rendition}`
    const bytes = drawn.get(key) ?? draw(photos, id, rendition)
    drawn.set(key, bytes)
    response.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'max-age=600' }).end(await bytes)
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const asked = /^\/media\/(?:peek\/)?([0-9a-f]{64})(?:\/([a-z]+))?$/.exec(pathname)
    if (pathname === '/favicon.ico') {
      response.writeHead(204).end()
      return
    }
    const answer = async () => {
      if (asked?.[1] !== undefined) return media(asked[1], asked[2] ?? 'thumb', request.headers.range, response)
      const file = join(outDir, pathname === '/' ? 'index.html' : pathname)
      const bytes = await readFile(file)
      response
        .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy })
        .end(bytes)
    }
    answer().catch(() => response.writeHead(404).end())
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await rm(outDir, { recursive: true, force: true })
    },
  }
}
