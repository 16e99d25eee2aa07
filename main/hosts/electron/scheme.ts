import { protocol } from 'electron'

/** Must run before the app is ready: privileges of a scheme are fixed when Chromium starts. */
export function declareSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    // the page reads pixels (focus map, histogram) and decodes ahead in a worker: both need fetch and CORS; media.ts allows our own page only
    { scheme: 'media', privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true, corsEnabled: true } },
  ])
}

/** Answers app:// and media://, and closes file://: nothing in the window ever needs a path of this machine. */
export function serveSchemes(answer: {
  page: (request: Request) => Promise<Response>
  media: (request: Request) => Promise<Response>
}): void {
  protocol.handle('app', answer.page)
  protocol.handle('media', answer.media)
  protocol.handle('file', () => new Response('file: is closed', { status: 403 }))
}
