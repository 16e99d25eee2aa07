import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { appOrigin } from './origin.ts'

/** What the window's page may load and run: its own files, and media by id. Nothing inline, nothing from the network. */
export const contentSecurityPolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' media:",
  'media-src media: blob:',
  "connect-src 'self' media:",
  "worker-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** Serves the built renderer, and nothing outside of its folder, as `app://dropcard/…`. */
export function createPage(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'text/plain', 'only GET and HEAD')
    const path = fileOf(folder, request.url)
    const type = path === null ? undefined : types[extname(path)]
    if (path === null || type === undefined) return answer(404, 'text/plain', 'not a file of the app')
    try {
      return answer(200, type, new Uint8Array(await readFile(path)))
    } catch {
      return answer(404, 'text/plain', 'not a file of the app')
    }
  }
}

function fileOf(folder: string, url: string): string | null {
  if (!url.startsWith(`${appOrigin}/`)) return null
  const { pathname } = new URL(url)
  let name: string
  try {
    name = decodeURIComponent(pathname === '/' ? '/index.html' : pathname)
  } catch {
    return null
  }
  if (name.includes('\0') || name.includes('\\')) return null
  const path = join(folder, name)
  return path.startsWith(folder + sep) ? path : null
}

function answer(status: number, type: string, body: string | Uint8Array<ArrayBuffer>): Response {
  return new Response(body, {
    status,
    headers: {
      'Content-Type': type,
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    },
  })
}
