import { app, type Session, shell, type WebContents } from 'electron'
import type { Log } from '../../core/ports.ts'
import { appUrl } from './origin.ts'
import { mayOpenOutside } from './outside.ts'

/** Shuts every way out of the page that Chromium offers: navigation, new windows, webviews. Call once, before the first window. */
export function lockContents(log: Log): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    const stay = (event: { preventDefault(): void; url: string }) => {
      if (event.url.split('#')[0] === appUrl) return
      event.preventDefault()
      log.warn('a navigation was denied', { url: event.url.slice(0, 200) })
    }
    contents.on('will-navigate', stay)
    contents.on('will-frame-navigate', stay)
    contents.on('will-redirect', stay)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url)
      else log.warn('a new window was denied', { url: url.slice(0, 200) })
      return { action: 'deny' }
    })
  })
}

/** No camera, no location, no notifications, no devices; and no request leaves the window for anything but our own schemes. */
export function lockSession(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    log.warn('a permission was denied', { permission })
    decide(false)
  })
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest((details, decide) => {
    const own = /^(app|media|devtools|blob|data):/.test(details.url)
    if (!own) log.warn('a request was denied', { url: details.url.slice(0, 200) })
    decide({ cancel: !own })
  })
  session.on('will-download', (event) => event.preventDefault())
}
